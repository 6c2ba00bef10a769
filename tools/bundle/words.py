"""What stands in the folders beside the program: how to start it, what to read first."""

from __future__ import annotations

import shutil
from pathlib import Path

SETTINGS = """set "JUESUAN_FONTS=%~dp0fonts"
"""
WINDOWS = {
    "启动.bat": """@echo off
chcp 65001 >nul
cd /d "%~dp0"
set "JUESUAN_FONTS=%~dp0fonts"
title juesuan
"%~dp0python\\python.exe" -X utf8 -m generator serve --open --next-port
if errorlevel 1 pause
""",
    "juesuan.bat": """@echo off
chcp 65001 >nul
set "JUESUAN_FONTS=%~dp0fonts"
"%~dp0python\\python.exe" -X utf8 -m generator %*
""",
    "说明.txt": """决算公开（Windows 64 位，Windows 10 及以上，不用安装，不用联网）

一、把整个文件夹放到自己能写的地方，例如 D:\\决算公开（不要放在 Program Files 里）。
二、双击“启动.bat”。浏览器会打开工作台；没有打开的，照黑色窗口里的地址打开。用完关掉黑色窗口。
三、填报表在 inputs 文件夹，生成的文件在 output 文件夹，工作台的记录在 var 文件夹。备份时把这三个文件夹一起复制。
四、换新版本：把新的文件夹解压到别处，把旧文件夹里的 inputs、output、var、templates 复制过去。

命令行：在这个文件夹里打开命令提示符，运行 juesuan.bat doctor 检查本机，juesuan.bat --help 看全部命令。
字体：系统里的仿宋、楷体、黑体、宋体优先；有方正小标宋的，装进系统，或把字体文件放进 fonts 文件夹。
自己的模板包：放进 templates 文件夹。
杀毒软件拦住的，请把这个文件夹加入信任。licences 文件夹里是各组件的许可证。
""",
}
LINUX = {
    "juesuan": """#!/bin/sh
# 决算公开：./juesuan serve 打开工作台，./juesuan --help 看全部命令
here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
export JUESUAN_FONTS="${JUESUAN_FONTS:-$here/fonts}"
exec "$here/python/bin/python3" -m generator "$@"
""",
    "启动工作台.desktop": """[Desktop Entry]
Type=Application
Version=1.0
Name=决算公开工作台
Comment=部门决算、部门预算公开文本
Exec=sh -c 'cd "$(dirname "$1")" && exec ./juesuan serve --open --next-port' sh %k
Icon=x-office-document
Terminal=true
Categories=Office;
""",
    "说明.txt": """决算公开（Linux {machine}，glibc {glibc} 及以上，不用安装，不用联网，不用系统里的 Python）

一、把整个文件夹放到自己能写的地方。
二、双击“启动工作台.desktop”（第一次要选“允许运行”），或在终端里运行 ./juesuan serve。
三、填报表在 inputs 文件夹，生成的文件在 output 文件夹，工作台的记录在 var 文件夹。备份时把这三个文件夹一起复制。
四、换新版本：把新的文件夹解压到别处，把旧文件夹里的 inputs、output、var、templates 复制过去。

./juesuan doctor 检查本机；./juesuan --help 看全部命令。
字体：系统里的仿宋、楷体、黑体、宋体优先；有方正小标宋的，装进系统，或把字体文件放进 fonts 文件夹。
自己的模板包：放进 templates 文件夹。licences 文件夹里是各组件的许可证。
""",
}


def common(folder: Path, fonts: Path) -> None:
    """Fonts with their licence, and the licences of all libraries in one place."""
    (folder / "fonts").mkdir(exist_ok=True)
    for path in sorted(fonts.iterdir()) if fonts.is_dir() else ():
        shutil.copy(path, folder / "fonts" / path.name)
    for found in sorted(folder.rglob("*.dist-info")):
        for path in sorted(p for p in found.rglob("*") if p.is_file()):
            if path.name.upper().startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS")):
                place = folder / "licences" / found.name.removesuffix(".dist-info")
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place / path.name)
