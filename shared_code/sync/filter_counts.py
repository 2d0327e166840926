"""How many records a mapping's filters take in, asked of both systems before the mapping is put to use."""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.core.catalogue import for_connection
from shared_code.core.filter_language import text_of
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.systems.interface import Count, SettingWrong


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What one side's filter takes in: so many records of all there are.

    ``filter`` is the filter in the language of mapping files.  ``count`` is ``None`` where the service does
    not count by it; ``told`` are the conditions that only Tandem evaluates, with the reasons.
    """

    connection: str
    side: Side
    filter: str
    count: Count | None
    of: Count | None
    told: tuple[str, ...] = ()


def taken_in(at: ConnectionParts, mapping: Mapping) -> list[TakenIn]:
    """Both sides of one connection.  Raises ``SystemFault`` where a system does not answer."""
    filled = for_connection(mapping, at.connection)
    return [_of_side(at, filled, side) for side in Side]


def _of_side(at: ConnectionParts, mapping: Mapping, side: Side) -> TakenIn:
    tests, table = mapping.side(side).filter, table_of(mapping, side)
    text = text_of(tests)
    system = at.systems[side]
    of = system.count(table, ())
    if of is None or not tests:
        return TakenIn(at.name, side, text, of, of)
    try:
        count = system.count(table, tests)
    except SettingWrong as refused:
        # A field that the service holds and does not search by.
        return TakenIn(at.name, side, text, None, of, (str(refused),))
    return TakenIn(at.name, side, text, count, of, count.told if count else ())
