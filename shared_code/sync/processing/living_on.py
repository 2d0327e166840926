"""Records that vanished and live on: an order that is invoiced goes, and its invoice names it."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.base import Base
from shared_code.core.merging import Known
from shared_code.core.records import Row, Side
from shared_code.core.table_rules import LivesOn
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Column, Table


def know(work: Work, side: Side, lacking: Mapping[str, Item], rows: Mapping[str, Row]) -> None:
    """Let the states of those of the missing records be known that live on; one request for all.

    Such a record holds what it held last, but for what the mapping says it holds then.  One that holds that
    already was found before and is not looked for again: what it lives on in may go, too.
    """
    rule = work.mapping.bc.lives_on
    if rule is None or side is not Side.BC:
        return
    gone = {i: each for i, each in lacking.items() if i not in rows}
    bases = {i: each.coupling.base for i, each in gone.items() if each.coupling}
    before = {i for i, base in bases.items() if base and _has_moved(rule, base)}
    for record_id in before:
        _know(gone[record_id], record_id, rule)
    numbers = {i: base.bc.get(rule.by) for i, base in bases.items() if base and i not in before}
    wanted = sorted({str(each) for each in numbers.values() if each})
    if not wanted:
        return
    table = Table(rule.table, "id", (Column(rule.names),))
    found = {row.values.get(rule.names) for row in work.system(side).find(table, rule.names, wanted)}
    for record_id, number in numbers.items():
        if number in found:
            _know(gone[record_id], record_id, rule)


def _has_moved(rule: LivesOn, base: Base) -> bool:
    """Whether it was found there before; a rule that changes nothing tells of none."""
    return bool(rule.then) and dict(rule.then).items() <= base.bc.items()


def _know(item: Item, record_id: str, rule: LivesOn) -> None:
    base = item.coupling.base if item.coupling else None
    version = item.coupling.bc_version if item.coupling else None
    if base and version:
        item.lives_on = True
        item.states[Side.BC] = Known(record_id, version, {**base.bc, **dict(rule.then)})
