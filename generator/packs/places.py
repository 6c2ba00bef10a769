"""Where packs are: a user's own folders first, the ones that come with the program last."""

from __future__ import annotations

import os
from pathlib import Path

META = "pack.toml"
SETTING = "JUESUAN_PACKS"
_PACKAGE = Path(__file__).resolve().parents[1] / "templates"  # where a wheel has them
TEMPLATES = _PACKAGE if _PACKAGE.is_dir() else _PACKAGE.parents[1] / "templates"
"""The packs that come with the program: in the repository at its top, in an installed program inside it."""


def _set() -> list[Path]:
    """The folders that ``JUESUAN_PACKS`` names (``--packs`` on the command line sets it)."""
    return [Path(p) for p in os.environ.get(SETTING, "").split(os.pathsep) if p]


def roots(root: Path | None = None) -> tuple[Path, ...]:
    """The folders that packs are looked for in, in order: the given one, those of the setting, ``templates`` of
    the working folder, those of the program."""
    wanted = [*([root] if root else []), *_set(), Path("templates"), TEMPLATES]
    return tuple(dict.fromkeys(p.resolve() for p in wanted if p.is_dir()))


def own(root: Path | None = None) -> Path:
    """Where a new pack is written: never among those of an installed program."""
    return root or next(iter(_set()), Path("templates"))


def find(name: str, root: Path | None = None) -> Path | None:
    """The folder of a pack by its name, never by a path: it may come from a file or a form; nothing where there is none."""
    if not name or Path(name).name != name or name in (".", "..") or "\0" in name:
        return None
    return next((base / name for base in roots(root) if (base / name / META).is_file()), None)


def parent_of(folder: Path, parent: str) -> Path | None:
    """The folder of the pack that another one extends: beside it, or wherever packs are."""
    return find(parent, folder.parent)


def available(root: Path | None = None) -> list[str]:
    """Names of the packs that can be used."""
    return sorted({p.name for base in roots(root) for p in base.iterdir() if (p / META).is_file()})
