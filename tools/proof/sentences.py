"""``python -m tools.proof.sentences [every]``: change what was typed, and see that no bad sentence may be published.

Every typed text and every list of the six departments is removed, left blank, doubled, exchanged with another, given
the words that the sentence brings itself, half a bracket, a second stop.  Each time the document is composed and
checked.  Counted: caught (not publishable), rightly publishable, and wrongly publishable: those in which a reader that
knows nothing of the checks (``seen_by_eye``) still finds a hole, a doubled connective or mark, a lonely bracket.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.checks import check
from generator.department import Examined, examine
from generator.model import Document, Paragraph, Record, Severity, Submission, Table, Text
from generator.packs import CompiledPack, compose

ROOT = Path(__file__).resolve().parent.parent.parent
INPUTS = ROOT / "inputs" / "2024"
WRITTEN = ("text", "long", "clause")
IN_CELLS = ("indicators", "whole_indicators", "goal_indicators", "whole_goals", "whole_tasks")  # cells of forms
FEWER = 25  # of those only some

# {t} is the text, {o} another text of the department
CHANGES = {
    "删去": "",
    "留空格": " 　 ",
    "写两遍": "{t}{t}",
    "换成别处的": "{o}",
    "加上引导语": "主要原因是{t}",
    "加上“主要是”": "主要是{t}",
    "加上“一是”": "一是{t}；二是{o}",
    "末尾加“等”": "{t}等",
    "末尾加句号": "{t}。",
    "两个标点": "{t}；；{o}",
    "半个括号": "{t}（{o}",
    "半个引号": "“{t}",
    "写成0": "0",
    "写成“无”": "无",
}


@dataclass(frozen=True)
class Place:
    """Where a text stands in a submission."""

    group: str  # reasons, or a field group, or a list
    row: int  # -1 outside lists
    name: str
    label: str
    required: bool


@dataclass
class Tally:
    tried: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ a reader of its own

BAD = (
    "是。", "是，", "是；", "是：。", "：。", "：；", "：，", "为。", "为；", "包括。", "包括，", "包括等", "包括；", "用于。", "用于，", "用于等",
    "主要是等", "原因等", "原因是等", "。。", "；；", "，，", "、、", "，。", "；。", "、。", "。；", "。，", "：：", "（）", "《》", "“”", "是是",
    "主要是主要是", "原因是主要", "原因是原因", "原因：主要", "原因：原因", "包括包括", "包括主要", "用于用于", "是一是", "等等收", "等等支",
    "等等业", "等等原", "XX", "待填", "（，", "（。", "，）", "、）", "是0。", "是0等", "括0等", "占%", "长%", "的%",
)  # fmt: skip
FINE = ("于是，", "但是，", "实事求是。", "可是，", "还是，", "若是，", "认为，", "行为。", "行为，", "总是，")
PAIRS = ("（）", "《》", "“”", "【】")


def seen_by_eye(document: Document) -> list[str]:
    """What a plain reader sees: pieces of text that no sentence has, and brackets that do not pair off."""
    out = []
    for block in document.blocks():
        texts = (
            [c.text for row in block.body for c in row]
            if isinstance(block, Table) and block.role != "table"
            else [block.text]
            if isinstance(block, Paragraph)
            else []
        )
        for text in texts:
            bare = text
            for fine in FINE:
                bare = bare.replace(fine, "")
            prose = isinstance(block, Paragraph)
            out += [f"{bad} in {_around(bare, bad)}" for bad in BAD if prose and bad in bare]
            halves = text.replace("(", "（").replace(")", "）")
            out += [
                f"{pair} in {text[:40]}"
                for pair in PAIRS
                if halves.count(pair[0]) < halves.count(pair[1]) - _markers(halves)
                or halves.count(pair[0]) > halves.count(pair[1])
            ]
    return out


def _around(text: str, bad: str) -> str:
    at = text.index(bad)
    return text[max(0, at - 12) : at + 12]


def _markers(text: str) -> int:
    """Markers of lists such as 1） need no opening bracket."""
    return sum(text.count(f"{n}）") for n in (*range(1, 10), *"一二三四五六七八九")) if "（" not in text else 99


# ------------------------------------------------------------------ changes


def places(submission: Submission, compiled: CompiledPack) -> Iterator[tuple[Place, Text]]:
    """Every text that a person typed."""
    pack = compiled.pack
    for name, text in submission.reasons.items():
        if text and name in pack.reasons:
            yield Place("reasons", -1, name, pack.reasons[name].title, False), text
    for group, record in submission.groups.items():
        for name, value in record.items():
            spec = pack.fields.get(f"{group}.{name}")
            if isinstance(value, Text) and value and spec and spec.type in WRITTEN and group != "info":
                yield Place(group, -1, name, spec.label, spec.required), value
    for list_id, records in submission.lists.items():
        columns = {c.id: c for c in pack.lists[list_id].columns} if list_id in pack.lists else {}
        for number, record in enumerate(records):
            for name, value in record.items():
                column = columns.get(name)
                if isinstance(value, Text) and value and column and column.type in WRITTEN:
                    yield Place(list_id, number, name, column.label, column.required), value


def put(submission: Submission, place: Place, text: Text, value: str) -> Submission:
    """The submission with one text replaced, as reading the changed form would give it."""
    blank = not value.strip()
    new = Text(value, text.cells, text.label, place.label if blank and place.required else "")
    if place.group == "reasons":
        return replace(submission, reasons={**submission.reasons, place.name: new})
    if place.row < 0:
        record = submission.groups[place.group]
        changed = replace(record, data={**record.data, place.name: new})
        return replace(submission, groups={**submission.groups, place.group: changed})
    rows = list(submission.lists[place.group])
    rows[place.row] = replace(rows[place.row], data={**rows[place.row].data, place.name: new})
    return with_rows(submission, place.group, rows)


def with_rows(submission: Submission, name: str, rows: Sequence[Record]) -> Submission:
    return replace(submission, lists={**submission.lists, name: tuple(rows)})


def list_changes(rows: tuple[Record, ...]) -> Mapping[str, tuple[Record, ...]]:
    """A list without rows, without one, with one twice, with two exchanged."""
    middle = len(rows) // 2
    return {
        "整张删去": (),
        "删去一行": rows[:middle] + rows[middle + 1 :],
        "重复一行": (*rows[: middle + 1], *rows[middle:]),
        "对调两行": (*rows[1:2], *rows[:1], *rows[2:]),
    }


# ------------------------------------------------------------------ the proof


def judge(submission: Submission, examined: Examined, blank_required: bool, what: str, kind: str, tally: Tally) -> None:
    assert examined.compiled is not None
    context = examined.compiled.context(submission)
    document = compose(submission, examined.compiled, context=context)
    report = check(examined.compiled, context, document, places=examined.places)
    tally.tried[kind] += 1
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    if errors or blank_required:  # reading names a blank that is required (WB-040)
        tally.caught[kind] += 1
        return
    seen = seen_by_eye(document)
    if seen:
        tally.wrong.append(f"{kind} {what}：{seen[0]}")
    else:
        tally.right[kind] += 1
        tally.samples.append(f"{kind} {what}")


def sentences(folder: Path, every: int = 1, seed: int = 0, tally: Tally | None = None) -> Tally:
    """All changes to one department, or each ``every``-th of them."""
    tally = tally or Tally()
    examined = examine(folder)
    submission, compiled = examined.submission, examined.compiled
    assert submission is not None and compiled is not None and examined.publishable
    rng = random.Random(seed)
    found = list(places(submission, compiled))
    words = [t.value for _, t in found if 4 < len(t.value) < 60]
    work = [(p, t, kind) for p, t in found for kind in CHANGES]
    chosen = [w for w in work if not rng.randrange(every * (FEWER if w[0].group in IN_CELLS else 1))]
    for place, text, kind in chosen:
        value = CHANGES[kind].format(t=text.value, o=rng.choice(words))
        what = f"{folder.name[:12]} {place.group}.{place.row}.{place.name}"
        blank = not value.strip() and place.required
        judge(put(submission, place, text, value), examined, blank, what, kind, tally)
    for name, rows in submission.lists.items():
        for kind, changed in list_changes(rows).items():
            if rows and (every == 1 or rng.randrange(every) == 0):
                few = name in compiled.pack.lists and len(changed) < compiled.pack.lists[name].minimum
                judge(with_rows(submission, name, changed), examined, few, f"{folder.name[:12]} {name}", kind, tally)
    return tally


def main() -> int:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    tally = Tally()
    for folder in sorted(INPUTS.iterdir()):
        if (folder / "填报表.xlsx").is_file():
            sentences(folder, every, tally=tally)
            print(folder.name, sum(tally.tried.values()), flush=True)
    for kind in tally.tried:
        print(f"{kind}：{tally.tried[kind]} 处，拦下 {tally.caught[kind]}，可以公开 {tally.right[kind]}")
    for line in tally.wrong:
        print("  不应公开：", line)
    tried, caught, right = (sum(c.values()) for c in (tally.tried, tally.caught, tally.right))
    print(f"{tried} 处改动，拦下 {caught}，可以公开 {right}，不应公开而可以公开 {len(tally.wrong)}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
