"""Finding the fonts of a Document's stacks, and their glyphs.

A stack (``Fonts``) names families, the users' own first.  They are looked for in the project's
folder (``JUESUAN_FONTS`` or ``var/fonts``), among the system's fonts, and in the pip package
``pylopdf-fonts-zh-cn``; a Latin font of the right widths comes with the program.  The answer depends
on the machine's fonts only, never on chance.
This module reads font files and names them for a stylesheet; it installs nothing and draws nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

from fontTools.ttLib import TTFont, TTLibError

from generator.model import Fonts

Role = Literal["title", "hei", "kai", "body", "song", "latin"]
ROLES: tuple[Role, ...] = get_args(Role)

SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
PIP_PACKAGE = "pylopdf_fonts_zh_cn"
LATIN_RANGE = "U+20-7E, U+A0, U+C0-D6, U+D8-F6, U+F8-24F"
"""What the Latin font sets.  Quotes, dashes and dots (“”‘’—…·×) belong to the Chinese font."""

ALIASES: dict[str, tuple[str, ...]] = {
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋_GBK", "方正小标宋体", "华文中宋"),
    "黑体": ("SimHei", "方正黑体_GBK"),
    "楷体_GB2312": ("KaiTi_GB2312", "楷体", "KaiTi", "SimKai", "方正楷体_GBK", "华文楷体"),
    "仿宋_GB2312": ("FangSong_GB2312", "仿宋", "FangSong", "SimFang", "方正仿宋_GBK", "华文仿宋"),
    "宋体": ("SimSun", "方正书宋_GBK"),
    "FandolFang": ("FandolFang R",),
    "Noto Serif SC": ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "思源宋体"),
    "Noto Sans SC": ("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体"),
    "LXGW WenKai": ("霞鹜文楷",),
}
"""Other names under which the same design is installed."""

REGULAR_STYLES = ("regular", "normal", "book", "roman", "r", "常规", "标准", "", "medium", "light")


@dataclass(frozen=True, slots=True, order=True)
class Face:
    """One face of one font file; ``index`` counts the faces of a collection."""

    path: Path
    index: int = 0
    names: tuple[str, ...] = ()
    style: str = ""

    @property
    def bold(self) -> bool:
        return any(word in self.style.lower() for word in ("bold", "black", "heavy", "粗"))

    @property
    def rank(self) -> tuple[int, str, int]:
        """Upright text weights first, then by path, so that the choice is always the same."""
        style = self.style.lower()
        place = REGULAR_STYLES.index(style) if style in REGULAR_STYLES else len(REGULAR_STYLES)
        return (place, str(self.path), self.index)


@dataclass(frozen=True, slots=True)
class Family:
    """A wanted family that was found: its text face and, if there is one, its bold face."""

    wanted: str
    regular: Face
    bold: Face | None = None

    @property
    def faces(self) -> tuple[Face, ...]:
        return (self.regular, self.bold) if self.bold else (self.regular,)


# ------------------------------------------------------------------ where fonts are


def project_folder() -> Path:
    """The user's own font folder: ``JUESUAN_FONTS``, else ``var/fonts`` of the repository or, where the program is
    installed, of the working folder."""
    named = os.environ.get("JUESUAN_FONTS", "")
    if named:
        return Path(named)
    repository = Path(__file__).resolve().parents[2]
    return (repository if (repository / "pyproject.toml").is_file() else Path.cwd()) / "var" / "fonts"


def own_folder() -> Path:
    """The program's own fonts: one with the widths that lines are reckoned by (Times New Roman's)."""
    return Path(__file__).resolve().parent / "assets" / "fonts"


def package_folder() -> Path | None:
    """Where the pip package keeps its fonts, if it is installed."""
    spec = importlib.util.find_spec(PIP_PACKAGE)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def system_folders() -> tuple[Path, ...]:
    """Where systems without fontconfig keep fonts."""
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", Path(local) / "Microsoft/Windows/Fonts")
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    return (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


def _font_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def _faces_of(path: Path) -> Iterator[Face]:
    """The faces of one file by its own name table; an unreadable file has none."""
    try:
        with path.open("rb") as file:
            for index in range(len(_collection(file.read(4096)))):
                font = TTFont(file, fontNumber=index, lazy=True)
                table = font["name"]
                found = {i: [r.toUnicode() for r in table.names if r.nameID == i] for i in (1, 4, 16)}
                style = table.getDebugName(17) or table.getDebugName(2) or ""
                yield Face(path, index, tuple(dict.fromkeys(found[16] + found[1] + found[4])), style)
    except (TTLibError, OSError, KeyError, UnicodeDecodeError, struct.error):
        return


def _scan(folders: Iterable[Path]) -> tuple[Face, ...]:
    return tuple(face for folder in folders for path in _font_files(folder) for face in _faces_of(path))


def _fontconfig(command: str) -> tuple[Face, ...]:
    """The system's faces as ``fc-list`` names them; instances of variable fonts are left out."""
    form = "%{file}\t%{index}\t%{family}\t%{fullname}\t%{style[0]}\n"
    asked = [command, "--format", form]
    try:
        answer = subprocess.run(asked, capture_output=True, check=False, timeout=60).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    faces = []
    for line in answer.decode(errors="replace").splitlines():
        file, index, family, full, style = (line.split("\t") + [""] * 5)[:5]
        path = Path(file)
        if path.suffix.lower() in SUFFIXES and index.isdigit() and int(index) < 0x10000:
            names = dict.fromkeys(n.strip() for n in (family + "," + full).split(",") if n.strip())
            faces.append(Face(path, int(index), tuple(names), style))
    return tuple(sorted(set(faces)))


@cache
def _system_faces() -> tuple[Face, ...]:
    command = shutil.which("fc-list")
    return (_fontconfig(command) if command else ()) or _scan(system_folders())


@lru_cache(maxsize=8)
def _folder_faces(folder: Path) -> tuple[Face, ...]:
    return _scan((folder,))


def forget() -> None:
    """Look again at the machine's fonts (after fonts were added)."""
    _system_faces.cache_clear()
    _folder_faces.cache_clear()
    _families.cache_clear()


# ------------------------------------------------------------------ which fonts are used


def _sources(project: Path) -> tuple[tuple[Face, ...], ...]:
    package = package_folder()
    return (
        _folder_faces(project),
        _system_faces(),
        _folder_faces(package) if package else (),
        _folder_faces(own_folder()),
    )


def _family(wanted: str, sources: tuple[tuple[Face, ...], ...]) -> Family | None:
    """The family by its own name in any source, then by another name of the same design."""
    for name in (wanted, *ALIASES.get(wanted, ())):
        for faces in sources:
            own = sorted((f for f in faces if name.lower() in (n.lower() for n in f.names)), key=lambda f: f.rank)
            upright = [f for f in own if not any(w in f.style.lower() for w in ("italic", "oblique", "斜"))]
            regular = next((f for f in upright if not f.bold), None)
            bold = next((f for f in upright if f.bold), None)
            if regular or bold:
                return Family(wanted, regular or bold or upright[0], bold if regular else None)
    return None


@lru_cache(maxsize=64)
def _families(stack: tuple[str, ...], project: Path) -> tuple[Family, ...]:
    sources = _sources(project)
    return tuple(f for f in (_family(name, sources) for name in stack) if f is not None)


def families(role: Role, fonts: Fonts | None = None) -> tuple[Family, ...]:
    """The families of a role that this machine has, in the order of the stack."""
    stack: tuple[str, ...] = getattr(fonts or Fonts(), role)
    return _families(stack, project_folder())


def font_report(fonts: Fonts | None = None) -> list[tuple[Role, str, Path | None]]:
    """For ``doctor``: every wanted family of every role and the file that serves it."""
    report: list[tuple[Role, str, Path | None]] = []
    for role in ROLES:
        found = {f.wanted: f for f in families(role, fonts)}
        for name in getattr(fonts or Fonts(), role):
            report.append((role, name, found[name].regular.path if name in found else None))
    return report


# ------------------------------------------------------------------ glyphs


@lru_cache(maxsize=64)
def _cmap(path: Path, index: int) -> frozenset[int]:
    try:
        with path.open("rb") as file:
            return frozenset(TTFont(file, fontNumber=index, lazy=True).getBestCmap() or ())
    except (TTLibError, OSError, KeyError, struct.error):
        return frozenset()


def missing_glyphs(text: str, role: Role, fonts: Fonts | None = None) -> set[str]:
    """The characters of ``text`` that no font of the role's stack (nor the Latin one) has."""
    left = {c for c in text if c.isprintable() and not c.isspace()}
    for family in (*families("latin", fonts), *families(role, fonts)):
        if not left:
            break
        known = _cmap(family.regular.path, family.regular.index)
        left = {c for c in left if ord(c) not in known}
    return left


# ------------------------------------------------------------------ bytes with one line metric

ASCENT, DESCENT = 875, 125
"""Per mille of the em (whole numbers in an em of 1000 and of 2048).  Equal in all faces, so that a line of mixed scripts
is exactly as high as a line of one script, and the 29 pt pitch holds."""


def _collection(data: bytes) -> list[int]:
    """Offsets of the faces in a font file."""
    if data[:4] != b"ttcf":
        return [0]
    (count,) = struct.unpack_from(">L", data, 8)
    return list(struct.unpack_from(f">{count}L", data, 12))


def face_bytes(face: Face) -> bytes:
    """One face as a font file of its own, with the common line metrics (see ``ASCENT``)."""
    data = face.path.read_bytes()
    offsets = _collection(data)
    offset = offsets[face.index if face.index < len(offsets) else 0]
    tables = _tables(data, offset)
    (em,) = struct.unpack_from(">H", tables[b"head"], 18)
    up, down = round(em * ASCENT / 1000), round(em * DESCENT / 1000)
    struct.pack_into(">hhh", tables[b"hhea"], 4, up, -down, 0)
    if b"OS/2" in tables:
        struct.pack_into(">hhhHH", tables[b"OS/2"], 68, up, -down, 0, up, down)
    tables[b"BASE"] = _baselines(-down)
    return _assemble(data[offset : offset + 4], tables)


def _baselines(ideographic: int) -> bytearray:
    """A BASE table with one ideographic baseline for all scripts: Pango moves runs apart where it
    finds (or guesses) different ones, and the line grows."""
    head = struct.pack(">HHHH", 1, 0, 8, 0)
    axis = struct.pack(">HH", 4, 14) + struct.pack(">H4s4s", 2, b"ideo", b"romn")
    scripts = struct.pack(">H4sH", 1, b"DFLT", 8) + struct.pack(">HHH", 6, 0, 0)
    values = struct.pack(">HHHH", 1, 2, 8, 12) + struct.pack(">HhHh", 1, ideographic, 1, 0)
    return bytearray(head + axis + scripts + values)


def _tables(data: bytes, offset: int) -> dict[bytes, bytearray]:
    (count,) = struct.unpack_from(">H", data, offset + 4)
    out: dict[bytes, bytearray] = {}
    for i in range(count):
        tag, _, start, length = struct.unpack_from(">4sLLL", data, offset + 12 + 16 * i)
        out[tag] = bytearray(data[start : start + length])
    return out


def _assemble(kind: bytes, tables: dict[bytes, bytearray]) -> bytes:
    """A font file from its tables; the checksums are left at zero (no reader here needs them)."""
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">4sHHHH", kind, count, 16 << power, power, 16 * count - (16 << power))
    place = 12 + 16 * count
    entries, bodies = [], []
    for tag in sorted(tables):
        body = bytes(tables[tag])
        entries.append(struct.pack(">4sLLL", tag, 0, place, len(body)))
        padded = body + b"\0" * (-len(body) % 4)
        bodies.append(padded)
        place += len(padded)
    return b"".join((head, *entries, *bodies))


# ------------------------------------------------------------------ fonts of a stylesheet

_by_url: dict[str, Face] = {}


def read_url(url: str) -> bytes | None:
    """The bytes behind an address that ``font_css`` gave out; nothing else has any."""
    face = _by_url.get(url)
    return None if face is None else face_bytes(face)


def _url(face: Face) -> str:
    stat = face.path.stat()
    key = f"{face.path}|{face.index}|{stat.st_size}|{stat.st_mtime_ns}"
    url = f"font:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    _by_url[url] = face
    return url


def _css_name(face: Face) -> str:
    """A family name of our own, so that no installed font of the same name takes its place."""
    name = next((n for n in face.names if n.isascii()), face.path.stem)
    return "juesuan-" + (re.sub(r"[^A-Za-z0-9]", "", name) or "font")


def stack(role: Role, fonts: Fonts) -> list[str]:
    """The CSS names of a role's families, as ``font_css`` declares them."""
    return [_css_name(family.regular) for family in families(role, fonts)]


def font_css(fonts: Fonts) -> str:
    """``@font-face`` for every face in use, by file and weight, and a variable for each role's stack.

    By name alone FandolSong would always be bold: both its files claim the same weight.
    """
    rules: dict[str, str] = {}
    stacks = {role: stack(role, fonts) for role in ROLES}
    heavy = next((f.regular for f in families("hei", fonts)), None)  # for 宋体, which has no bold face
    for role in ROLES:
        extra = f" unicode-range: {LATIN_RANGE};" if role == "latin" else ""
        for family in families(role, fonts):
            name = _css_name(family.regular)
            faces = family.faces if family.bold or role != "song" or heavy is None else (family.regular, heavy)
            for face, weight in zip(faces, (400, 700), strict=False):
                source = f"font-weight: {weight}; src: url({_url(face)});{extra}"
                rules[f"{name} {weight}"] = f"@font-face {{ font-family: {name}; {source} }}\n"
    lines = []
    for role, names in stacks.items():
        own = [] if role == "latin" else names
        lines.append(f"  --{role}: {', '.join([*stacks['latin'], *own, 'serif'])};\n")
    return "".join(rules.values()) + ":root {\n" + "".join(lines) + "}\n"


def faces_in_css(fonts: Fonts) -> list[tuple[str, int]]:
    """Family names and weights that :func:`font_css` declares."""
    return [(n, int(w)) for n, w in re.findall(r"font-family: \"?([^\";:]+)\"?; font-weight: (\d+)", font_css(fonts))]


def title_weight(fonts: Fonts) -> int:
    """小标宋 is heavy by itself; what stands in for it is set bold, if it has a bold face."""
    found = next(iter(families("title", fonts)), None)
    return 700 if found is not None and found.bold is not None else 400
