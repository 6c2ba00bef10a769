"""``python -m tools.made.drafts_page``: drafts beside what the real departments wrote, with a judgement of each.

The figures are those of the published texts (for last year only the totals exist), the facts those
of ``draft_facts.toml``; the judgements are a person's, in ``draft_judgements.toml``.  A test fails
where the page in the repo is not what this makes, or a draft has no judgement.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.department import examine
from generator.files import WORKBOOK
from generator.packs import load
from generator.reasons import Draft, drafts_for
from generator.workbook import write_form
from tools.made.fill_inputs import departments, form_data

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "草稿对照.md"
FACTS = Path(__file__).with_name("draft_facts.toml")
JUDGEMENTS = Path(__file__).with_name("draft_judgements.toml")
SEEDS = {"000": "事业单位", "001": "两个单位的部门", "004": "两个单位的部门"}
WORDS = {"usable": "可用", "change": "改一处可用", "useless": "无用", "none": "没有草稿"}


def made(seed: str, facts: dict[str, Any] | None) -> list[Draft]:
    """The drafts of a department, with or without its facts."""
    pack_name, source = departments()[seed]
    compiled = load(pack_name)
    filled = source(compiled.pack)
    data = form_data(filled)
    if facts:
        lists = {k: v for k, v in facts.items() if k != "fields"}
        data = replace(data, fields={**data.fields, **facts.get("fields", {})}, lists={**data.lists, **lists})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / WORKBOOK
        path.write_bytes(write_form(compiled.pack, filled.year, filled.name, data=data))
        found = drafts_for(examine(path))
    return [d for d in found if d.written and not d.slot.startswith("reason:project_")]


def judged(seed: str, draft: Draft, kind: str, judgements: dict[str, Any]) -> str:
    """What a person says of a draft; a draft that nobody judged is said."""
    if not draft.text:
        return "none"
    return str(judgements.get(seed, {}).get(kind, {}).get(draft.slot, {}).get("verdict", ""))


def note(seed: str, draft: Draft, kind: str, judgements: dict[str, Any]) -> str:
    return str(judgements.get(seed, {}).get(kind, {}).get(draft.slot, {}).get("note", ""))


def unjudged(judgements: dict[str, Any], found: dict[str, dict[str, list[Draft]]]) -> list[str]:
    """Drafts without a judgement, and judgements of drafts that say something else by now."""
    out = []
    for seed, kinds in found.items():
        for kind, drafts in kinds.items():
            for draft in drafts:
                entry = judgements.get(seed, {}).get(kind, {}).get(draft.slot, {})
                if draft.text and (entry.get("verdict") not in WORDS or entry.get("text") != draft.text):
                    out.append(f"{seed}.{kind}.{draft.slot}: {draft.text}")
    return out


def collect() -> dict[str, dict[str, list[Draft]]]:
    """All drafts by department and kind (``figures`` only, or with ``facts``)."""
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    return {s: {"figures": made(s, None), "facts": made(s, facts[s])} for s in SEEDS}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def page(found: dict[str, dict[str, list[Draft]]], judgements: dict[str, Any]) -> str:
    """The page as text."""
    out = [
        "# 草稿对照",
        "",
        "本页由 `python -m tools.made.drafts_page` 生成，不要手改。三个真实部门公开文本里每一处要说明的原因，程序起草的和部门自己写的并排，",
        "逐条由人判断：**可用**（照用不误导）、**改一处可用**（补一个事实或改一处说法）、**无用**。",
        "",
        "- “仅由数字”：只用公开文本里有的数。上年只公开了几个总数，没有上年的九张表，所以多数比上年的事项分不出部分，程序宁可不写。",
        "- “加事实”：另把部门在自己的原因里写到的事实（转退休几人、哪个项目完成、追加了什么经费）当作“变动事实”填入",
        "  （`tools/draft_facts.toml`）。事实来自同一份文本，所以这一栏只说明“填了事实会怎样说”，不说明程序能猜到原因。",
        "- 有上年九张表时怎样起草，见 `tests/reasons/test_planted.py`：埋入的原因（项目结束、十人退休、标准提高）排在最前。",
        "",
        "## 计数",
        "",
        "| 部门 | 内容 | 栏 | 事项 | 可用 | 改一处可用 | 无用 | 没有草稿 |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    whole: dict[tuple[str, str], Counter[str]] = {}
    for seed, kinds in found.items():
        for use in ("原因", "主要用途"):
            for kind, drafts in kinds.items():
                mine = [d for d in drafts if d.slot.startswith("use:") is (use == "主要用途")]
                if use == "主要用途" and kind == "facts":
                    continue  # facts change no use
                counts = Counter(judged(seed, d, kind, judgements) for d in mine)
                whole.setdefault((use, kind), Counter()).update(counts)
                out.append(_count_row(seed, use, kind, counts))
    out += [_count_row("合计", use, kind, counts) for (use, kind), counts in whole.items()]
    for seed, kinds in found.items():
        out += ["", f"## {seed}（{SEEDS[seed]}）", ""]
        for plain, told in zip(kinds["figures"], kinds["facts"], strict=True):
            out += _entry(seed, plain, told, judgements)
    return "\n".join(out) + "\n"


def _count_row(name: str, use: str, kind: str, counts: Counter[str]) -> str:
    column = {"figures": "仅由数字", "facts": "加事实"}[kind]
    numbers = " | ".join(str(counts[w]) for w in WORDS)
    return f"| {name} | {use} | {column} | {sum(counts.values())} | {numbers} |"


def _entry(seed: str, plain: Draft, told: Draft, judgements: dict[str, Any]) -> list[str]:
    out = [f"**{plain.title}**", "", f"- 部门写的：{_cell(plain.written)}"]
    same = plain.text == told.text
    for kind, draft, label in (("figures", plain, "仅由数字" if not same else "草稿"), ("facts", told, "加事实")):
        if kind == "facts" and same:
            continue
        verdict = WORDS.get(judged(seed, draft, kind, judgements), "未判断")
        said = note(seed, draft, kind, judgements)
        text = _cell(draft.text) if draft.text else "（没有：分不出部分，也没有有关的事实）"
        out.append(
            f"- {label}：{text}　〔{verdict}{'：' + said if said else ''}〕" if draft.text else f"- {label}：{text}"
        )
    return [*out, ""]


def main() -> int:
    judgements = tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8"))
    found = collect()
    for line in unjudged(judgements, found):
        print("未判断：", line, file=sys.stderr)
    PAGE.write_text(page(found, judgements), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
