#!/bin/sh
# 取得开放字体（Fandol 仿宋、楷体、黑体、宋体）放入 var/fonts，不安装 TeX。
# 需要能用 apt-get download 的 Debian 或 Ubuntu；取不到时使用随 Python 包安装的思源字体，排版不变。
set -eu
cd "$(dirname "$0")/.."
target=var/fonts
wanted="FandolSong-Regular FandolSong-Bold FandolHei-Regular FandolKai-Regular FandolFang-Regular"
missing=""
for font in $wanted; do
  [ -f "$target/$font.otf" ] || missing="$missing $font"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
  echo "本机不能用 apt-get 取得 Fandol 字体，改用思源字体；有仿宋_GB2312 等字体的机器不受影响。"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
if ! (cd "$work" && apt-get download -qq texlive-lang-chinese >/dev/null 2>&1); then
  [ "$(id -u)" -eq 0 ] && apt-get update -qq >/dev/null 2>&1 || true
  (cd "$work" && apt-get download -qq texlive-lang-chinese >/dev/null 2>&1) || {
    echo "取不到 Fandol 字体（apt-get download texlive-lang-chinese 失败），改用思源字体。"
    exit 0
  }
fi
dpkg-deb -x "$work"/texlive-lang-chinese_*.deb "$work/unpacked"
mkdir -p "$target"
for font in $wanted; do
  found=$(find "$work/unpacked" -name "$font.otf" | head -n 1)
  [ -n "$found" ] && cp "$found" "$target/"
done
echo "Fandol 字体已放入 $target"
