"""The rules that keep the program in shape: which way imports go, faces, and that the engine knows no region."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

GENERATOR = Path(__file__).resolve().parent.parent / "generator"
FILES = sorted(GENERATOR.rglob("*.py"))
# the packages from the ground up: each may import from the lines below its own, nothing else
LEVELS = """
model
files packs workers writers
workbook edits published
reasons versions
checks
department
audit
batch web learning
cli
"""
LEVEL = {name: number for number, line in enumerate(LEVELS.split("\n")) for name in line.split()}
OFFICE = {"openpyxl", "xlsxwriter", "docx", "xlrd"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(GENERATOR.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(p): p for p in FILES}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}


def package_of(module: str) -> str:
    """``generator.files.docx`` -> ``files``; empty for what stands outside the packages."""
    return next((part for part in module.split(".")[1:2] if part in LEVEL), "")


def imports(source: str) -> set[str]:
    """What a file imports, function by function too: modules and names as dotted paths."""
    out: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            out |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out |= {f"{node.module}.{a.name}" for a in node.names}
    return out


def faces() -> dict[str, set[str]]:
    """The names that each package hands out."""
    found = {}
    for package in LEVEL:
        body = ast.parse((GENERATOR / package / "__init__.py").read_text(encoding="utf-8")).body
        found[package] = next(
            set(ast.literal_eval(n.value))
            for n in body
            if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"
        )
    return found


def faults(sources: dict[str, str]) -> list[str]:
    """Every import that goes up, sideways into another package's inside, or into a private file."""
    found, face = [], faces()
    for module, source in sources.items():
        own = package_of(module)
        for name in sorted(i for i in imports(source) if i.startswith("generator.")):
            target = package_of(name)
            inside = name.split(".")[2:]
            if target and own and target != own:
                if LEVEL[target] >= LEVEL[own]:
                    found.append(f"{module} imports upward: {name}")
                if inside and (inside[0] not in face[target] or len(inside) > 1):
                    found.append(f"{module} goes past the face of {target}: {name}")
            home = name if name in MODULES else name.rpartition(".")[0]
            private = [p for p in home.split(".") if p.startswith("_") and not p.startswith("__")]
            folder = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            if private and home != "generator._face" and home.rpartition(".")[0] != folder:
                found.append(f"{module} enters a private file: {name}")
    return found


def test_the_house_stands() -> None:
    """No import goes up, no circle can arise, each package is entered through its face only."""
    assert {p.name for p in GENERATOR.iterdir() if p.is_dir() and (p / "__init__.py").is_file()} == set(LEVEL)
    assert len(set(LEVEL.values())) <= 9
    assert faults(SOURCES) == []


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        ("generator.model.figures", "from generator.files import put", "imports upward"),
        ("generator.files.values", "from generator.writers import write_docx", "imports upward"),
        ("generator.checks.run", "from generator.packs.language import Word", "past the face"),
        ("generator.cli.packs", "from generator.packs import compose_all", "past the face"),
        ("generator.writers.docx", "from generator.packs._compiler import compile_pack", "private file"),
        ("generator.department.publish", "from generator.department.units._read import read_units", "private file"),
    ],
)
def test_one_import_turned_round_is_named(module: str, line: str, said: str) -> None:
    found = faults({**SOURCES, module: f"{SOURCES[module]}\n{line}\n"})
    assert found and all(f.startswith(module) for f in found) and any(said in f for f in found), found


def test_the_map_names_what_is_there() -> None:
    """Every file and folder that docs/结构.md sends a reader to is there."""
    root = GENERATOR.parent
    text = (root / "docs/结构.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:generator|templates|tools|tests|docs)/[\w./*<>-]+)`", text)
    assert len(named) > 20
    for path in named:
        assert list(root.glob(path.replace("<包>", "*").rstrip("/"))), path


@pytest.mark.parametrize("package", LEVEL)
def test_a_face_hands_out_what_it_lists(package: str) -> None:
    """The list and what it loads agree, no name hides the module of its name, and everything is there."""
    from importlib import import_module

    from generator._face import homes

    known = homes(f"generator.{package}")
    assert set(known) == faces()[package]
    face = import_module(f"generator.{package}")
    for name, (module, own) in known.items():
        assert module.startswith(f"generator.{package}") and getattr(face, name) is not None
        assert not own or f"generator.{package}.{name}" not in MODULES, f"{name} is also a module"


def measure() -> dict[str, int]:
    """Levels and arrows between packages, by this file's own count (``python -m tests.test_structure``)."""
    arrows = {
        (package_of(m), package_of(i))
        for m, text in SOURCES.items()
        for i in imports(text)
        if package_of(m) and package_of(i)
    }
    arrows = {(a, b) for a, b in arrows if a != b}

    def depth(package: str) -> int:
        return 1 + max((depth(b) for a, b in arrows if a == package), default=0)

    lines = sum(len(p.read_text(encoding="utf-8").splitlines()) for p in FILES)
    names = sum(map(len, faces().values()))
    return {
        "packages": len(LEVEL),
        "levels": max(map(depth, LEVEL)),
        "arrows": len(arrows),
        "names in faces": names,
        "lines": lines,
    }


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_office_libraries_stay_at_the_border(path: Path) -> None:
    used = {i.split(".")[0] for i in imports(path.read_text(encoding="utf-8"))} & OFFICE
    assert not used or package_of(name_of(path)) in ("writers", "workbook", "files"), used


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_engine_knows_no_region(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in (
        "辽宁",
        "朝阳",
        "新疆",
        "大连",
        "西岗",
        "上海",
        "liaoning ==",
        "xinjiang",
        "chaoyang",
        "dalian",
        "shanghai",
    ):
        assert word not in text
    assert not re.search(r"pack\.id\s*==\s*[\"']", text)


def test_no_sentence_of_a_document_stands_in_the_program() -> None:
    """Runs of ten characters and more that a published text has come from packs and workbooks only."""
    published = "".join(p.read_text(encoding="utf-8") for p in (GENERATOR.parent / "tests/golden").glob("00*.txt"))
    assert len(published) > 20_000
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for words in re.findall(r"[一-鿿、，（）“”]{10,}", node.value):
                    assert words not in published, f"{path.name}:{node.lineno} {words}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    if name_of(path).startswith(("generator.cli", "generator.__main__")):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "exit", "quit", "float"), f"{path.name}:{node.lineno}"


def test_every_folder_that_people_open_has_a_readme() -> None:
    root = GENERATOR.parent
    for folder in ("templates", "generator", "inputs", "tests", "output", "tools", *(f"generator/{p}" for p in LEVEL)):
        assert (root / folder / "README.md").is_file(), folder


if __name__ == "__main__":
    print("，".join(f"{k} {v}" for k, v in measure().items()))  # noqa: T201
