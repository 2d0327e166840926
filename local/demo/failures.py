"""What ends the demonstration early."""

from __future__ import annotations


class DemoFailed(Exception):
    """A step did not come out as told; the text says what was expected and what was found."""


def expect(holds: bool, sentence: str) -> None:
    """The demonstration checks what it tells.  Raises DemoFailed with ``sentence``."""
    if not holds:
        raise DemoFailed(sentence)
