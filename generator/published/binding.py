"""From what a sentence says to the cells it may mean: by subject, by label, by the words around it.

A candidate is never chosen by its value.  No candidate at all means: this cannot be told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from generator.model import Figure, total
from generator.published.cells import find, value
from generator.published.document import Understood
from generator.published.mentions import Mention, read_label, subject_code
from generator.published.names import bare, flat
from generator.published.outline import Paragraph
from generator.published.quantities import Quantity

FUNDS = (("fund", "政府性基金"), ("soe", "国有资本经营"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cell, or a sum of cells, that a mention may mean."""

    name: str
    figure: Figure


class Binder:
    """The cells of one document by what they are called."""

    def __init__(self, document: Understood) -> None:
        self.document = document
        self.kind = document.identity.kind
        self.indicators = [
            (e, re.compile("|".join(f"(?:{flat(s)})" for s in e["said"])))
            for e in document.words.raw.get("indicator", ())
        ]
        elsewhere = [str(e["topic"]) for e in document.words.raw.get("elsewhere", ())]
        self.elsewhere = re.compile("|".join(elsewhere)) if elsewhere else None

    @cached_property
    def functional(self) -> dict[str, str]:
        """Codes and names of the functional subjects in the tables, as they are printed there."""
        return self._listed(("functional", "sides"))

    @cached_property
    def economic(self) -> dict[str, str]:
        return self._listed(("economic",))

    def _listed(self, kinds: Sequence[str]) -> dict[str, str]:
        out: dict[str, str] = {}
        for table in self.document.tables:
            known = self.document.words.known(table.id)
            if known is not None and known.rows in kinds:
                for row in table.rows:
                    if row.kind == "subject" and row.label:
                        out.setdefault(row.code, row.label)
                    elif row.key.isdigit() and len(row.key) == 3 and row.label:
                        out.setdefault(row.key, bare(row.label))
        return out

    def code_of(self, mention: Mention) -> str:
        """The subject a mention is about; empty where the tables do not have it."""
        return subject_code(mention.names, self.functional) if mention.names else ""

    def same(self, one: str, other: str) -> bool:
        """Whether two labels are words for one thing."""
        return one == other or any(p.fullmatch(one) and p.fullmatch(other) for _, p in self.indicators)

    def code_of_names(self, names: Sequence[str]) -> str:
        """The code of a subject by its names; empty where the tables do not have it."""
        return subject_code(names, self.functional)

    def nearest(self, names: Sequence[str]) -> str:
        """The subject of the tables whose names come closest, as it is printed there."""
        level = {1: 3, 2: 5, 3: 7}.get(len(names), 0)
        listed = [n for c, n in self.functional.items() if len(c) == level]
        found = difflib.get_close_matches(names[-1], listed, 1, 0.6)
        return found[0] if found else ""

    def candidates(self, mention: Mention) -> list[Candidate]:
        """The cells a mention may mean, none where that cannot be told."""
        if mention.aspect in ("change", "prior", "other"):
            return []
        if mention.year and mention.year != self.document.identity.year:
            return []
        if mention.names:
            return self._of_subject(mention)
        if self.elsewhere is not None and self.elsewhere.search(mention.paragraph.topic) and not self._told(mention):
            return []
        return self._of_label(mention)

    def _told(self, mention: Mention) -> bool:
        """Labels that mean one thing wherever they stand."""
        return bool(re.fullmatch(r".*机关运行经费.*", mention.core)) and self.kind == "预算"

    def figures_named(self, name: str, paragraph: Paragraph) -> list[Figure]:
        """The cells that a phrase names in a paragraph (本年支出合计, “三公”经费支出)."""
        return [c.figure for c in self.named(name, paragraph)]

    def named(self, name: str, paragraph: Paragraph) -> list[Candidate]:
        """The cells that a phrase names in a paragraph, each with its name."""
        core, aspect, year, _ = read_label(name, self.document.identity.department)
        if not core or (year and year != self.document.identity.year):
            return []
        nothing = Quantity("amount", Decimal(0), Decimal(0), "", "万元", len(paragraph.text), len(paragraph.text))
        mention = Mention(nothing, paragraph, name, core, "own" if aspect != "budget" else "budget", year)
        return self._of_label(mention)

    # -------------------------------------------------------------- subjects

    def _of_subject(self, mention: Mention) -> list[Candidate]:
        code = self.code_of(mention)
        if not code or (mention.aspect == "budget" and self.kind != "预算"):
            return []
        column = "合计"
        if mention.core in ("基本支出", "项目支出"):
            column = mention.core
        elif mention.core and not re.fullmatch(r"(科目)?(支出)?(预算)?(决算)?", mention.core):
            return []
        out = []
        for table_id in self._tables_for(mention):
            figure = self.cell(table_id, code, column)
            if figure is not None and not figure.missing:
                out.append(Candidate(f"{table_id}:{code}:{column}", figure))
        return out

    def _tables_for(self, mention: Mention) -> list[str]:
        around = flat(mention.paragraph.topic + mention.paragraph.text[: mention.quantity.start])
        for table_id, word in FUNDS:
            if word in flat(mention.paragraph.heading) and "一般公共预算" not in around:
                return [table_id]
        return ["general", "expenditure", "by_function", "fund", "soe"]

    def cell(self, table_id: str, code: str, column: str) -> Figure | None:
        """A cell by code; where a subject stands once for each unit, the sum."""
        table = self.document.by_id.get(table_id)
        if table is None:
            return None
        rows = [r for r in table.rows if r.code == code and r.kind == "subject"]
        if not rows and len(code) == 3:
            rows = [r for r in table.rows if r.key == code]
        figures = [f for r in rows if (f := value(table, r, column)) is not None]
        return (figures[0] if len(figures) == 1 else total(figures)) if figures else None

    # -------------------------------------------------------------- labels

    def _of_label(self, mention: Mention) -> list[Candidate]:
        core = mention.core
        if not core:
            return []
        scope = self._fund(mention)
        if scope and dict(FUNDS)[scope] not in core:
            column = self.document.words.column(core) or (
                "合计" if re.fullmatch(r"(本年|财政拨款)?支出(合计)?", core) else ""
            )
            figure = find(self.document, f"{scope}:∑:{column}") if column else None
            return [Candidate(f"{scope}:∑:{column}", figure)] if figure is not None and not figure.missing else []
        found: dict[str, Figure] = {}
        named = False
        for entry, pattern in self.indicators:
            if not pattern.fullmatch(core) and not (mention.aspect == "budget" and pattern.fullmatch(f"{core}预算")):
                continue
            named = True
            if not self._right_aspect(entry.get("aspect", ""), mention):
                continue
            for name in entry["cells"]:
                figure = self._figure(name)
                if figure is not None and not figure.missing:
                    found.setdefault(name, figure)
        if not named:
            found = self._class(mention) or self._economic(mention)
        return [Candidate(n, f) for n, f in found.items()]

    def _fund(self, mention: Mention) -> str:
        """The fund whose own section or sentence a mention stands in."""
        sentence = flat(mention.paragraph.text[mention.sentence[0] : mention.quantity.start])
        for around in (sentence, flat(mention.paragraph.heading)):
            if "一般公共预算" in around:
                return ""
            for table_id, word in FUNDS:
                if word in around:
                    return table_id
        return ""

    def _right_aspect(self, wanted: str, mention: Mention) -> bool:
        if not wanted:
            return mention.aspect == "own" or (mention.aspect == "budget" and self.kind == "预算")
        if self.kind == "预算":
            return wanted == "预算"
        return wanted == ("预算" if mention.aspect == "budget" else "决算")

    def _figure(self, name: str) -> Figure | None:
        if "+" in name and name.count(":") > 2:
            parts = [find(self.document, n) for n in name.split("+")]
            known = [p for p in parts if p is not None]
            return total(known) if known and parts[0] is not None else None
        return find(self.document, name)

    def _class(self, mention: Mention) -> dict[str, Figure]:
        """A 类 that is named without saying that it is one."""
        code = next((c for c, n in self.functional.items() if len(c) == 3 and bare(n) == mention.core), "")
        if not code or (mention.aspect == "budget" and self.kind != "预算"):
            return {}
        found = {
            t: f for t in self._tables_for(mention) if (f := self.cell(t, code, "合计")) is not None and not f.missing
        }
        return {f"{t}:{code}:合计": f for t, f in found.items()}

    def _economic(self, mention: Mention) -> dict[str, Figure]:
        code = next((c for c, n in self.economic.items() if bare(n) == mention.core), "")
        if not code or (mention.aspect == "budget" and self.kind != "预算"):
            return {}
        if "一般公共预算" not in flat(mention.paragraph.topic + mention.paragraph.text[: mention.quantity.start]):
            whole, fiscal = find(self.document, "expenditure:∑:基本支出"), find(self.document, "general:∑:基本支出")
            if whole is None or fiscal is None or whole.number != fiscal.number:
                return {}  # of all money, which no table shows by economic subject
        out = {}
        for table_id in ("basic", "by_economic"):
            table = self.document.by_id.get(table_id)
            rows = [r for r in table.rows if r.code == code and r.kind == "subject"] if table else []
            figures = [f for r in rows if table is not None and (f := value(table, r, "")) is not None]
            if figures and not any(f.missing for f in figures):
                out[f"{table_id}:{code}"] = figures[0] if len(figures) == 1 else total(figures)
        return out
