#!/bin/sh
# 安装缺少的系统软件包：root 用 apt-get，其他用户打印应当执行的命令。
missing=""
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "本机没有 apt-get，请自行安装：$missing" >&2
  exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
  echo "正在安装系统软件包：$missing"
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
    echo "安装失败，请执行：apt-get install --no-install-recommends$missing" >&2
    exit 1
  }
else
  echo "缺少系统软件包，请先执行：sudo apt-get install --no-install-recommends$missing" >&2
  exit 1
fi
