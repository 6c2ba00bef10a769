"""Commands of the workbench: serve, and accounts for those who may come in."""

from __future__ import annotations

import argparse
import getpass
import ipaddress
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, say

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.web import Settings


ROLE_HELP = "角色：填报、审核、批准、管理（可写几个，用逗号隔开）"
NEEDS = "工作台需要另外安装的组件，请执行：pip install 'juesuan[web]'（缺 {}）"


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    serve = commands.add_parser("serve", help="打开网页工作台")
    _folders(serve)
    serve.add_argument("--host", default="127.0.0.1", help="监听的地址（默认只限本机；其他地址须先建账号）")
    serve.add_argument("--port", type=int, default=8080, help="端口（默认 8080）")
    serve.add_argument("--name", action="append", default=[], help="访问时用的主机名或地址，可写几次")
    serve.add_argument("--accounts", action="store_true", help="本机使用也要登录")
    serve.add_argument("--https", action="store_true", help="前面有 https 代理：登录凭据只经 https 传送")
    serve.add_argument("--workers", type=int, default=1, help="检查用的进程数")
    serve.set_defaults(run=run_serve)

    account = commands.add_parser("account", help="工作台的账号")
    actions = account.add_subparsers(dest="action", metavar="操作", required=True)
    add = actions.add_parser("add", help="新增账号（密码从键盘或标准输入读取）")
    add.add_argument("name")
    add.add_argument("--role", required=True, help=ROLE_HELP)
    add.add_argument("--unit", default="", help="所属单位：只看得到本单位及其下级（不写的看全部）")
    add.add_argument("--shown", default="", help="显示的姓名")
    _folders(add)
    add.set_defaults(run=run_add)
    reset = actions.add_parser("password", help="重设密码，解除锁定")
    reset.add_argument("name")
    _folders(reset)
    reset.set_defaults(run=run_password)


def _folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("--inputs", type=Path, default=Path("inputs"), help="填报表的文件夹")
    command.add_argument("--output", type=Path, default=Path("output"), help="生成文件的文件夹")
    command.add_argument(
        "--data", type=Path, default=Path("var/workbench"), help="工作台自己的数据（账号、状态、日志）"
    )


def _settings(options: argparse.Namespace) -> Settings:
    from generator.web import LOCAL_HOSTS, Settings

    host = getattr(options, "host", "127.0.0.1")
    names = tuple(getattr(options, "name", []))
    open_to_all = host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return Settings(
        inputs=options.inputs.resolve(),
        output=options.output.resolve(),
        data=options.data.resolve(),
        accounts=getattr(options, "accounts", False) or not is_local(host),
        hosts=("*",) if open_to_all and not names else (*LOCAL_HOSTS, host, *names),
        secure=getattr(options, "https", False),
        quick_workers=max(1, getattr(options, "workers", 1)),
    )


def is_local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ready() -> None:
    try:
        import fastapi  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError(NEEDS.format(error.name)) from None


def run_serve(options: argparse.Namespace) -> int:
    _ready()
    import uvicorn

    from generator.web import create_app

    settings = _settings(options)
    app = create_app(settings)
    bench = app.state.workbench
    if settings.accounts and not bench.accounts.any():
        raise UsageError("监听本机以外的地址（或要求登录）时须先建账号：juesuan account add 账号名 --role 管理")
    logging.basicConfig(level=logging.WARNING)
    say(f"工作台：http://{options.host}:{options.port}/  （按 Ctrl+C 停止）")
    sys.stdout.flush()
    uvicorn.run(
        app, host=options.host, port=options.port, log_level="warning", server_header=False, timeout_keep_alive=30
    )
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("密码：")
    if getpass.getpass("再输一次：") != first:
        raise UsageError("两次输入的密码不一样。")
    return first


def run_add(options: argparse.Namespace) -> int:
    _ready()
    from generator.web import open_workbench

    bench = open_workbench(_settings(options))
    unit = bench.departments.unit(options.unit) if options.unit else None
    roles = tuple(r.strip() for r in options.role.replace("，", ",").split(",") if r.strip())
    try:
        bench.accounts.add(options.name, _password(), roles, unit, options.shown)
    finally:
        bench.database.close()
    say(f"账号“{options.name}”已建好（{'、'.join(roles)}）。")
    return 0


def run_password(options: argparse.Namespace) -> int:
    _ready()
    from generator.web import open_workbench

    bench = open_workbench(_settings(options))
    try:
        bench.accounts.set_password(options.name, _password(), "系统")
    finally:
        bench.database.close()
    say("密码已重设。")
    return 0
