"""In force: several dated lines of one place (a price list, product and unit) are one record.

Sales has one row for a place and no dates on it, so the record is the line in force on a day.  Business
Central's own price calculation takes the lowest price of all lines whose dates cover the day, and takes a
price of zero for none; so does this.  Source: microsoft/BCApps, Price Calculation - V16, CalcBestAmount.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from shared_code.core.filters import meets
from shared_code.core.mapping import IN_FORCE, InForce
from shared_code.core.moments import day_of
from shared_code.core.records import Row, Side, Value, Values, Version

SEPARATOR = ";"
"""Between the parts of a record's id."""

_STRANGE = re.compile(r"[^\w .-]")
"""Signs that no id holds: storage's keys forbid some, and part with others."""
_ESCAPE = re.compile(r"~([0-9a-f]{6})")
FOREVER = "9999-12-31"


def records(rule: InForce, lines: Iterable[Row], day: str) -> dict[str, Row]:
    """The records that these lines make on a day (``YYYY-MM-DD``), by id.

    All lines of a place must be among them.  A record without a line in force shows the one that began last,
    and says so.
    """
    places: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        places[place_id(rule, line.values)].append(line)
    return {place: _record(rule, place, found, day) for place, found in places.items()}


def place_id(rule: InForce, line: Values) -> str:
    """The id of the record a line belongs to: the parts of its place, readable, each told from the next."""
    return SEPARATOR.join(_escaped(_text(line.get(name))) for name in (*rule.within, *rule.place))


def within_of(rule: InForce, record_id: str) -> tuple[str, ...] | None:
    """What the lines of a record are read by; ``None`` for an id that no record of this rule has."""
    parts = record_id.split(SEPARATOR)
    if len(parts) != len(rule.within) + len(rule.place):
        return None
    return tuple(
        _ESCAPE.sub(lambda match: chr(int(match[1], 16)), each) for each in parts[: len(rule.within)]
    )


def read_together(rule: InForce, line: Values) -> tuple[str, ...]:
    """What a line's place shares with others that are read together with it."""
    return tuple(_text(line.get(name)) for name in rule.within)


def in_force(rule: InForce, lines: Sequence[Row], day: str) -> Row | None:
    """The line that counts on a day: the lowest amount, of equal ones the one that began last."""
    return max(
        (each for each in lines if _is_in_force(rule, each.values, day)), key=_rank(rule), default=None
    )


def _record(rule: InForce, place: str, lines: Sequence[Row], day: str) -> Row:
    """A record's version tells the line in force, so that a day that begins makes a new version, and its
    stamp the latest change of any line."""
    line = in_force(rule, lines, day)
    shown = line or max(lines, key=lambda each: (_day(each.values, rule.begins) or "", each.id))
    etag = f"{line.id} {line.version.etag}" if line else "none"
    stamp = max(each.version.stamp for each in lines)
    return Row(place, Version(etag, stamp), {**shown.values, IN_FORCE: line is not None})


def _is_in_force(rule: InForce, line: Values, day: str) -> bool:
    begins, ends = _day(line, rule.begins), _day(line, rule.ends)
    covers = (begins or "") <= day <= (ends or FOREVER)
    return (
        covers
        and _number(line.get(rule.amount)) != 0
        and all(meets(c, line, Side.BC) for c in rule.conditions)
    )


def _rank(rule: InForce) -> Callable[[Row], tuple[Decimal, str, str]]:
    def rank(line: Row) -> tuple[Decimal, str, str]:
        return (-_number(line.values.get(rule.amount)), _day(line.values, rule.begins) or "", line.id)

    return rank


def _day(line: Values, name: str) -> str | None:
    return day_of(str(line.get(name) or ""))


def _number(value: Value) -> Decimal:
    return Decimal(str(value or 0))


def _escaped(text: str) -> str:
    return _STRANGE.sub(lambda match: f"~{ord(match.group()):06x}", text)


def _text(value: Value) -> str:
    """One form for equal values: ``1``, ``1.0`` and ``1.00`` are one number."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(Decimal(value).normalize(), "f")
    return "" if value is None else str(value).strip()
