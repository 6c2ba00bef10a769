"""``python -m tools.reference``: the page of all checks, made from the packs and the catalogue of findings.

A test fails where the page in the repo is not what this makes.
"""

from __future__ import annotations

from pathlib import Path

from generator.checks.formulas import RELATIONS
from generator.model import TOPICS, Severity
from generator.packs import available, load

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "检查项.md"


def page() -> str:
    """The page as text."""
    out = [
        "# 检查项",
        "",
        "本页由 `python -m tools.reference` 从模板包和程序生成，不要手改。每项的依据和怎样处理也可以用 `juesuan explain 编号` 查看。",
        "",
    ]
    shown: set[str] = set()
    for name in available():
        pack = load(name).pack
        own = [c for c in pack.checks.values() if pack.origins[f"check:{c.id}"].pack == name]
        if not own:
            continue
        out += [
            f"## 勾稽关系：{pack.meta.title}",
            "",
            "| 编号 | 级别 | 应有的关系 | 左边 | | 右边 | 依据 |",
            "|---|---|---|---|---|---|---|",
        ]
        for check in own:
            shown.add(check.id)
            left, right = (f"`{t}`".replace("|", "\\|") if t else "" for t in (check.left, check.right))
            level = Severity(check.severity).chinese
            out.append(
                f"| {check.id} | {level} | {check.title} | {left} | {RELATIONS[check.relation]} | {right} | {check.basis} |"
            )
        out.append("")
    for topic, entries in TOPICS.items():
        out += [f"## {topic}", "", "| 编号 | 级别 | 名称 | 说明 | 怎样处理 | 依据 |", "|---|---|---|---|---|---|"]
        out += [f"| {e.id} | {e.severity.chinese} | {e.title} | {e.means} | {e.todo} | {e.basis} |" for e in entries]
        out.append("")
    out += [
        "## 允许误差",
        "",
        "每个数的误差是最后一位的一半（万元两位小数为 0.005 万元；按元填写为 0），和差的误差相加；两边的差超过误差之和才算不符。",
        "结果分四种：通过、不符、不适用、无法判断；缺数据不算通过。",
        "",
    ]
    return "\n".join(out)


def main() -> int:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
