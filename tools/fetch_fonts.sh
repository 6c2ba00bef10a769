#!/bin/sh
# Fetches the open Fandol fonts (仿宋、楷体、黑体、宋体) into var/fonts, without root and without TeX:
# Debian's texlive-lang-chinese is downloaded and only its otf files and their licence are kept.
# Usage: tools/fetch_fonts.sh [--quiet] [FOLDER]
# --quiet (make): speaks of progress on a terminal only, and says in one line what is used where there is no apt.
set -eu

quiet=no
if [ "${1:-}" = "--quiet" ]; then
    quiet=yes
    shift
fi

package=texlive-lang-chinese
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
target=${1:-${JUESUAN_FONTS:-$root/var/fonts}}
wanted="FandolSong-Regular FandolSong-Bold FandolHei-Regular FandolKai-Regular FandolFang-Regular"

complete() {
    for name in $wanted; do
        [ -s "$target/$name.otf" ] || return 1
    done
    [ -s "$target/Fandol-COPYING" ]
}

say() {
    if [ "$quiet" = no ] || [ -t 2 ]; then
        echo "$1" >&2
    fi
}

fail() {
    if [ "$quiet" = yes ]; then
        echo "没有取到 Fandol 字体（$1）改用 pip 包里的思源字体排版；自己的仿宋、楷体、小标宋放进 $target 即优先使用。" >&2
        exit 0
    fi
    printf '%s\n' "没有取到 Fandol 字体：$1" \
        "可以改用下列办法之一：" \
        "  1. 在 Debian 或 Ubuntu 上先运行 apt-get update，再运行本脚本；" \
        "  2. 把 FandolSong、FandolHei、FandolKai、FandolFang 的 otf 文件放进 $target；" \
        "  3. 安装 仿宋_GB2312、楷体_GB2312、黑体、方正小标宋简体，程序会优先使用；" \
        "  4. 什么也不做：PDF 用 Noto Serif SC（pip 包 pylopdf-fonts-zh-cn）排版。" >&2
    exit 1
}

if complete; then
    [ "$quiet" = yes ] || echo "字体已经齐全：$target"
    exit 0
fi
command -v apt-get >/dev/null 2>&1 || fail "本机没有 apt-get。"
command -v dpkg-deb >/dev/null 2>&1 || fail "本机没有 dpkg-deb。"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
say "正在下载 $package（约 50 MB）……"
download() {
    (cd "$work" && apt-get download "$package" >apt.log 2>&1)
}
if ! download; then
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update >/dev/null 2>&1 || true
    fi
    download || fail "apt-get download 不成功（$(tail -n 1 "$work/apt.log")）。"
fi
deb=$(find "$work" -name '*.deb' | head -n 1)
[ -n "$deb" ] || fail "没有下载到软件包。"
dpkg-deb -x "$deb" "$work/tree" || fail "软件包解不开。"

mkdir -p "$target"
for name in $wanted; do
    file=$(find "$work/tree" -name "$name.otf" | head -n 1)
    [ -n "$file" ] || fail "软件包里没有 $name.otf。"
    cp "$file" "$target/$name.otf.part"
    mv "$target/$name.otf.part" "$target/$name.otf"
done
licence=$(find "$work/tree" -path '*fandol/COPYING*' | head -n 1)
case "$licence" in
    *.gz) gzip -dc "$licence" >"$target/Fandol-COPYING" ;;
    "") echo "Fandol fonts: GNU General Public License with font exception" >"$target/Fandol-COPYING" ;;
    *) cp "$licence" "$target/Fandol-COPYING" ;;
esac
say "字体已放入：$target"
