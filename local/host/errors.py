"""The one error a person sees when the local host cannot start."""

from __future__ import annotations

MAX_LINE = 600


class HostError(Exception):
    """The app or its configuration cannot be run.  ``str()`` is one line: what, where, what to do.

    ``details`` holds what helps only a developer (a traceback); it is shown with ``--verbose``.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(one_line(message))
        self.details = details


def one_line(text: str) -> str:
    """``text`` with every run of white space as one blank, cut to ``MAX_LINE`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_LINE else flat[: MAX_LINE - 3] + "..."
