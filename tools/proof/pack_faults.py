"""``juesuan pack check`` on forty faults planted in one pack, and on every good pack, with all files written.

    python -m tools.proof.pack_faults

Prints how many of the forty were named in one run, what else was said, and what the good packs got.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from generator.checks import verify_pack
from generator.department import trial
from generator.packs import available
from tests.test_pack_check import FAULTS, plant


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        problems, _ = verify_pack("某市", plant(Path(folder), FAULTS), trial)
    missed = [words for _, _, words in FAULTS if not any(all(w in p for w in words) for p in problems)]
    named = [p for p in problems if any(all(w in p for w in words) for _, _, words in FAULTS)]
    print(
        f"{len(FAULTS)} faults planted: {len(FAULTS) - len(missed)} named in one run; {len(problems) - len(named)} more said"
    )
    for words in missed:
        print("  not named:", words)
    bad = 0
    for name in available():
        wrong, _ = verify_pack(name, trial=trial)
        bad += bool(wrong)
        print(f"{name}: {len(wrong)} said")
        for line in wrong:
            print("  ", line)
    return 1 if bad or len(missed) > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
