"""``python -m tools.proof.patterns [MB]``: how long each regular expression of the program can be made to run.

Every pattern of ``generator/`` is found in its source.  For each one texts are made from the pattern itself that
make it try as long as it can: what it repeats, many times over, then a character that fits nowhere; its beginning,
many times over.  The worst time of each is printed; a second and more is a fault.
"""

from __future__ import annotations

import ast
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = ("search", "match", "fullmatch", "findall", "finditer", "sub", "split", "subn")
LIMIT = 1.0  # seconds
GIVE_UP = 10.0
NOWHERE = "\x01"
parse: Any = import_module("re._parser").parse


@dataclass(frozen=True)
class Found:
    """One pattern: where it stands and how it is used."""

    place: str
    pattern: str
    flags: int
    methods: tuple[str, ...]


def found_in(path: Path, module: str) -> Iterator[Found]:
    """The patterns of a file: named ones with all ways in which they are used, and those used on the spot."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    home = import_module(module)
    named: dict[str, re.Pattern[Any]] = {k: v for k, v in vars(home).items() if isinstance(v, re.Pattern)}
    kept_names = {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) in named
    }
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = ast.unparse(node.func.value)
        if owner in named:
            uses.setdefault(owner, set()).add(node.func.attr)
        elif owner == "re" and node.args and id(node) not in kept_names and node.func.attr in (*METHODS, "compile"):
            words, flags = _value(node.args[0], home), _flags(node, home)
            if words is None:
                yield Found(f"{module}:{node.lineno}", "", 0, ())
            elif isinstance(words, str):
                methods = ("search",) if node.func.attr == "compile" else (node.func.attr,)
                yield Found(f"{module}:{node.lineno}", words, flags, methods)
    for name, many in vars(home).items():  # tables of patterns, each with its words
        for number, entry in enumerate(many if isinstance(many, tuple) and not name.startswith("_") else ()):
            made = getattr(entry, "found", None)
            if isinstance(made, re.Pattern) and isinstance(made.pattern, str):
                yield Found(f"{module}.{name}[{number}]", made.pattern, made.flags, ("finditer",))
    for name, pattern in named.items():
        if isinstance(pattern.pattern, str) and name in uses:
            kept = tuple(sorted(uses[name] & set(METHODS)))
            yield Found(f"{module}.{name}", pattern.pattern, pattern.flags, kept or ("search",))


def _value(node: ast.expr, home: Any) -> object:
    """A pattern that is written down, also with the module's own constants in it; ``None`` where it is made elsewhere."""
    try:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), vars(home).copy())  # noqa: S307 - our own source
    except Exception:
        return None


def _flags(node: ast.Call, home: Any) -> int:
    given = [k.value for k in node.keywords if k.arg == "flags"]
    at = 1 if isinstance(node.func, ast.Attribute) and node.func.attr == "compile" else 2
    given += node.args[at : at + 1] if "re." in "".join(ast.unparse(a) for a in node.args[at : at + 1]) else []
    value = _value(given[0], home) if given else 0
    return int(value) if isinstance(value, int) else 0


def everywhere() -> list[Found]:
    """All patterns of the program, each once."""
    out: dict[tuple[str, int], Found] = {}
    for path in sorted((ROOT / "generator").rglob("*.py")):
        if "re." not in path.read_text(encoding="utf-8") or path.name == "__main__.py":
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for found in found_in(path, module):
            if not found.methods:
                out[found.place, 0] = found
                continue
            known = out.get((found.pattern, found.flags))
            methods = tuple(sorted({*found.methods, *(known.methods if known else ())}))
            out[found.pattern, found.flags] = Found(
                known.place if known else found.place, found.pattern, found.flags, methods
            )
    return list(out.values())


# ------------------------------------------------------------------ texts that hurt


def sample(tree: Any) -> str:
    """Some text that a piece of a pattern takes, optional parts once."""
    return "".join(_one(op, value) for op, value in tree)


def _one(op: Any, value: Any) -> str:
    match str(op):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "x" if value != ord("x") else "y"
        case "ANY":
            return "字"
        case "IN":
            return _of_class(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inside = value
            return sample(inside) * max(1, min(low, 30) if high else 0)
        case "SUBPATTERN":
            return sample(value[-1])
        case "ATOMIC_GROUP":
            return sample(value)
        case "BRANCH":
            return sample(value[1][0])
    return ""


def _of_class(items: Any) -> str:
    if str(items[0][0]) == "NEGATE":
        banned = re.compile("[" + "".join(_escaped(op, v) for op, v in items[1:]) + "]")
        return next((c for c in "字x1 《“.{<(" if not banned.match(c)), "字")
    op, value = items[0]
    match str(op):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
    return {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "x", "NOT_SPACE": "x", "NOT_WORD": "。"}.get(
        str(value).rpartition("_CATEGORY")[0] or str(value).removeprefix("CATEGORY_"), "x"
    )


def _escaped(op: Any, value: Any) -> str:
    match str(op):
        case "LITERAL":
            return re.escape(chr(value))
        case "RANGE":
            return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}.get(str(value), "")


def pieces(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every repetition of a pattern: a text that leads to it, and one turn of it."""
    for op, value in tree:
        if str(op).endswith("REPEAT"):
            yield before, sample(value[2])
            yield from pieces(value[2], before)
        elif str(op) == "SUBPATTERN":
            yield from pieces(value[-1], before)
        elif str(op) == "BRANCH":
            for branch in value[1]:
                yield from pieces(branch, before)
        elif str(op) in ("ASSERT", "ASSERT_NOT"):
            yield from pieces(value[1], before)
        before += _one(op, value)


def texts(found: Found, size: int) -> Iterator[str]:
    """Texts of this size that keep a pattern busy."""
    tree = parse(found.pattern, found.flags & ~re.UNICODE)
    whole = sample(tree) or "x"
    yield (whole * (size // len(whole) + 1))[:size] + NOWHERE
    for before, turn in pieces(tree):
        if turn:
            many = (turn * (size // len(turn) + 1))[:size]
            yield before + many + NOWHERE
            both = before + turn
            yield (both * (size // len(both) + 1))[:size] + NOWHERE
        if before:
            yield (before * (size // len(before) + 1))[:size] + NOWHERE
            half = (turn * (size // max(len(turn), 1) + 1))[: size // 2]
            yield (before * (size // len(before) + 1))[: size // 2] + half + NOWHERE
    for words in ("1", "字", " ", "a", "“", "\n", "1,", "1.", "（"):
        yield (words * (size // len(words) + 1))[:size] + NOWHERE


class TooLong(Exception):  # noqa: N818 - a result
    pass


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooLong


def worst(found: Found, size: int, give_up: float = GIVE_UP) -> tuple[float, str]:
    """The longest that a pattern runs on one text, and how that text begins; at most ``give_up`` seconds."""
    pattern = re.compile(found.pattern, found.flags & ~re.UNICODE)
    longest, on = 0.0, ""
    signal.signal(signal.SIGALRM, _stop)
    for text in dict.fromkeys(texts(found, size)):
        for method in found.methods:
            start = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, give_up)
            try:
                made = getattr(pattern, method)(*(("", text) if method in ("sub", "subn") else (text,)))
                if method == "finditer":
                    for _ in made:
                        pass
            except TooLong:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            took = time.perf_counter() - start
            if took > longest:
                longest, on = took, text[:24]
            if longest >= give_up:
                return longest, on
    return longest, on


def main() -> int:
    size = round(float(sys.argv[1]) * 2**20) if len(sys.argv) > 1 else 2**20
    known = everywhere()
    measured = sorted(((*worst(f, size), f) for f in known if f.methods), key=lambda m: -m[0])
    for took, on, found in measured:
        print(f"{took:8.3f} 秒  {found.place}  {found.pattern[:60]!r}" + (f"  {on!r}" if took >= LIMIT else ""))
    made = "、".join(f.place for f in known if not f.methods)
    print(f"由程序当场拼成、没有测的：{made}")
    slow = [m for m in measured if m[0] >= LIMIT]
    print(f"{len(measured)} 个式子，{size} 个字的文本，最久 {measured[0][0]:.3f} 秒，一秒以上的 {len(slow)} 个")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
