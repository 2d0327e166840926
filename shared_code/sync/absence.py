"""Absence: what is not there, though it is coupled.

Business Central has no tombstones, so a record that was deleted there is only found missing by a complete
scan (``full_scan``).  The records found missing are queued like changed ones: the batch asks for each of
them, and only what the service says is not there counts as deleted.

A brake keeps a lost right or a wrong company from looking like thousands of deletions.  Where a record that
is asked for by its id is missing, others of the same mapping must be there: a service that hides all of them
answers the same as one whose records are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from shared_code.core.brakes import Brake, Sight
from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side
from shared_code.store.coupling_ranges import CouplingRanges
from shared_code.sync.brakes import MAX_LISTED, BrakeHolds
from shared_code.sync.parts import ConnectionParts

WITNESSES = 10
"""Known records that are asked for before a missing one is believed to be deleted."""


def witnesses(at: ConnectionParts, mapping: Mapping, side: Side, missing_ids: Iterable[str]) -> list[str]:
    """Some other known records, by their ids on ``side``: coupled ones that nobody found deleted, then those
    that are listed and wait for a partner."""
    store = at.couplings(mapping.name)
    listed = list(CouplingRanges(at.tables, store.partition).listed(limit=MAX_LISTED))
    gone = {each.record_id for each in listed if each.code == "partner_deleted"}
    coupled = (each.id_on(side) for each in store.all_coupled(whole=False) if each.bc_id not in gone)
    waiting = (i for each in listed if each.side is side and (i := each.record_id) not in gone)
    return list(islice(_distinct(really_shown(chain(coupled, waiting)), set(missing_ids)), WITNESSES))


def really_shown(ids: Iterable[str]) -> Iterator[str]:
    """The ids of records that a service shows or hides.

    The local currency is none in Business Central: the client makes it, so it is always there and proves
    nothing.
    """
    return (each for each in ids if each != ZERO_ID)


def _distinct(ids: Iterable[str], known: set[str]) -> Iterator[str]:
    """Each id once that is not ``known``."""
    for each in ids:
        if each not in known:
            known.add(each)
            yield each


def refuse_empty(at: ConnectionParts, mapping: Mapping, side: Side) -> None:
    """Raise ``BrakeHolds`` where a table shows no record at all although some are known."""
    if looks_hidden(len(witnesses(at, mapping, side, ()))):
        raise hidden(mapping, side)


def looks_hidden(missing_at_once: int) -> bool:
    """Whether so many that are missing, and none that is shown, look like a fault."""
    return missing_at_once >= MANY_TO_HIDE


MANY_TO_HIDE = 3
"""Fewer may well be the last ones, and deleted."""


def hidden(mapping: Mapping, side: Side) -> BrakeHolds:
    """Why a mapping is stopped whose records are not shown any more."""
    return BrakeHolds(mapping, Brake(Sight.HIDDEN, side, 0, 0))
