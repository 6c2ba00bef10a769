"""Faces of packages: what a package hands to the others, loaded when it is asked for.

A face is the package's ``__init__``: under ``TYPE_CHECKING`` it imports each name from the module where
it lives, and lists the same names in ``__all__``.  At run time a module is loaded with the first use of
one of its names, so that a command loads only what it works with.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.util
from collections.abc import Callable


def homes(package: str) -> dict[str, tuple[str, str]]:
    """For each name of a face: the module it comes from and its name there ("" for the module itself)."""
    spec = importlib.util.find_spec(package)
    source = (
        spec.loader.get_source(package)
        if spec is not None and isinstance(spec.loader, importlib.abc.InspectLoader)
        else None
    )
    found: dict[str, tuple[str, str]] = {}
    for node in ast.parse(source or "").body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    for name in line.names:
                        where = (f"{package}.{name.name}", "") if line.module == package else (line.module, name.name)
                        found[name.asname or name.name] = where
    return found


def lazy(package: str) -> Callable[[str], object]:
    """A module's ``__getattr__`` that loads the names of its face."""
    known = homes(package)

    def load(name: str) -> object:
        if name not in known:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, own = known[name]
        loaded = importlib.import_module(module)
        value: object = getattr(loaded, own) if own else loaded
        setattr(importlib.import_module(package), name, value)
        return value

    return load
