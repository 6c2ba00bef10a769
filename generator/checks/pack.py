"""Shows and verifies packs for template keepers: entries, where they come from, examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from generator.checks.cases import own_cases, run
from generator.model import Figure, Record, Submission, Text, Value
from generator.packs import (
    Case,
    CompiledPack,
    LanguageError,
    Pack,
    PackError,
    compose,
    decide,
    differences,
    load,
    look,
    of_year,
    together,
    word,
)
from generator.reasons import fact_causes as causes

EXAMPLES: dict[Case, tuple[str, str | None]] = {
    Case.INCREASE: ("1200000", "1000000"),
    Case.DECREASE: ("800000", "1000000"),
    Case.EQUAL: ("1000000", "1000000"),
    Case.FROM_ZERO: ("1000000", "0"),
    Case.TO_ZERO: ("0", "1000000"),
    Case.BOTH_ZERO: ("0", "0"),
    Case.FROM_NEGATIVE: ("1000000", "-200000"),
    Case.TO_NEGATIVE: ("-200000", "1000000"),
    Case.NO_BASE: ("1000000", None),
}
SAMPLES = {"last": 2023, "what": "支出", "why": "原因"}  # what phrases of packs may be given beside the two figures
CASE_NAMES = {
    Case.INCREASE: "增加",
    Case.DECREASE: "减少",
    Case.EQUAL: "持平",
    Case.FROM_ZERO: "由零到有",
    Case.TO_ZERO: "由有到零",
    Case.BOTH_ZERO: "都为零",
    Case.FROM_NEGATIVE: "由负转正",
    Case.TO_NEGATIVE: "由正转负",
    Case.NO_BASE: "没有可比的数",
}


def lines(compiled: CompiledPack, *, effective: bool) -> Iterator[str]:
    """The contents of a pack, readable."""
    pack = compiled.pack
    yield f"{pack.id}：{pack.meta.title}（{pack.meta.kind}，版本 {pack.meta.version}）"
    yield f"继承：{' ← '.join(reversed(pack.chain))}"
    for basis in pack.meta.basis:
        yield f"依据：{basis}"
    for title, kind, entries in _sections(pack):
        yield ""
        yield f"【{title}】{len(entries)} 条"
        for name, text in entries:
            origin = (pack.origins.get(f"text:{name}") if kind == "block" else None) or pack.origins.get(
                f"{kind}:{name}"
            )
            where = f"  〔{origin.file}〕" if effective and origin else ""
            yield f"  {name}  {text}{where}"
    yield ""
    yield "【各种情形的说法】以 120 万元比 100 万元等为例"
    for name in compiled.phrases:
        yield f"  {name}"
        alike: dict[str, list[str]] = {}
        for case, text in examples(compiled, name):
            alike.setdefault(text, []).append(CASE_NAMES[case])
        for text, cases in alike.items():
            yield f"    {'、'.join(cases)}：{text}"
    yield ""
    yield "【事实的说法】填报人在“变动事实”填写后，草稿里这样说"
    for name, text in fact_examples(compiled):
        yield f"  {name}  {text}"


def _sections(pack: Pack) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    yield "报表", "table", [(t.id, f"{t.number} {t.title}") for t in pack.tables.values()]
    parts = sorted(pack.parts.values(), key=lambda p: p.order)
    yield "部分", "part", [(p.id, p.title) for p in parts]
    for part in parts:
        blocks = pack.blocks.get(part.id, ())
        shown = [(b.id, (pack.text_of(b) or f"〈{b.style} {b.table}〉")[:60]) for b in blocks]
        yield f"{part.title}的段落", "block", shown
    yield "填写项", "field", [(f.id, f.label + ("（必填）" if f.required else "")) for f in pack.fields.values()]
    yield "清单", "list", [(x.id, f"{x.title}：{'、'.join(c.label for c in x.columns)}") for x in pack.lists.values()]
    yield "要说明的事项", "reason", [(r.id, r.title) for r in pack.reasons.values()]
    yield "变动的分法", "driver", [(d.id, f"{d.title}：{'、'.join(d.reasons)}") for d in pack.drivers.values()]
    yield "事实", "fact", [(f.id, f"{f.text}（{f.direction}）") for f in pack.fact_kinds.values()]
    yield (
        "改了的科目编码",
        "rename",
        [(r.id, f"{'、'.join(r.old)} → {r.code}，{r.since}年起：{r.basis}") for r in pack.renames.values()],
    )
    yield "检查", "check", [(c.id, c.title) for c in pack.checks.values()]
    yield "名词", "term", [(t.id, t.term) for t in pack.terms.values()]
    yield "数字格式", "format", [(n, _format_example(pack, n)) for n in pack.formats]


def _format_example(pack: Pack, name: str) -> str:
    from generator.model import show

    form = pack.formats[name]
    value = Decimal("0.174") if form.suffix == "%" else Decimal("15957600") if form.divisor > 1 else Decimal("1595.76")
    return show(Figure(value), form)


def examples(compiled: CompiledPack, phrase: str) -> Iterator[tuple[Case, str]]:
    """What a phrase says in each case."""
    spec = compiled.pack.phrases[phrase]
    form = compiled.pack.formats[spec.places]
    sample: dict[str, object] = {k: 1 if k == "n" else word(v) for k, v in spec.sample.items()}
    empty = compiled.context(Submission(compiled.pack.id, 2024, ""))
    for case, (now, then) in EXAMPLES.items():
        size = 1 if form.divisor > 1 else 10000
        current = Figure(Decimal(now) / size, label="本年")
        base = Figure(Decimal(then) / size if then else None, label="上年")
        if decide(current, base, form) is case:
            yield case, str(compiled.say(phrase, current, base, empty, **{**SAMPLES, **sample}))


def fact_examples(compiled: CompiledPack) -> Iterator[tuple[str, str]]:
    """How each kind of fact is said, with the pack's sample values."""
    for kind in compiled.pack.fact_kinds.values():
        if kind.id not in compiled.facts:
            continue
        groups: dict[str, dict[str, Value]] = {}
        row: dict[str, Value] = {}
        for name, text in kind.sample.items():
            group, _, member = name.partition(".")
            spec = compiled.pack.fields.get(name)
            if group == "fact":
                columns = {c.id: c for c in compiled.pack.lists[kind.for_each].columns}
                row[member] = _sample(columns[member].type, text)
            else:
                groups.setdefault(group, {})[member] = _sample(spec.type if spec else "text", text)
        lists = {kind.for_each: (Record(row),)} if kind.for_each else {}
        context = compiled.context(
            Submission(compiled.pack.id, 2024, "", groups={g: Record(v) for g, v in groups.items()}, lists=lists)
        )
        for cause in causes(compiled, context):
            if cause.id.partition("[")[0] == kind.id:
                yield kind.id, cause.text.plain


def _sample(kind: str, text: str) -> Value:
    if kind in ("amount", "count", "number", "percent"):
        scale = 10000 if kind == "amount" else 1
        return Figure(Decimal(text) * scale if text else None, "元" if kind == "amount" else "人")
    return Text(text)


def verify(
    name: str, root: Path | None = None, trial: Callable[[CompiledPack, int], Iterable[PackError]] | None = None
) -> tuple[list[str], list[str]]:
    """Everything wrong with a pack, and a summary: schema, compiling, names, phrases, its cases.

    ``trial`` tries the pack in use (:func:`generator.department.trial`); what it finds of an entry that is
    at fault already is left out: one cause, one message.
    """
    found, compiled = look(name, root)
    if compiled is None:
        return [f"✗ {error}" for error in found], []
    pack, entries = compiled.pack, {e.entry for e in found}
    summary = [f"✓ {len(pack.origins)} 条内容，全部编译通过，名称都存在"] if not found else []
    problems = [f"✗ {error}" for error in _said_badly(compiled, entries)]
    if pack.meta.abstract:
        return [*(f"✗ {e}" for e in together(found, pack)), *problems], [*summary, *_changes(compiled, root)]
    try:
        for year in {2024, *(turn - 1 for turn in pack.turns[:1]), *pack.turns} if not found else {2024}:
            used = of_year(compiled, year) if not found else compiled
            compose(Submission(pack.id, year, ""), used)
        summary.append("✓ 空白填报表可以生成草稿")
    except (PackError, LanguageError, KeyError) as error:
        if not found:
            problems.append(f"✗ 空白填报表不能生成草稿：{error}")
    tried: list[PackError] = []
    try:
        for fault in trial(compiled, max((2024, *pack.turns))) if trial else ():
            tried += [fault] if fault.entry not in entries else []
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError):
        if not found:
            raise
        summary.append("试填要等上面的问题改正以后再做")
    problems = [*(f"✗ {error}" for error in together([*found, *tried], pack)), *problems]
    if trial and not tried and not found:
        summary.append("✓ 自己填满的填报表：每种情形都能成文，各种格式写得出、读得回，能带入下一年")
    if not found:
        wrong, count = _cases(compiled)
        problems += [f"✗ {p}" for p in wrong]
        summary += [] if wrong else [f"✓ {count} 个案例全部符合"]
    return list(dict.fromkeys(problems)), [*summary, *_changes(compiled, root)]


def _said_badly(compiled: CompiledPack, told: set[str]) -> Iterator[str]:
    """Phrases and facts of which not even an example can be made."""
    for phrase in compiled.phrases:
        if phrase in told or any(t.startswith(f"{phrase}.") for t in told):
            continue
        try:
            list(examples(compiled, phrase))
        except (LanguageError, KeyError) as error:
            yield f"说法 {phrase}：{error}"
    said = {kind for kind, _ in fact_examples(compiled)}
    for kind in compiled.pack.fact_kinds:
        if kind in compiled.facts and kind not in said and kind not in told:
            yield f"事实 {kind} 的 sample 举不出例子"


def _changes(compiled: CompiledPack, root: Path | None) -> list[str]:
    """How the pack differs from its parent."""
    chain = compiled.pack.chain
    if len(chain) < 2:
        return []
    try:
        changes = list(differences(compiled.pack, load(chain[-2], root).pack))
    except PackError:
        return []
    return [f"✓ 与上级 {chain[-2]} 不同的内容 {len(changes)} 处：", *(f"    {line}" for line in changes)]


def _cases(compiled: CompiledPack) -> tuple[list[str], int]:
    """What the cases of a pack find wrong, and how many there are."""
    try:
        found = own_cases(compiled.pack)
    except PackError as error:
        return [str(error)], 0
    return [p for case in found for p in run(case, compiled)], len(found)
