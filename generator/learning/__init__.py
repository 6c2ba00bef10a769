"""Learning from published documents: templates of their sentences, with the cells behind their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.learning.as_pack import write_pack
    from generator.learning.report import Lesson, Question, lesson, lesson_lines
    from generator.learning.scene import Scene
    from generator.learning.templates import Learned, learn
    from generator.learning.trial import Tried, try_on
else:
    __getattr__ = lazy(__name__)

__all__ = ["Learned", "Lesson", "Question", "Scene", "Tried", "learn", "lesson", "lesson_lines", "try_on", "write_pack"]
