"""A pack tried on workbooks of its own making: composed, checked, written, read back, taken into next year.

``trial(compiled)`` gives everything that goes wrong, each with the file and the entry where the pack says it.
An entry that fails is left out and the rest tried on, so that one run names all of them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.checks import Filled, check, submission_from
from generator.department.full_form import full, variants
from generator.department.publish import FORMATS, render
from generator.department.tieout import gate
from generator.files import WORKBOOK
from generator.model import Document, Figure, Submission, Text
from generator.packs import CompiledPack, LanguageError, PackError, compose
from generator.workbook import form_data, read_workbook, write_form

ENTRY = re.compile(r"([^\s：]+\.(?:toml|j2|txt)) 中的“([^”]+)”")
PLACE = re.compile(r"^(?:[^\s：]+(?: 中的“[^”]+”)?：)*(?=\S)")
PACKS_OWN = {"DC-341", "DC-377", "DC-378", "DC-380"}  # findings that no figure of a department can cause
LIMIT = 80


def trial(compiled: CompiledPack, year: int = 2024, *, files: bool = True) -> Iterator[PackError]:
    """Everything that goes wrong with a pack in use.  ``files``: written in every format as well."""
    told: set[tuple[str, str]] = set()
    sound = compiled
    document: Document | None = None
    made: Submission | None = None
    for said, filled in variants(compiled.pack, year):
        given = submission_from(sound.pack, filled)
        for _ in range(LIMIT):
            try:
                context = sound.context(given)
                written = compose(given, sound, context=context)
                report = check(sound, context, written)
                if document is None:
                    document, made = written, given
                yield from _of_the_pack(report.findings, sound, told)
                break
            except (
                LanguageError,
                PackError,
                KeyError,
                AttributeError,
                TypeError,
                ValueError,
                ArithmeticError,
            ) as error:
                fault, rest = _without(sound, error, said)
                if (fault.entry, fault.message) not in told:
                    told.add((fault.entry, fault.message))
                    yield fault
                if rest is None:
                    return
                sound = rest
    if document is None or made is None:
        return
    yield from _carried(sound, made, year)
    yield from _read_back(sound, year)
    if files:
        yield from _written(sound, document, made)


def _without(compiled: CompiledPack, error: Exception, said: str) -> tuple[PackError, CompiledPack | None]:
    """What went wrong, where; and the pack without the entry that it went wrong in."""
    text = str(error)
    found = ENTRY.findall(text)
    file, entry = found[-1] if found else (compiled.pack.id, "")
    if isinstance(error, PackError) and not found:
        file, entry = error.file, error.entry
    why = _said(PLACE.sub("", error.message if isinstance(error, PackError) else text), error)
    fault = PackError(file, entry, f"{why}（试填：{said}）")
    name = entry.partition(".toc")[0]
    pack = compiled.pack
    if isinstance(error, PackError) and error.entry in pack.checks:
        name = error.entry
    if name in pack.checks:
        left = {k: v for k, v in pack.checks.items() if k != name}
        return fault, replace(compiled, pack=replace(pack, checks=left))
    blocks = {p: tuple(b for b in bs if b.id != name) for p, bs in pack.blocks.items()}
    if blocks != dict(pack.blocks):
        return fault, replace(compiled, pack=replace(pack, blocks=blocks))
    if name in pack.terms:
        return fault, replace(compiled, pack=replace(pack, terms={k: v for k, v in pack.terms.items() if k != name}))
    calls = [b.id for bs in pack.blocks.values() for b in bs if name.partition(".")[0] in pack.text_of(b)]
    if calls and found:  # a phrase: without the texts that say it
        kept = {p: tuple(b for b in bs if b.id not in calls) for p, bs in pack.blocks.items()}
        if kept != dict(pack.blocks):
            return fault, replace(compiled, pack=replace(pack, blocks=kept))
    return fault, None


def _said(text: str, error: Exception) -> str:
    """The library's words, for a template keeper."""
    if found := re.search(r"'(?:\w+ object|[\w.]+)' has no attribute '([^']+)'", text):
        return f"用了不存在的名称“{found[1]}”"
    if found := re.search(r"(?:object has no (?:attribute|element)|is undefined)[^'“]*['“]?(\w*)", text):
        return f"用了不存在的名称{f'“{found[1]}”' if found[1] else ''}"
    if isinstance(error, KeyError):
        return f"用了不存在的名称“{text.strip(chr(39))}”"
    if re.search("[\u4e00-\u9fff]", text) and not re.search(r"[A-Za-z]{4,} [a-z]{2,}", text):
        return text
    return "算不出来：请检查花括号里的名称和算式"


def _of_the_pack(
    findings: tuple[object, ...], compiled: CompiledPack, told: set[tuple[str, str]]
) -> Iterator[PackError]:
    for finding in findings:
        name, message = getattr(finding, "id", ""), getattr(finding, "message", "")
        if name in PACKS_OWN and (name, message) not in told:
            told.add((name, message))
            yield PackError(compiled.pack.id, "", message)


def _carried(compiled: CompiledPack, made: Submission, year: int) -> Iterator[PackError]:
    """Next year's workbook from this year's."""
    from generator.reasons import roll

    context = compiled.context(made)
    members = context.members
    for spec in compiled.pack.in_force(compiled.pack.fields, year):
        rule = compiled.fields[spec.id].last if spec.id in compiled.fields else None
        if rule is None:
            continue
        try:
            value = rule(members)
        except LanguageError:
            value = None
        if value is not None and isinstance(value, Figure) != (spec.type in ("amount", "count", "number", "percent")):
            origin = compiled.pack.origins.get(f"field:{spec.id}")
            file = origin.file if origin else compiled.pack.id
            yield PackError(
                file, spec.id, f"last 取来的不是“{spec.label}”要的{'数' if spec.type == 'amount' else '内容'}"
            )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / WORKBOOK
        path.write_bytes(write_form(compiled.pack, year, made.name, data=form_data(made, compiled.pack)))
        try:
            rolled = roll(compiled, context, path, year + 1)
            if read_workbook(_kept(Path(folder), rolled.workbook), compiled.pack).submission is None:
                yield PackError(compiled.pack.id, "", "带入下一年的填报表读不出来")
        except (LanguageError, PackError, KeyError, AttributeError, TypeError, ValueError) as error:
            found = ENTRY.findall(str(error))
            file, entry = found[-1] if found else (compiled.pack.id, "last")
            yield PackError(file, entry, f"下一年的填报表带不过去：{_said(PLACE.sub('', str(error)), error)}")


def _kept(folder: Path, data: bytes) -> Path:
    path = folder / "下一年.xlsx"
    path.write_bytes(data)
    return path


def _read_back(compiled: CompiledPack, year: int) -> Iterator[PackError]:
    """Everything that was written into the workbook comes back from it."""
    pack = compiled.pack
    for unit in ("万元", "元"):
        filled: Filled = full(pack, year, unit)
        given = submission_from(pack, filled)
        read = read_workbook(write_form(pack, year, given.name, data=form_data(given, pack, unit)), pack).submission
        if read is None:
            yield PackError(pack.id, "", f"程序写出的填报表（{unit}）自己读不出来")
            continue
        for name, table in given.tables.items():
            yield from _table_back(pack.tables[name].number, name, table, read.tables.get(name), compiled)
        for name, rows in given.lists.items():
            if len(read.lists.get(name, ())) != len(rows):
                yield _at(
                    compiled,
                    "list",
                    name,
                    f"清单“{pack.lists[name].title}”填了{len(rows)}行，读回{len(read.lists.get(name, ()))}行",
                )
        for group, record in given.groups.items():
            for member, value in record.items():
                again = read.groups[group].get(member) if group in read.groups else None
                typed = value.value if isinstance(value, Text | Figure) else None
                if typed not in (None, "") and getattr(again, "value", None) != typed:
                    field = f"{group}.{member}"
                    yield _at(
                        compiled,
                        "field",
                        field,
                        f"“{pack.fields[field].label}”填了“{typed}”，读回“{getattr(again, 'value', '')}”",
                    )


def _at(compiled: CompiledPack, kind: str, name: str, message: str) -> PackError:
    origin = compiled.pack.origins.get(f"{kind}:{name}")
    return PackError(origin.file if origin else compiled.pack.id, name, message)


def _table_back(number: str, name: str, table: object, again: object, compiled: CompiledPack) -> Iterator[PackError]:
    slots, read = getattr(table, "slots", {}), getattr(again, "slots", {})
    for slot, figure in slots.items():
        if slot not in read or read[slot].value != figure.value:
            yield _at(compiled, "table", name, f"{number}的格子“{slot}”填的数读不回来")
            return
    rows, back = getattr(table, "rows", ()), getattr(again, "rows", ())
    if [(r.code, r.name) for r in rows] != [(r.code, r.name) for r in back]:
        yield _at(compiled, "table", name, f"{number}填了{len(rows)}行，读回的行不一样（{len(back)}行）")
        return
    for old, new in zip(rows, back, strict=True):
        wrong = [
            c for c, v in old.cells.items() if getattr(v, "value", None) is not None and new.cells[c].value != v.value
        ]
        if wrong:
            yield _at(compiled, "table", name, f"{number}“{old.name}”的“{wrong[0]}”一栏填的数读不回来")
            return


def _written(compiled: CompiledPack, document: Document, made: Submission) -> Iterator[PackError]:
    """Every format, read back as before ``--final``."""
    files: dict[str, bytes] = {}
    for form in FORMATS:
        try:
            files |= {f"试填.{kind}": data for kind, data in render(document, made, (form,))}
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            yield PackError(compiled.pack.id, "", f"写不出 {form}：{_said(str(error), error)}")
    for finding in gate(document, files):
        yield PackError(compiled.pack.id, "", f"成品核对：{finding.message}")
