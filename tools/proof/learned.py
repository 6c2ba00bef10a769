"""``python -m tools.proof.learned [PAIRS]``: what is learned from one department's Word file, tried on another of its pack.

PAIRS random pairs of made-up departments of every pack.  Each is built, written as Word, read back, learned (the base
is found by its tables), and tried on the other's Word file.  Printed: sentences that the document itself gives again,
computed sentences of the other that come out word for word, how many of them from its tables alone; and, for each that
does not, whether its figure could not be told from tables printed in 万元 (a rate inside the rounding), was said to be
open (【…】, a form never seen) or unsure, or is wrong in silence.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from generator.department import examine
from generator.files import Publication, read_published
from generator.learning import Tried, lesson
from generator.writers import write_docx
from tools.made.departments import write

PACKS = ("liaoning", "chaoyang", "xinjiang", "shanghai", "dalian-budget")
RATE = re.compile(r"\d+(?:\.\d+)?(?=%)")
NEAR = 0.3  # points: what tables of small amounts in 万元 leave open


def published(folder: Path, pack: str, seed: int) -> Publication:
    document = examine(write(folder / f"{pack}{seed}", pack, seed)).document
    assert document is not None
    return read_published(write_docx(document), f"{seed}.docx")


def ending(tried: Tried) -> str:
    """How a computed sentence came out."""
    if tried.equal:
        return "facts" if tried.facts else "tables"
    if not tried.generated or "【" in tried.generated:
        return "open"
    if RATE.sub("", tried.generated) == RATE.sub("", tried.published):
        pairs = zip(RATE.findall(tried.generated), RATE.findall(tried.published), strict=True)
        if all(abs(float(a) - float(b)) <= NEAR for a, b in pairs):
            return "rounding"
    return "unsure" if tried.assumed else "wrong"


def main() -> int:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    whole: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for pack in PACKS:
            found: Counter[str] = Counter()
            start, itself, questions = time.time(), [0, 0], 0
            for k in range(pairs):
                one, other = (published(Path(name), pack, 2 * k + n + 100) for n in (0, 1))
                made = lesson([("a", one)], tried=[("b", other)])
                itself = [itself[0] + sum(t.equal for t in made.itself), itself[1] + len(made.itself)]
                questions += len(made.questions)
                for tried in made.tried[0][1]:
                    if tried.computed:
                        found[ending(tried)] += 1
                        if ending(tried) == "wrong":
                            print(
                                f"  {pack} 公开的：{tried.published[:200]}\n  {' ' * len(pack)} 生成的：{tried.generated[:200]}"
                            )
            count = sum(found.values())
            good = found["facts"] + found["tables"]
            print(
                f"{pack:14} itself {itself[0]}/{itself[1]}, {questions} questions; computed {count}: equal {good} ({good / count:.1%},"
                f" {found['tables']} from tables alone), rounding {found['rounding']}, open {found['open']},"
                f" unsure {found['unsure']}, wrong {found['wrong']}; {(time.time() - start) / pairs:.1f} s a pair"
            )
            whole += found
    good, count = whole["facts"] + whole["tables"], sum(whole.values())
    print(f"all: equal {good} of {count} ({good / count:.1%}), {dict(whole)}")
    return 0 if good >= 0.9 * count else 1


if __name__ == "__main__":
    sys.exit(main())
