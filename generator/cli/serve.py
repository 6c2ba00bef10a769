"""Commands of the workbench: serve, accounts for those who may come in, backup of the whole."""

from __future__ import annotations

import argparse
import errno
import getpass
import ipaddress
import logging
import os
import socket
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.base import UsageError, say

if TYPE_CHECKING:
    from generator.cli.base import Commands
    from generator.web import Settings


ROLE_HELP = "角色：填报、审核、批准、管理（可写几个，用逗号隔开）"
NEEDS = "工作台的组件没有装全（缺 {}），请重新安装本程序。"
NEXT_PORTS = 20


def register(commands: Commands) -> None:
    """Add these commands with their Chinese help."""
    serve = commands.add_parser("serve", help="打开网页工作台")
    _folders(serve)
    serve.add_argument("--host", default="127.0.0.1", help="监听的地址（默认只限本机；其他地址须先建账号）")
    serve.add_argument("--port", type=int, default=8080, help="端口（默认 8080）")
    serve.add_argument("--next-port", action="store_true", help=f"端口被占用时换下一个（最多再试 {NEXT_PORTS} 个）")
    serve.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="打开浏览器（默认：一个人在本机使用时打开）",
    )
    serve.add_argument("--name", action="append", default=[], help="访问时用的主机名或地址，可写几次")
    serve.add_argument("--accounts", action="store_true", help="本机使用也要登录")
    serve.add_argument("--https", action="store_true", help="前面有 https 代理：登录凭据只经 https 传送")
    serve.add_argument(
        "--one-person", action="store_true", help="人手少：提交的人也可以审核、批准（默认须由不同的人办理）"
    )
    serve.add_argument("--workers", type=int, default=1, help="检查用的进程数")
    serve.set_defaults(run=run_serve)

    account = commands.add_parser("account", help="工作台的账号")
    actions = account.add_subparsers(dest="action", metavar="操作", required=True)
    add = actions.add_parser("add", help="新增账号（密码从键盘或标准输入读取）")
    add.add_argument("name")
    add.add_argument("--role", required=True, help=ROLE_HELP)
    add.add_argument("--unit", default="", help="所属单位：只看得到本单位及其下级（不写的看全部）")
    add.add_argument("--new-unit", action="store_true", help="单位是新的（名称与已有的相近时，用来确认没有写错）")
    add.add_argument("--shown", default="", help="显示的姓名")
    _folders(add)
    add.set_defaults(run=run_add)
    reset = actions.add_parser("password", help="重设密码，解除锁定")
    reset.add_argument("name")
    _folders(reset)
    reset.set_defaults(run=run_password)

    backup = commands.add_parser("backup", help="把整个工作台备份成一个文件（运行中也可以），或从备份恢复")
    backup.add_argument("file", type=Path, help="备份文件（.zip）")
    backup.add_argument("--restore", action="store_true", help="从这个备份恢复到空的文件夹")
    _folders(backup)
    backup.set_defaults(run=run_backup)


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
        one_person=getattr(options, "one_person", False),
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


def listen(host: str, port: int, more: int = 0) -> socket.socket:
    """A socket on the port, or on the next free one of ``more``.  UsageError in Chinese where there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, port + more + 1):
        made = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere it would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, number))
            made.listen(512)
        except OverflowError:
            made.close()
            raise UsageError(f"端口 {number} 不对：应当在 1 到 65535 之间。") from None
        except OSError as error:
            made.close()
            if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1), errno.EACCES):
                continue
            raise UsageError(f"不能在 {host} 上打开端口 {number}：{error.strerror or error}。") from None
        return made
    taken = f"端口 {port}" if not more else f"端口 {port} 到 {port + more}"
    raise UsageError(f"{taken} 已被别的程序占用（也可能工作台已经打开）。请换一个：--port {port + more + 1}。")


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
    made = listen(options.host, options.port, NEXT_PORTS if options.next_port else 0)
    shown = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{shown}:{made.getsockname()[1]}/"
    alone = is_local(options.host) and not settings.accounts and sys.stdout.isatty()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                say(f"工作台：{address}  （按 Ctrl+C 停止）")
                sys.stdout.flush()
                if alone if options.open is None else options.open:
                    webbrowser.open(address)

    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_keep_alive=30)
    with made:
        Server(config).run(sockets=[made])
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
    from generator.web import LOCAL, open_workbench

    bench = open_workbench(_settings(options))
    unit = bench.departments.units.take(options.unit, LOCAL, sure=options.new_unit) if options.unit else None
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


def run_backup(options: argparse.Namespace) -> int:
    _ready()
    from generator.web import back_up, bring_back

    if options.restore:
        if not options.file.is_file():
            raise UsageError(f"找不到备份文件 {options.file}。")
        kept = bring_back(_settings(options), options.file)
        say(f"已恢复 {len(kept.files)} 个文件。请启动工作台，看一看总览和日志。")
    else:
        kept = back_up(_settings(options), options.file)
        say(f"已备份 {len(kept.files)} 个文件（{kept.size / 2**20:.1f} MB）：{options.file}")
    return 0
