"""Comparing generated text with the published one: the same rules as the fidelity measure."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path

HALF_TO_FULL = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）"})
GOLDEN = Path(__file__).resolve().parent / "golden"


def normalise(line: str) -> str:
    """White space removed, half-width punctuation read as full-width except inside numbers."""
    text = re.sub(r"[\s\u3000\ufeff]+", "", line)
    kept = re.sub(r"(?<=\d)[,.](?=\d)", lambda m: "\x00" if m[0] == "," else ".", text)
    return kept.translate(HALF_TO_FULL).replace("\x00", ",")


def deviations(seed: str) -> list[dict[str, str | int]]:
    path = GOLDEN / f"deviations-{seed}.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("deviation", [])
    assert isinstance(entries, list)
    return entries


def differences(generated: list[str], seed: str) -> list[str]:
    """What differs from the published text beyond the listed deviations."""
    raw = (GOLDEN / f"{seed}.txt").read_text(encoding="utf-8").splitlines()
    golden = [(n, t) for n, line in enumerate(raw, 1) if (t := normalise(line))]
    made = [t for line in generated if (t := normalise(line))]
    listed = {int(d["line"]): d for d in deviations(seed)}
    out: list[str] = []
    matcher = difflib.SequenceMatcher(None, [t for _, t in golden], made, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        ours, theirs = made[j1:j2], golden[i1:i2]
        unlisted = [(n, t) for n, t in theirs if n not in listed]
        out += [f"第{n}行没有生成：{t}" for n, t in unlisted]
        excused = [listed[n] for n, _ in theirs if n in listed]
        if len(ours) > len(excused) and not unlisted:
            out += [f"多出：{t}" for t in ours]
        for entry in excused:
            if normalise(str(entry["published"])) not in normalise(raw[int(entry["line"]) - 1]):
                out.append(f"偏差第{entry['line']}行：公开原文里没有这些字")
            if entry.get("corrected") and not any(normalise(str(entry["corrected"])) in t for t in ours):
                out.append(f"偏差第{entry['line']}行：生成的文字里没有“{entry['corrected']}”")
    return out
