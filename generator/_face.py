"""Faces of packages: what a package hands to the others, loaded when it is asked for.

A face is the package's ``__init__``: under ``TYPE_CHECKING`` it imports each name from the module where
it lives, and lists the same names in ``__all__``.  At run time a module is loaded with the first use of
one of its names, so that a command loads only what it works with.
"""

from __future__ import annotations

import importlib
import importlib.util
from _ast import If, ImportFrom, Module, Name, PyCF_ONLY_AST  # ast itself takes longer to load than this whole file
from collections.abc import Callable


def homes(package: str) -> dict[str, tuple[str, str]]:
    """For each name of a face: the module it comes from and its name there ("" for the module itself)."""
    spec = importlib.util.find_spec(package)
    get_source = getattr(spec.loader, "get_source", None) if spec is not None else None
    source: str = (get_source(package) if get_source else None) or ""
    tree = compile(source, package, "exec", PyCF_ONLY_AST)
    assert isinstance(tree, Module)
    found: dict[str, tuple[str, str]] = {}
    for node in tree.body:
        if isinstance(node, If) and isinstance(node.test, Name) and node.test.id == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ImportFrom) and line.module:
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
