"""Tasks that misbehave, for workers: loaded in the child by their name."""

from __future__ import annotations

import os
import time
from pathlib import Path

from generator.model import Refusal
from generator.workers import Say


def act(say: Say, word: str, place: str = "") -> str:
    """What the word says: sleep, starve, spin, eat memory slowly or at once, die, die once, refuse, fail, or tell the process."""
    match word.partition(":")[0]:
        case "sleep":
            Path(place, "asleep").touch()
            time.sleep(60)
        case "starve":  # wants the processor all the time and hardly gets it
            end = time.process_time() + 1
            while time.process_time() < end:
                pass
        case "spin":
            while True:
                pass
        case "eat":
            kept = []
            while True:
                kept.append(bytearray(20_000_000))
                time.sleep(0.01)
        case "gulp":
            return str(len(bytearray(4 * 2**30)))
        case "die":
            os._exit(9)
        case "once":
            mark = Path(place) / "mark"
            if not mark.exists():
                mark.touch()
                os._exit(9)
        case "refuse":
            raise Refusal("现在不行。", status=404)
        case "fail":
            raise ZeroDivisionError("planted")
        case "say":
            for k in range(3):
                say(f"第{k}步")
    return str(os.getpid())


def act_on(say: Say, task: tuple[str, str]) -> str:
    return act(say, *task)
