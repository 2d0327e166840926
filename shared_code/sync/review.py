"""The review before a full synchronisation: what is recommended for each mapping, and its wave."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from shared_code.core.dependencies import waves
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.full_sync import COUPLE, FULL, NOTHING
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.selecting import may_be_inside
from shared_code.systems.interface import AccessDenied, Cursor, SettingWrong

PAGES = 3
"""Pages of each side that are looked at: a few requests, also where a table is large."""
AT_ONCE = 8
"""Mappings that are looked at at the same time."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One mapping.  ``uncoupled`` are records inside the filter without a partner among those that were
    looked at; ``whole`` whether those were all.  ``message`` tells why it could not be looked at."""

    mapping: str
    wave: int
    depends_on: tuple[str, ...]
    recommendation: str = ""
    uncoupled: dict[Side, int] = field(default_factory=dict)
    whole: bool = True
    message: str = ""


def review(parts: Parts, at: ConnectionParts) -> list[Reviewed]:
    """Every mapping in the order in which they run.  Nothing is written or kept."""
    order = waves({each.name: each.depends_on for each in at.mappings.values()})
    places = [(name, number) for number, wave in enumerate(order, 1) for name in wave]
    calls = [partial(_review, at, at.mappings[name], wave) for name, wave in places]
    return parts.runtime.run_all(calls, AT_ONCE)


def _review(at: ConnectionParts, mapping: Mapping, wave: int) -> Reviewed:
    depends_on = tuple(each for each in mapping.depends_on if each in at.mappings)
    try:
        looked = {side: _look(at, mapping, side) for side in Side}
    except (AccessDenied, SettingWrong) as fault:
        return Reviewed(mapping.name, wave, depends_on, message=str(fault))
    uncoupled = {side: count for side, (count, _, _) in looked.items()}
    whole = all(is_whole for _, _, is_whole in looked.values())
    any_seen = any(seen for _, seen, _ in looked.values())
    recommendation = _recommendation(at, mapping, uncoupled, any_seen=any_seen)
    return Reviewed(mapping.name, wave, depends_on, recommendation, uncoupled, whole)


def _recommendation(
    at: ConnectionParts, mapping: Mapping, uncoupled: dict[Side, int], *, any_seen: bool
) -> str:
    released = at.schedules.get(mapping.name, mapping.interval_s).released
    identified = any(key.identifies for key in mapping.match)
    if all(uncoupled.values()) and not (released or identified):
        return COUPLE
    return FULL if any_seen else NOTHING


def _look(at: ConnectionParts, mapping: Mapping, side: Side) -> tuple[int, bool, bool]:
    """Uncoupled records among the first pages, whether there was any record inside, whether that was all."""
    table, cursor, count, any_seen = table_of(mapping, side), None, 0, False
    for _ in range(PAGES):
        page = at.systems[side].scan(table, cursor)
        inside = [each.id for each in page.seen if may_be_inside(at, mapping, side, each)]
        known = at.couplings(mapping.name).load(side, sorted(inside), ordered=True)
        count += sum(not is_coupled(known.get(each)) for each in inside)
        any_seen = any_seen or bool(inside)
        if page.next is None:
            return count, any_seen, True
        cursor = Cursor(page.next.text)
    return count, any_seen, False
