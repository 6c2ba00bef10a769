"""Silence of a person is never a statement of the department."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from generator.checks import check
from generator.model import Figure, Finding, Paragraph, Record, Severity, Submission, Text, Value
from generator.packs import compose
from generator.workbook import read_workbook, write_form
from tests.printed import SIX, document_of, six
from tools.proof.sentences import places, put, with_rows

STATEMENT = re.compile(r"[^。；，：]*(?:无|未|没有)[^。；，]*")


def found_in(seed: str, submission: Submission) -> tuple[list[str], list[Finding]]:
    """The negative statements of the text, and what is found."""
    compiled = six(seed).compiled
    assert compiled is not None
    context = compiled.context(submission)
    document = compose(submission, compiled, context=context)
    report = check(compiled, context, document, places=six(seed).places)
    texts = [b.text for b in document.blocks() if isinstance(b, Paragraph) and not b.id.startswith("glossary")]
    return [s for t in texts for s in STATEMENT.findall(t)], list(report.findings)


def silences(submission: Submission, seed: str) -> Iterator[tuple[str, Submission]]:
    """Every list emptied, every text of the reasons, fields and facts removed (forms' cells apart), every count that
    need not be filled in left blank."""
    compiled = six(seed).compiled
    assert compiled is not None
    for name, rows in submission.lists.items():
        if rows:
            yield name, with_rows(submission, name, ())
    for place, text in places(submission, compiled):
        if place.row < 3 and "indicators" not in place.group and not place.required:
            yield f"{place.group}.{place.row}.{place.name}", put(submission, place, text, "")
    for group, record in submission.groups.items():
        for name, value in record.items():
            spec = compiled.pack.fields.get(f"{group}.{name}")
            if isinstance(value, Figure) and not value.blank and spec and not spec.required:
                data: dict[str, Value] = {**record.data, name: replace(value, value=None)}
                yield f"{group}.{name}", replace(submission, groups={**submission.groups, group: Record(data)})


@pytest.mark.parametrize("seed", SIX)
def test_no_answer_is_no_statement(seed: str) -> None:
    """Whatever is left out: a text that then says 无 or 未 where it did not before may not be published."""
    submission = six(seed).submission
    assert submission is not None
    before, _ = found_in(seed, submission)
    tried = 0
    for what, changed in silences(submission, seed):
        said, findings = found_in(seed, changed)
        tried += 1
        if not any(f.severity is Severity.ERROR for f in findings):
            assert [s for s in said if s not in before] == [], what
    assert tried > 10


@pytest.mark.parametrize(
    ("seed", "empty", "answer", "said"),
    [
        ("000", ("projects", "wholes"), ("performance", "held", "未开展"), "我中心2024年度未开展预算绩效自评。"),
        ("002", ("projects",), ("performance", "held", "未开展"), "本单位2024年度未开展预算绩效评价。"),
        ("002", ("units",), ("info", "subordinate", "无"), "新疆维吾尔自治区口岸管理办公室无下属预算单位"),
        ("003", ("units",), ("info", "subordinate", "无"), "无二级单位"),
    ],
)
def test_none_has_its_own_cell(seed: str, empty: tuple[str, ...], answer: tuple[str, str, str], said: str) -> None:
    """Unanswered it is an error at its cell; answered it is said."""
    examined = six(seed)
    submission = examined.submission
    assert submission is not None
    for name in empty:
        submission = with_rows(submission, name, ())
    group, name, value = answer
    cells = examined.places[f"field:{group}.{name}"]
    results = []
    for text in ("", value):
        record = submission.groups[group]
        data = {**record.data, name: Text(text, (cells,))}
        answered = replace(submission, groups={**submission.groups, group: Record(data)})
        statements, findings = found_in(seed, answered)
        results.append(
            (said.rstrip("。") in "".join(statements), [f for f in findings if f.id in ("TX-382", "TX-388")])
        )
    assert [r[0] for r in results] == [False, True]
    assert [(f.id, f.severity, f.cells) for f in results[0][1]] == [("TX-382", Severity.ERROR, (cells,))]
    assert results[1][1] == []


def test_a_form_without_the_question_is_read_as_before_and_it_is_said() -> None:
    """A form from before the question was there prints what it printed; the officer is told what is assumed."""
    examined = six("003")
    compiled, submission = examined.compiled, examined.submission
    assert compiled is not None and submission is not None
    old = Record({**submission.groups["info"].data, "subordinate": Text("无")})  # as reading gives it: no cell
    said, findings = found_in("003", replace(submission, groups={**submission.groups, "info": old}))
    assert any("无二级单位" in s for s in said)
    told = [f for f in findings if f.id == "TX-388"]
    assert [f.severity for f in told] == [Severity.WARNING] and "有没有二级单位" in told[0].message
    assert document_of("003").prose()  # and the department of today answers it in its cell
    form = read_workbook(write_form(compiled.pack, 2024, "某局"), compiled.pack)
    assert form.places["field:info.subordinate"].sheet == "基本信息"


def test_a_blank_budget_is_not_taken_for_none_in_silence() -> None:
    examined = six("001")
    submission = examined.submission
    assert submission is not None
    rows = list(submission.lists["items"])
    at = next(k for k, r in enumerate(rows) if str(r["code"]) == "2010399")
    figure = rows[at]["budget"]
    assert isinstance(figure, Figure) and figure.value == 0
    rows[at] = replace(rows[at], data={**rows[at].data, "budget": replace(figure, value=None)})
    _, findings = found_in("001", with_rows(submission, "items", rows))
    told = [f for f in findings if f.id == "TX-388"]
    assert [(f.severity, f.cells) for f in told] == [(Severity.WARNING, figure.cells)]
