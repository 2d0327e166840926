"""A contest is decided only over what both sides held at one moment.

Both sides are read one after the other.  Where both have moved since the coupling, another worker may have
carried a newer edit across between the two readings: what was read first would then be written over it, and
the condition of that write, which is on the side read last, would not tell.  So the side that was read first
is read once more.  Where it moved, somebody is at work on the record, and it is decided a little later.

Where only one side moved nothing of the kind can happen: the other one is still as the coupling has it, and
the coupling was read before both.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.reconcile import Known
from shared_code.core.records import Row, Side
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def read_again(work: Work, read: Mapping[Side, frozenset[str]], first: Side) -> None:
    """Read the earlier side of contested items once more; ``read`` are the items just read on each side, of
    which ``first`` was the first."""
    for side in (first, first.other):
        earlier = {
            str(each.id_on(side)): each
            for each in work.open_items()
            if is_contested(each) and _read_first(each, read, first) is side
        }
        if earlier:
            found = work.system(side).read(work.table(side), sorted(earlier))
            for record_id, item in earlier.items():
                if not _is_still(item, side, found.get(record_id)):
                    item.hand_on(work.soon_s)


def is_contested(item: Item) -> bool:
    """Whether both sides moved since the coupling was stored.  A pair that has just been found has no
    versions on file, and nothing was carried across yet."""
    coupling = item.coupling
    if coupling is None:
        return False
    pairs = [(item.states.get(side), coupling.version_on(side)) for side in Side]
    return all(isinstance(state, Known) and known and state.version != known for state, known in pairs)


def _read_first(item: Item, read: Mapping[Side, frozenset[str]], first: Side) -> Side | None:
    """The side that was read before the other one; ``None`` where neither was read just now."""
    sides = [side for side in Side if item.id in read[side]]
    if len(sides) == 1:
        return sides[0].other
    return first if sides else None


def _is_still(item: Item, side: Side, row: Row | None) -> bool:
    known = item.known(side)
    return row is not None and known is not None and row.version == known.version
