"""A tally: how many records were seen within a sliding hour, each once however often it was seen.  Pure.

A mass change comes in pages, which may be small: only together they are many.  What is kept of a record is a
short digest of its id and the minute it was seen last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared_code.core.identity import digest

WINDOW_MIN = 60
MAX_KEPT = 4_000
"""Records that are known one by one; further ones are counted whenever they are seen."""
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Tally:
    """``seen``: the minute at which each record was seen last; ``further``: how many more, by minute."""

    seen: Mapping[str, int] = field(default_factory=dict)
    further: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records were seen within the hour."""
        return len(self.seen) + sum(self.further.values())

    def with_seen(self, ids: Iterable[str], now_s: float) -> Tally:
        """The same with these records, and without what is older than an hour."""
        minute = int(now_s // 60)
        seen = {each: at for each, at in self.seen.items() if at > minute - WINDOW_MIN}
        further = {at: n for at, n in self.further.items() if at > minute - WINDOW_MIN}
        for each in dict.fromkeys(digest((one,))[:_DIGITS] for one in ids):
            if each in seen or len(seen) < MAX_KEPT:
                seen[each] = minute
            else:
                further[minute] = further.get(minute, 0) + 1
        return Tally(seen, further)

    def text(self) -> str:
        """As it is kept."""
        return json.dumps([self.seen, self.further], separators=(",", ":"))


def tally_of(text: str) -> Tally:
    """The tally of a kept text; an empty one for a text that nobody can read."""
    try:
        seen, further = json.loads(text)
        return Tally(
            {str(each): int(at) for each, at in seen.items()},
            {int(at): int(number) for at, number in further.items()},
        )
    except (ValueError, TypeError, AttributeError):
        return Tally()
