"""One entry of the catalogue: what a finding is called, means, asks for and says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.model.figures import CellRef
from generator.model.findings import Finding, Severity

AGAIN = "请改正后重新检查。"


def in_turn(message: str) -> str:
    """Quotation marks inside quotation marks are the other kind (GB/T 15834): “‘三公’经费支出”."""
    if "“" not in message:
        return message
    out, depth = [], 0
    for char in message:
        if char == "“":
            depth += 1
            char = "“" if depth % 2 else "‘"
        elif char == "”":
            char = "”" if depth % 2 or not depth else "’"
            depth = max(depth - 1, 0)
        out.append(char)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is the same for all findings of one id.

    ``says`` is the message with the places for its words in braces; where one finding can be said in
    several ways, ``cases`` has the others by name, and ``severities`` the severity of a case that has its own.
    ``means`` is for ``juesuan explain`` and the page of all checks.  Words are put into the template once
    and never read as a template themselves.
    """

    id: str
    severity: Severity
    title: str
    says: str
    means: str
    todo: str = AGAIN
    basis: str = ""
    cases: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    explained: bool = False  # an error, too, may be explained: what is unlikely may be so

    def finding(self, cells: Iterable[CellRef] = (), case: str = "", /, **words: object) -> Finding:
        """A finding of this entry.  ``words`` fill the message; ``expected``, ``actual``, ``difference``
        and ``band`` among them are kept in the finding too, as texts."""
        template = self.cases[case] if case else self.says
        return Finding(
            id=self.id,
            severity=self.severities.get(case, self.severity),
            title=self.title,
            message=in_turn(template.format(**words)),
            cells=tuple(cells),
            hint=self.todo,
            expected=str(words.get("expected", "")),
            actual=str(words.get("actual", "")),
            difference=str(words.get("difference", "")),
            band=str(words.get("band", "")),
        )
