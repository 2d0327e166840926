"""Recalling: what Tandem wrote, where whoever wrote it died before the pair's base was stored.

Such a value stands on one side like a person's edit.  Where the service made another form of it (capitals,
say), the two sides would look like two edits, and the form could be written over what a person wrote.  The
journal tells of each write before it goes out, under the version that it is for, and after that what the
service made of it.  So where both sides moved since the coupling was stored, the journal is asked for writes
that no base knows of, and what is there as one of them left it is in step.

Only then is it asked: a pair of which one side moved pays nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from shared_code.core.journal import Entry
from shared_code.core.records import Side
from shared_code.core.unknown_writes import forms_in_doubt, with_ours
from shared_code.sync import rules
from shared_code.sync.processing.contested import is_contested
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.systems.interface import Column

AT_ONCE = 8
"""Questions to storage at a time."""

_WRITER = Column("modifiedby", "systemusers")


def recall(work: Work) -> None:
    """Take into the bases what contested records hold as Tandem wrote it."""
    asked = [(each, side) for each in work.open_items() if _is_asked(work, each) for side in Side]
    asked = [(each, side) for each, side in asked if _has_moved(each, side)]
    found = work.runtime.run_all([partial(_entries, work, *each) for each in asked], AT_ONCE)
    told = [(*each, entries) for each, entries in zip(asked, found, strict=True) if entries]
    ours = _written_by_us(work, told)
    for item, side, entries in told:
        assert item.base is not None
        is_ours = side is Side.SALES and item.id in ours
        item.base = with_ours(item.base, side, item.values_on(side), entries, last_writer_is_us=is_ours)


def _is_asked(work: Work, item: Item) -> bool:
    """Whether the pair is contested and this batch wrote nothing to it.  What documents hold is compared line
    by line."""
    pair = item.coupling
    if pair is None or item.base is None or item.dirty or work.mapping.lines:
        return False
    is_present = rules.is_made_under(work.at, work.mapping.name, pair.rules)
    return is_present and is_contested(item) and item.values_on(Side.BC) != item.values_on(Side.SALES)


def _has_moved(item: Item, side: Side) -> bool:
    """Whether the side holds something that the base does not know."""
    base = item.base.on(side) if item.base else {}
    return any(value != base.get(name) for name, value in item.values_on(side).items())


def _entries(work: Work, item: Item, side: Side) -> list[Entry]:
    """What was announced for the version on file or a later one, of fields that mean the same still."""
    pair, name, now_s = item.coupling, work.mapping.name, work.runtime.now()
    known = pair.version_on(side) if pair else None
    if pair is None or known is None:
        return []
    found = work.at.journal.since_version(name, pair.bc_id, side, known.stamp, now_s)
    return [each for each in found if each.era == work.era and each.rules == work.at.digests[name]]


def _written_by_us(work: Work, told: Sequence[tuple[Item, Side, list[Entry]]]) -> set[str]:
    """The records whose rows in Sales Tandem's user wrote last, where something depends on that.

    Nobody noted what Sales made of such a write, so it may as well be what a person made of it.  Business
    Central tells nobody who wrote a record last.
    """
    doubted = {
        str(item.id_on(side)): item
        for item, side, entries in told
        if side is Side.SALES and item.base and forms_in_doubt(item.base, side, item.values_on(side), entries)
    }
    if not doubted or work.mapping.is_option_set:
        return set()
    sales = work.system(Side.SALES)
    table = replace(work.table(Side.SALES), columns=(_WRITER,), scan_columns=(), lines=None)
    rows, user = sales.read(table, sorted(doubted)), sales.identity()["userId"]
    return {
        item.id
        for row_id, item in doubted.items()
        if (row := rows.get(row_id))
        and row.version == item.version_on(Side.SALES)
        and str(row.values.get(_WRITER.name)).lower() == user.lower()
    }
