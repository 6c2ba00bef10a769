"""What cannot be done and is no fault of the program: one base for every refusal, at every door."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """What was asked for is not possible; the message is Chinese and says why and what to do.

    ``code`` is the exit code of the command line, ``status`` the HTTP status of the workbench, ``opening`` what the
    command line says before the message.  A class of its own is for refusals that some caller answers otherwise than
    by passing the message on; no other translation is needed on the way from the engine to a person.
    """

    code: ClassVar[int] = 2
    status: int = 409
    opening: ClassVar[str] = "不能完成"

    def __init__(self, message: str = "", *, status: int = 0) -> None:
        super().__init__(message)
        if status:
            self.status = status
