"""The story of a failing seed: of all its events those that matter."""

from __future__ import annotations

import re

from local.simulate.running import Result

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ALWAYS = ("FAULT", "CRASH", "WORLD", "POISON", "UNEXPECTED", "process started", "late request")
MAX_CHARS = 600


def story(result: Result) -> list[tuple[float, str, str]]:
    """Faults, and what concerns the records that the violations name: edits, our writes, what was stored."""
    named = {found for text in result.violations for found in _ID.findall(text)}
    return [(at, who, text[:MAX_CHARS]) for at, who, text in result.lines if _matters(text, named)]


def _matters(text: str, named: set[str]) -> bool:
    if text.startswith(_ALWAYS):
        return True
    told = text.startswith(("PERSON", "WROTE", "  Couplings", "  Journal"))
    return told and any(each in text for each in named)
