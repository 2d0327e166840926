"""Names that a person may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_CHARS = 100
"""Of a name that is compared; no service has longer ones, and comparing takes the square of it."""


def closest(name: str, known: Iterable[str], otherwise: str) -> str:
    """“Did you mean …?” with the known name that is closest, else ``otherwise``.  Case does not count."""
    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold()[:MAX_CHARS], by_fold, n=1, cutoff=0.6)
    return f"Did you mean “{by_fold[found[0]]}”?" if found else otherwise
