"""The command line ``juesuan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.cli.command_line import main
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "main",
]
