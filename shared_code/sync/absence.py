"""Absence: what a complete scan did not see, though it is coupled.

Business Central has no tombstones, so a record that was deleted there is only found missing.  The
records found missing are queued like changed ones: the batch asks for each of them, and only what the
service says is not there counts as deleted.

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
from shared_code.store.jobs import RESTART, ids_of
from shared_code.sync.brakes import MAX_LISTED, BrakeHolds, refuse_missing
from shared_code.sync.messages import ScanStep
from shared_code.sync.parts import ConnectionParts


def missing(at: ConnectionParts, mapping: Mapping, step: ScanStep, last_page: Iterable[str]) -> list[str]:
    """Ids of coupled or listed records that a complete scan, with its last page, did not see; sorted.

    Raises ``BrakeHolds`` where they are too many, unless a person released the mapping.
    """
    seen = _seen_before(at, step) | set(last_page)
    absent = refuse_missing(at, mapping, step, seen)
    # Nothing is written for an uncoupled record that is gone; it only need not be listed any more.
    listed = at.couplings(mapping.name).all_problems(MAX_LISTED)
    return sorted(
        {*absent, *(p.record_id for p in listed if p.side is step.side and p.record_id not in seen)}
    )


def _seen_before(at: ConnectionParts, step: ScanStep) -> set[str]:
    """What the pages of this very scan saw before its last one.

    Another attempt of a step may have seen an earlier state: what was deleted since must not count as seen,
    because the watermark that follows from this scan no longer tells of it.
    """
    named: set[str] = set()
    for each in at.jobs.steps(step.job, step.side)[: step.number]:
        named = set() if each.next == RESTART else named | set(each.batches)
    return ids_of(each for each in at.jobs.batches(step.job) if each.id in named)


WITNESSES = 10
"""Known records that are asked for before a missing one is believed to be deleted."""


def witnesses(at: ConnectionParts, mapping: Mapping, side: Side, missing_ids: Iterable[str]) -> list[str]:
    """Some other known records, by their ids on ``side``: coupled ones that nobody found deleted, then those
    that are listed and wait for a partner."""
    store = at.couplings(mapping.name)
    listed = store.all_problems(MAX_LISTED)
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
