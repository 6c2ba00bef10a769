"""The result of an audit in words: for the terminal and as a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.audit.faults import Fault
from generator.audit.run import Audit
from generator.model import Severity

WORDS = {Severity.ERROR: "不符", Severity.WARNING: "存疑", Severity.INFO: "提示"}


def report_lines(result: Audit) -> Iterator[str]:
    """The findings of one document, gravest first, each with its page."""
    yield f"━━ {result.name}"
    if result.document is None:
        for finding in result.unread:
            yield f"不能核对：{finding.message}{finding.hint}"
        return
    identity = result.document.identity
    who = identity.department or "（没有认出部门名称）"
    yield f"{who}　{identity.year or '（没有认出年度）'}年度{identity.level}{identity.kind}　{len(result.document.tables)}张表"
    for finding in result.unread:
        yield f"注意：{finding.message}"
    for found in result.faults:
        yield from _fault(found)
    if result.more:
        yield f"还有{result.more}条没有列出。"
    yield _summary(result)


def _fault(found: Fault) -> Iterator[str]:
    pages = sorted({s.page for s in found.spots if s.page})
    where = f"第{'、'.join(map(str, pages[:6]))}{'等' if len(pages) > 6 else ''}页" if pages else "正文"
    yield f"{WORDS[found.severity]}　{where}　{found.finding.id}　{found.finding.title}"
    yield f"　　{found.finding.message}"


def _summary(result: Audit) -> str:
    kinds = Counter(f.severity for f in result.faults)
    counts = result.counts
    told = "，".join(f"{WORDS[s]} {kinds[s]} 条" for s in Severity)
    return (
        f"{told}。核对了：通过 {counts.get('passed', 0)}，不符 {counts.get('failed', 0)}，"
        f"不适用 {counts.get('not_applicable', 0)}，无法判断 {counts.get('cannot_tell', 0)}。"
    )
