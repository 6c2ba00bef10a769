"""A seeded sample of the long proofs (``make proof`` runs them whole)."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import DEPARTMENTS
from tools.proof import damage, edit_fuzz, faults, hostile, kill, kill_web, patterns, sentences


def test_every_pattern_is_found_and_a_slow_one_is_caught() -> None:
    found = {f.place for f in patterns.everywhere()}
    assert len(found) > 70 and {"generator.edits.words.DATED", "generator.reasons.verify.AMOUNT"} <= found
    slow = patterns.Found("x", r"(\w+\s?)*。", 0, ("search",))
    assert patterns.worst(slow, 10_000, give_up=0.2)[0] >= 0.2
    assert patterns.worst(patterns.Found("x", r"《[^》]*》", 0, ("search",)), 200_000, give_up=0.2)[0] >= 0.2


def test_random_edits_come_back_are_reported_or_listed() -> None:
    assert edit_fuzz.run(DEPARTMENTS["001"], range(8)) == []


def test_no_changed_sentence_is_wrongly_publishable() -> None:
    """Each sixtieth change of what one department typed, seen by a reader that knows no check."""
    tally = sentences.sentences(DEPARTMENTS["003"], 60)
    assert tally.wrong == [] and sum(tally.caught.values()) > 3 and sum(tally.tried.values()) > 6


def test_killed_commands_lose_nothing(tmp_path: Path) -> None:
    wrong, killed = kill.run(8, 2, DEPARTMENTS["001"] / "填报表.xlsx", tmp_path)
    assert wrong == [] and killed


def test_a_killed_workbench_has_every_save_that_it_answered(tmp_path: Path) -> None:
    wrong, saves, _ = kill_web.run(tmp_path / "x", 2, seed=3)
    assert wrong == [] and saves >= 2


def test_broken_files_end_in_words_whatever_command_meets_them(tmp_path: Path) -> None:
    assert damage.run(range(6), DEPARTMENTS["001"] / "填报表.xlsx", tmp_path) == []


def test_small_files_that_ask_for_gigabytes_end_in_words(tmp_path: Path) -> None:
    """One that ends by itself and two that the watch ends; peak memory of the whole process.

    The watch is a thread of the process: while a library holds the interpreter it looks late, by some hundred
    megabytes (0.9 GB of the 3.1 asked for, seen on an idle machine).  The proof holds to 600.
    """
    found = hostile.give(["docx-comments", "pdf-stream"], tmp_path)
    assert [(r.file, r.command, r.wrong) for r in found if r.wrong and not r.wrong.endswith("MB")] == []
    assert len(found) == 5 and max(r.megabytes for r in found) < 1200
    ended = [r for r in found if "内存超过了" in r.words]
    assert {(r.file, r.command) for r in ended} == {("pdf-stream.pdf", "new"), ("pdf-stream.pdf", "audit")}


def test_planted_faults_are_caught(tmp_path: Path) -> None:
    """The list is current; some quick ones (``make proof`` plants them all)."""
    assert faults.stale() == []
    place = faults.copy(tmp_path)
    for name in ("新格式照开", "内存不看"):
        assert faults.caught(next(f for f in faults.FAULTS if f.name == name), place), name
