"""Reasons that an officer gave for warnings, kept beside the workbook.

A reason stands with name, time and the hash of the values it was given for.  While the values stay,
the warning is shown as explained; when they change, it opens again and says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from generator.files import REASONS as FILE
from generator.files import put
from generator.model import ENTRIES, Finding, Refusal, Severity


class Explanation(BaseModel):
    """One reason for one warning."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    cell: str
    values: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Findings with the reasons applied."""

    findings: tuple[Finding, ...]
    used: int


def fingerprint(finding: Finding) -> str:
    """Hash of what a warning says: rule, cells and values.  Quotes within quotes were written otherwise once."""
    message = finding.message.replace("‘", "“").replace("’", "”")
    parts = [
        finding.id,
        *(f"{c.sheet}!{c.cell}" for c in finding.cells),
        finding.expected,
        finding.actual,
        finding.difference,
        message,
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def place_of(finding: Finding) -> str:
    return str(finding.cells[0]) if finding.cells else ""


def read(folder: Path) -> list[Explanation]:
    """All reasons of a department; a damaged file is said, never dropped."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        return [Explanation.model_validate(e) for e in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, ValidationError, TypeError) as error:
        raise Refusal(f"{path} 的内容读不出来，请恢复这个文件或把它移走：{error}") from error


def write(folder: Path, entries: Sequence[Explanation]) -> None:
    """Keep the reasons: written beside, then moved into place."""
    path = folder / FILE
    content = json.dumps([e.model_dump() for e in entries], ensure_ascii=False, indent=1) + "\n"
    put(path, content.encode("utf-8"))


def explain(folder: Path, findings: Sequence[Finding], rule: str, cell: str, reason: str, by: str, at: str) -> Finding:
    """Keep a reason for a warning that is there now."""
    matching = [f for f in findings if f.id == rule and (not cell or cell in [str(c) for c in f.cells])]
    if not matching:
        where = f"（{cell}）" if cell else ""
        raise Refusal(f"现在没有编号为 {rule}{where} 的警告。")
    if len(matching) > 1:
        places = "、".join(place_of(f) for f in matching)
        raise Refusal(f"有{len(matching)}条 {rule}，请用 --cell 指明其中一条：{places}。")
    finding = matching[0]
    if not explainable(finding):
        raise Refusal(f"{rule} 是{finding.severity.chinese}，只有警告可以说明理由。")
    if len(reason.strip()) < 4:
        raise Refusal("理由太短，请写明实际情况。")
    kept = [e for e in read(folder) if not (e.id == rule and e.cell == place_of(finding))]
    entry = Explanation(
        id=rule, cell=place_of(finding), values=fingerprint(finding), reason=reason.strip(), by=by, at=at
    )
    write(folder, [*kept, entry])
    return finding


def explainable(finding: Finding) -> bool:
    """Warnings, and errors of rules that find what is unlikely, not what cannot be."""
    entry = ENTRIES.get(finding.id)
    return finding.severity is Severity.WARNING or (
        finding.severity is Severity.ERROR and entry is not None and entry.explained
    )


def apply(findings: Sequence[Finding], entries: Sequence[Explanation]) -> Explained:
    """Warnings with a reason that still fits become hints; where the values changed, it is said."""
    known = {(e.id, e.cell): e for e in entries}
    out: list[Finding] = []
    used = 0
    for finding in findings:
        entry = known.get((finding.id, place_of(finding)))
        if entry is None or not explainable(finding):
            out.append(finding)
        elif entry.values == fingerprint(finding):
            used += 1
            said = f"{finding.message}（已说明：{entry.reason}——{entry.by}，{entry.at}）"
            out.append(replace(finding, severity=Severity.INFO, message=said, hint=""))
        else:
            said = f"{finding.message}（{entry.by}在{entry.at}作过说明，此后数字有变，请重新说明）"
            out.append(replace(finding, message=said))
    return Explained(tuple(out), used)
