"""Compiled packs kept on disk: the same documents, never stale, never loaded from a place that others write."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator import cache
from generator.department.examination import examine
from generator.packs import _kept, loader
from generator.packs.layers import assemble
from generator.packs.listing import layers
from generator.packs.loader import compile_pack, load
from generator.packs.pack import PackError
from generator.packs.places import TEMPLATES
from tests.conftest import DEPARTMENTS, ROOT, examined_of


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that has loaded no pack yet."""
    monkeypatch.setenv("JUESUAN_CACHE", str(tmp_path / "cache"))
    loader._load.cache_clear()
    return tmp_path / "cache" / "packs"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the packs that had to be compiled."""
    names: list[str] = []

    def counting(pack: object) -> object:
        names.append(pack.id)  # type: ignore[attr-defined]
        return compile_pack(pack)  # type: ignore[arg-type]

    monkeypatch.setattr(loader, "compile_pack", counting)
    return names


def again(name: str, root: Path | None = None) -> object:
    """As a new process would load it."""
    loader._load.cache_clear()
    return load(name, root)


def test_a_kept_pack_makes_the_same_document(seed: str, compiled: list[str]) -> None:
    assert examined_of(seed).document is not None
    examine(DEPARTMENTS[seed])
    loader._load.cache_clear()
    found = examine(DEPARTMENTS[seed])
    assert len(compiled) == 1
    assert found.document == examined_of(seed).document
    assert found.findings == examined_of(seed).findings and found.coverage == examined_of(seed).coverage
    assert found.compiled is not None and examined_of(seed).compiled is not None
    assert found.compiled.pack == examined_of(seed).compiled.pack  # type: ignore[union-attr]


def test_any_change_of_any_layer_is_seen(tmp_path: Path, compiled: list[str]) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    load("chaoyang", root)
    again("chaoyang", root)
    assert compiled == ["chaoyang"]
    path = next((root / "liaoning" / "narrative").glob("*.j2"))
    before, text = path.stat(), path.read_text(encoding="utf-8")
    path.write_text(text.replace("收入", "收人", 1), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # same length, same time: only the content differs
    again("chaoyang", root)
    assert compiled == ["chaoyang", "chaoyang"]
    (root / "liaoning" / "pack.toml").write_text("=", encoding="utf-8")
    with pytest.raises(PackError, match=r"liaoning/pack\.toml"):
        again("chaoyang", root)


def test_a_damaged_file_is_made_again(kept: Path, compiled: list[str]) -> None:
    load("liaoning")
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    for broken in (b"", whole[:-1], whole[:5000] + b"\0" + whole[5001:], b"\x80\x05." + whole):
        file.write_bytes(broken)
        again("liaoning")
        assert file.read_bytes() == whole
    assert compiled == ["liaoning"] * 5


class Planted:
    """Whoever unpickles this makes a file."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path(os.environ["PLANTED"]),)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows keeps other users out of the profile")
def test_nothing_is_loaded_that_another_could_have_written(
    kept: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLANTED", str(tmp_path / "planted"))
    load("liaoning")
    (file,) = kept.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o700 and file.stat().st_mode & 0o077 == 0
    data = pickle.dumps(Planted())
    cache.write("packs", file.name, data)
    trusted = cache.read("packs", file.name)
    assert trusted == data  # the plant is well made: only who could write it keeps it from being loaded
    for path, mode in ((file, 0o602), (file, 0o620), (kept, 0o777), (kept.parent, 0o770)):
        was = path.stat().st_mode
        path.chmod(mode)
        assert cache.read("packs", file.name) is None
        again("liaoning")
        path.chmod(was)
        cache.write("packs", file.name, data)
    if os.getuid() == 0:
        for path in (file, kept, kept.parent):
            os.chown(path, 12345, -1)
            again("liaoning")
            os.chown(path, 0, -1)
            cache.write("packs", file.name, data)
    real = kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(real)
    again("liaoning")
    assert not (tmp_path / "planted").exists() and len(set(compiled)) == 1 and len(compiled) > 5


@pytest.mark.parametrize("named", ["", "/proc/nowhere", "file"])
def test_a_cache_that_cannot_be_had_is_no_error(
    named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiled: list[str]
) -> None:
    if named == "file":
        (tmp_path / "file").write_text("x")
        named = str(tmp_path / "file")
    monkeypatch.setenv("JUESUAN_CACHE", named)
    assert load("liaoning").title is not None
    again("liaoning")
    assert compiled == ["liaoning", "liaoning"]


def test_old_entries_go(kept: Path) -> None:
    for number in range(cache.KEEP + 5):
        cache.write("packs", f"{number:03}", b"x")
        os.utime(kept / f"{number:03}", (number, number))
    cache.write("packs", "last", b"x")
    assert len(list(kept.iterdir())) == cache.KEEP and not (kept / "000").exists()


def test_the_key_names_program_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = layers(TEMPLATES / "liaoning")
    assert chain is not None and [f.name for f, _ in chain] == list(assemble(TEMPLATES / "liaoning").chain)
    folders = [f for f, _ in chain]
    key = _kept.key_of(folders)
    assert key != _kept.key_of(folders[1:])
    _kept._program.cache_clear()
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0")
    assert _kept.key_of(folders) != key
    _kept._program.cache_clear()


def test_listing_packs_reads_their_names_only(tmp_path: Path) -> None:
    """No schema, no template language; a broken pack is listed with what to do."""
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    (tmp_path / "templates/xinjiang/pack.toml").write_text("title = “新疆”", encoding="utf-8")
    (tmp_path / "templates/shanghai/tables.toml").write_text("=", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; import generator.packs.places as l; l.TEMPLATES = Path(sys.argv[1]);"
        "from generator.cli import main; code = main(['pack', 'list']);"
        "print(sorted({'jinja2', 'pydantic', 'openpyxl', 'lxml', 'docx', 'typst', 'fontTools'} & set(sys.modules)), code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "templates")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, last = run.stdout.splitlines()
    assert last == "[] 3"
    assert "朝阳市级部门决算（chaoyang ← liaoning ← national）" in lines[0]
    broken = next(line for line in lines if line.startswith("xinjiang"))
    assert "juesuan pack check xinjiang" in broken and "Traceback" not in run.stderr
    assert any(line.startswith("shanghai") and "上海" in line for line in lines)
