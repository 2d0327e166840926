"""What is particular to quotes: how one is told from its revisions, and until when it counts.  Pure.

A quote that is revised keeps its number and becomes another row with a higher revision.  Business Central has
no state for a quote that is won or closed; one that is past its last day is expired there, and a clean-up of
its own removes such quotes.  So a quote that is won or closed counts until the day before that.
Source: Microsoft docs developer/entities/quote, ReviseQuote; microsoft/BCApps, report 5172.
"""

from __future__ import annotations

from datetime import date, timedelta

from shared_code.core.moments import day_of
from shared_code.core.records import Values

NUMBER, REVISION, STATE, LAST_DAY, CLOSED_ON, MODIFIED = (
    "quotenumber", "revisionnumber", "statecode", "effectiveto", "closedon", "modifiedon",
)  # fmt: skip
COLUMNS = (NUMBER, REVISION, STATE, LAST_DAY, CLOSED_ON, MODIFIED)
"""What of a quote is read beside its amounts."""
WON, CLOSED = 2, 3


def reference_of(quote: Values) -> str:
    """What Business Central knows the quote by: its number, and which revision it is where it is one."""
    number, revision = str(quote.get(NUMBER) or ""), quote.get(REVISION)
    return f"{number} rev. {revision}" if revision else number


def valid_until(quote: Values) -> str | None:
    """The last day on which the quote counts, ``None`` where nobody said; past where it is won or closed."""
    last = _day(quote, LAST_DAY)
    if quote.get(STATE) not in (WON, CLOSED):
        return last
    ended = _day(quote, CLOSED_ON) or _day(quote, MODIFIED)
    over = _day_before(ended) if ended else None
    return min(filter(None, (last, over)), default=None)


def _day(quote: Values, name: str) -> str | None:
    value = quote.get(name)
    return day_of(value) if isinstance(value, str) else None


def _day_before(day: str) -> str | None:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return None
