"""What a pack may say: the schema of its files.

Pydantic models at the border, frozen afterwards.  Unknown keys are refused, so that a slip in a
pack is found when it is loaded.  Field descriptions are shown to template keepers.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FieldType = Literal[
    "text",  # one line, as typed
    "long",  # several sentences, as typed
    "clause",  # part of a sentence: final punctuation is trimmed before it is joined
    "amount",  # money, in the unit of the sheet
    "count",  # whole number
    "number",  # any number
    "percent",  # a rate; 43.75% or 0.4375 formatted as percentage
    "choice",
    "date",
    "lookup",  # not entered: shown beside, found by the key of the list
]


SLOT = re.compile(r"\{[{%#]")
YEAR_SLOT = re.compile(r"\{\{[^{}]*\}\}\s*(?:年度?)?")
CHOICE = re.compile(r"\{% if [^%]* %\}([^%]*)(?:\{% else %\}([^%]*))?\{% endif %\}")


def without_slots(text: str) -> str:
    """Words without their slots, as the workbook shows and reads them: ``{{ year }}年收入表`` → ``收入表``.

    Of a choice what stands where its condition does not hold.
    """
    return YEAR_SLOT.sub("", CHOICE.sub(lambda found: found[2] or "", text))


def _slotted(value: object) -> bool:
    match value:
        case str():
            return bool(SLOT.search(value))
        case dict():
            return any(_slotted(v) for v in value.values())
        case list() | tuple():
            return any(_slotted(v) for v in value)
    return False


class Entry(BaseModel):
    """Base of everything that is merged by ``id``.

    ``slotted``: the keys whose words may hold ``{{ … }}``; anywhere else that would be printed literally,
    and is refused.
    """

    slotted: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(min_length=1)
    since: int | None = None
    until: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_loose_slots(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            for key, value in raw.items():
                if key not in cls.slotted and _slotted(value):
                    raise ValueError(f"{key} 里不能写花括号，写了会照原样印出来；花括号可以写在 {_listed(cls.slotted)}")
        return raw

    def applies(self, year: int) -> bool:
        """Whether the entry holds in a fiscal year."""
        return (self.since is None or year >= self.since) and (self.until is None or year <= self.until)


def _listed(keys: frozenset[str]) -> str:
    return "、".join(sorted(keys)) or "正文里"


class TableSpec(Entry):
    """A statutory table: its exact header, body, notes and page.

    Slots in the title, the header and the labels of the body are for the published table; the workbook
    shows and reads the words without them.
    """

    slotted: ClassVar[frozenset[str]] = frozenset(
        {
            "title",
            "header",
            "body",
            "heading",
            "head",
            "lines",
            "notes",
            "empty_note",
            "left",
            "middle",
            "right",
            "toc_text",
        }
    )
    number: str
    title: str
    heading: str = ""  # the title as published, where it differs; may hold slots
    head: str = ""  # the header as published, where it differs; may hold slots
    lines: str = ""  # the fixed rows as published, where they differ; may hold slots
    header: str
    body: str = ""  # fixed rows: pipe grid with {slot}
    total: str = ""  # tables with rows by subject: the total row
    row: str = ""  # … and the shape of each further row
    unit_row: str = ""  # shape of a row that names a budget unit (budgets only)
    rows: Literal["", "functional", "economic", "list"] = ""
    total_last: bool = False
    unit: Literal["元", "万元"] = "万元"
    notes: tuple[str, ...] = ()
    empty_note: str = ""  # added under a table without any amount
    left: str = "{{ info.label }}：{{ info.name }}"
    middle: str = ""
    right: str = "单位：{{ unit }}"
    landscape: bool = False
    widths: tuple[int, ...] = ()
    font: int = 9
    required: tuple[str, ...] = ()  # slots (or total.column) that must be filled
    negative: tuple[str, ...] = ()  # slots that may be negative
    indent: tuple[int, ...] = ()  # columns in which deeper subjects are indented
    toc_text: str = ""
    format: str = "table"
    split_codes: str = ""  # published in cells of 类, 款 and 项 where this holds
    shown: tuple[
        tuple[str, str], ...
    ] = ()  # written { slot = "condition" }: a fixed row is published only where this holds, by its slot
    whole_yuan: bool = False  # filled in whole 元: sums may differ by their roundings
    show_number: bool = True  # whether the number stands above the published table
    hidden: bool = False  # asked for in the workbook, not published

    @model_validator(mode="before")
    @classmethod
    def _published(cls, raw: Any) -> Any:
        """Slots go to what is published; the workbook keeps the plain words."""
        if not isinstance(raw, dict):
            return raw
        made = dict(raw)
        if isinstance(made.get("shown"), dict):
            made["shown"] = tuple(made["shown"].items())
        for plain, published in (("title", "heading"), ("header", "head"), ("body", "lines")):
            text = made.get(plain)
            if isinstance(text, str) and SLOT.search(text):
                made.setdefault(published, text)
                made[plain] = "\n".join(without_slots(line) for line in text.split("\n"))
        return made


class SheetSpec(Entry):
    """A supplementary sheet of the workbook (the statutory tables have their own)."""

    title: str
    help: str = ""
    order: int = 100
    unit: Literal["", "元", "万元"] = ""  # the default unit of its amounts
    optional: bool = False  # an older workbook without this sheet is not wrong


class FieldSpec(Entry):
    """One value to be filled in: ``id`` is ``group.name``."""

    sheet: str
    label: str
    type: FieldType = "text"
    section: str = ""
    required: bool = False
    when: str = ""  # required only when this holds
    choices: tuple[str, ...] = ()
    default: str = ""
    unit: str = ""  # shown beside: 个、辆、人次
    help: str = ""
    negative: bool = False
    minimum: int | None = 0
    last: str = ""  # where next year's value comes from, named in this year's workbook
    near: str = ""  # a figure of the same order; where there is none, that of ``last``
    optional: bool = False  # an older workbook without this field is not wrong
    unasked: str = ""  # what a workbook that does not have this question yet is taken to answer; it is said


class ColumnSpec(Entry):
    """One column of a list."""

    label: str
    type: FieldType = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    choices_from: str = ""  # list.column, functional, economic
    lookup: str = ""  # table.column found by the key, for type lookup; or "name"
    width: int = 14
    help: str = ""
    negative: bool = False
    group: str = ""  # heading over several columns
    unit: str = ""
    last: str = ""  # where next year's value comes from; ``row`` is this year's row
    base: str = ""  # a reason: the column that the final amount is compared with
    asks_equal: bool = True  # a reason: asked for where the two amounts are equal too


class ListSpec(Entry):
    """Rows of the same shape: units, projects, indicators, facts for each 项."""

    sheet: str
    title: str
    columns: tuple[ColumnSpec, ...]
    key: str = ""
    rows: int = 20
    minimum: int = 0
    help: str = ""
    last: str = ""  # the rows that next year's list begins with; nothing: it begins empty


class ReasonSpec(Entry):
    """One explanation asked for, with the figures it explains."""

    title: str
    current: str = ""
    base: str = ""
    wording: str = ""
    when: str = ""  # asked for only when this holds
    required: bool = True
    type: Literal["clause", "long"] = "clause"
    help: str = ""
    section: str = ""
    subject: str = ""  # what is compared, in a word (公务接待费); nothing: taken from the title
    scope: tuple[str, ...] = ()  # keys or names of parts that its amount can consist of
    carry: bool = False  # last year's words are carried into next year's workbook
    names: str = ""  # a list of names: the names that it should hold, from the tables


class DriverSpec(Entry):
    """One way in which a change falls into parts (by subject, by nature, by project …)."""

    title: str
    parts: str  # an expression: the parts with this year's amount and the one compared with
    reasons: tuple[str, ...] = ()  # the reasons that it explains (``items``: the reasons of each 项)
    order: int = 100
    composition: bool = False  # what an amount consists of, without a comparison
    fallback: bool = False  # only where nothing else explains the change


class FactSpec(Entry):
    """One kind of fact that an officer enters as a fact, and which parts it can explain."""

    slotted: ClassVar[frozenset[str]] = frozenset({"text"})
    text: str  # how the fact is said
    when: str = ""  # it is there only when this holds
    for_each: str = ""  # a list: one fact for each row, named ``fact``
    direction: str = "'either'"  # an expression: increase, decrease or either
    against: str = "'both'"  # an expression: prior, budget or both: which comparison it can explain
    concerns: tuple[str, ...] = ()  # keys or names of parts, * for anything
    about: str = ""  # an expression: further keys or names, from the row
    family: str = ""  # facts of one family are weighed: all that concern a change are named, or none of them
    size: str = ""  # an expression: how many, for weighing
    carries: str = ""  # an expression: the amount that the fact can account for at most
    order: int = 100
    sample: dict[str, str] = Field(default_factory=dict)  # values for the example of ``pack show``


class RenameSpec(Entry):
    """A subject code that was renamed or merged: ``old`` codes become ``code`` from ``since`` on."""

    kind: Literal["functional", "economic"] = "functional"
    old: tuple[str, ...]
    code: str
    basis: str


class DraftSettings(BaseModel):
    """How drafts of reasons are made."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cover: int = Field(default=80, ge=1, le=100)  # per cent of the change that the named parts reach
    offset: int = Field(default=10, ge=0, le=100)  # per cent: smaller movements the other way are not named
    parts: int = Field(default=3, ge=1, le=9)  # at most so many parts are named
    offsets: int = Field(default=2, ge=1, le=9)  # at most so many offsetting parts are named
    carry: int = Field(default=20, ge=0, le=100)  # per cent of a change that a fact must be able to account for


NUMBERS = ("一、", "（一）", "1.", "1、", "（1）")  # the ways in which blocks are numbered, from the outside in


class BlockSpec(Entry):
    """One block of the outline.  Its text stands in ``text`` or in narrative/*.j2 under its id."""

    slotted: ClassVar[frozenset[str]] = frozenset({"text", "toc_text"})
    style: Literal["h2", "h3", "body", "center", "table", "form", "inline", "group"] = "body"
    text: str = ""
    same: str = ""  # the id of the block whose text this one has, too
    let: dict[str, str] = Field(default_factory=dict)  # names for expressions, for this block and those inside it
    when: str = ""
    for_each: str = ""
    name: str = ""  # the name of the loop variable
    inside: str = ""  # the id of the block in whose loop this block is repeated
    toc: bool = False
    toc_text: str = ""
    toc_differs: bool = False  # the contents say something else on purpose, not the heading or a part of it
    number: Literal["", "一、", "（一）", "1.", "1、", "（1）"] = ""  # counted by itself, as the first would be written
    prose: bool = False  # in the plain text although it stands in a part of tables
    table: str = ""  # style table: the id of a TableSpec; form/inline: of a FormSpec
    after: str = ""
    before: str = ""


class PartSpec(Entry):
    """One 部分 and its place in the document."""

    slotted: ClassVar[frozenset[str]] = frozenset({"title", "toc_text"})
    title: str
    toc_text: str = ""  # what the contents say, where it differs
    toc_differs: bool = False  # on purpose: not the title or a part of it
    listed: bool = False  # in the contents only: no heading is printed above its first table
    order: int
    kind: Literal["prose", "tables", "forms"] = "prose"
    when: str = ""  # only where this holds


class FormSpec(Entry):
    """An appendix form, or a table inside the text: pipe grids with Jinja loops."""

    slotted: ClassVar[frozenset[str]] = frozenset(
        {"title", "header", "body", "subtitle", "left", "right", "notes", "toc_text"}
    )
    title: str
    header: str = ""
    body: str
    subtitle: str = ""
    left: str = ""
    right: str = ""
    notes: tuple[str, ...] = ()
    landscape: bool = False
    widths: tuple[int, ...] = ()
    font: int = 9
    toc_text: str = ""
    center: tuple[int, ...] = ()  # columns (from 0) set in the middle
    new_page: bool = True
    chart: Literal["", "bar", "share", "line"] = ""  # 插表: drawn as a chart, with its numbers below


class TermSpec(Entry):
    """One fixed entry of 名词解释."""

    slotted: ClassVar[frozenset[str]] = frozenset({"term", "text"})
    term: str
    text: str
    order: int = 100
    when: str = ""  # only where this holds


CASES = ("increase", "decrease", "equal", "from_zero", "to_zero", "both_zero", "from_negative", "to_negative")


class PhraseSpec(Entry):
    """One family of phrases: ``id`` is e.g. ``change.total``; a phrase for each case."""

    slotted: ClassVar[frozenset[str]] = frozenset({*CASES, "no_base", "no_prior"})
    model_config = ConfigDict(extra="forbid", frozen=True)
    increase: str = ""
    decrease: str = ""
    equal: str = ""
    from_zero: str = ""
    to_zero: str = ""
    both_zero: str = ""
    from_negative: str = ""
    to_negative: str = ""
    no_base: str = ""
    no_prior: str = ""  # there is no prior year to compare with; ``absent`` is why
    places: str = "money"  # the format whose printed digits decide
    basis: Literal["", "exact", "printed"] = ""  # what differences and rates are made of; empty: as the pack says
    sample: dict[str, str] = Field(default_factory=dict)  # words for the example of ``pack show``


class MergeSpec(Entry):
    """How units become a department, where a plain sum will not do.

    ``offset``: what one unit received is what another paid: both leave the department's tables.
    The first place of ``received`` and ``paid`` is the column by subject that is offset, the others
    are totals of the same row; the slots are fixed places that hold it, too.
    ``numbered``: the 序号 of the list ``id`` is that of a row of the list ``of``.
    ``stand_in``: a blank field ``id`` means the amount in ``place``.
    """

    kind: Literal["offset", "numbered", "stand_in"]
    title: str = ""
    received: tuple[str, ...] = ()
    received_slots: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    paid_slots: tuple[str, ...] = ()
    paid_classes: str = ""  # what stands before the code of the 类 in a fixed place, as summary.f
    of: str = ""
    place: str = ""


class CheckSpec(Entry):
    """One check that is a formula."""

    title: str
    left: str = ""
    right: str = ""
    relation: Literal["=", "<=", ">=", "<", ">", "holds"] = "="
    when: str = ""
    for_each: str = ""
    name: str = ""
    columns: tuple[str, ...] = ()  # the check is repeated for each column, named ``c``
    severity: Literal["error", "warning", "info"] = "error"
    basis: str = ""
    hint: str = ""
    table: str = ""  # the table under which roundings (尾差) are gathered
    unless: str = ""  # a failing result is dropped where this holds (an explanation in the data)


class PackMeta(BaseModel):
    """pack.toml"""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    extends: str = ""
    kind: Literal["决算", "预算"] = "决算"
    version: str = "1"
    abstract: bool = False  # a common ground that is not used by itself
    basis: tuple[str, ...] = ()
    document_title: str = "{{ info.name }}{{ year }}年度{{ scope }}{{ kind }}"
    cover: tuple[str, ...] = ("{{ info.name }}", "{{ year }}年度{{ scope }}{{ kind }}")
    running_head: str = ""  # above every page
    scope: Literal["部门", "单位"] = "部门"  # whose accounts they are, where the department says nothing else
    no_prior: str = ""  # said in place of every comparison where there is no prior year; ``absent``: why
    prior: str = "prior"  # the group of fields, and the column of lists, that hold last year's figures
    rates: Literal["exact", "printed"] = "exact"  # differences and rates from exact or from printed amounts
    toc_title: str = "目录"
    literals: tuple[str, ...] = ()
    amount_unit: Literal["元", "万元"] = "元"  # the default of new workbooks
    threshold: int = 30  # per cent: a change beyond it asks for more than a stock phrase
    names: dict[str, str] = Field(default_factory=dict)  # names for expressions, for every text and check
    obsolete: dict[str, str] = Field(default_factory=dict)  # names no longer in use -> the name now
    facts: str = "items"  # the list that holds the facts of each 项, keyed by code
    last_lines: str = "last_lines"  # the list that holds last year's figures, keyed by name
    draft: DraftSettings = DraftSettings()
