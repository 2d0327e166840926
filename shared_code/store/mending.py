"""Mending: couplings, the pointers to them and the pairs agree again where a part of storage was lost.

Both are written in one transaction, so they can only disagree when rows were taken away from outside: rows
deleted by hand, or a table put together from two backups.  The coupling is the truth; a pointer that leads to
none goes, and one that is missing comes back.  A pair without a coupling is coupled again, without a base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.couplings import TABLE, CouplingStore
from shared_code.store.differing import Differing
from shared_code.store.pairs import PairStore
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Tables

LOST_AT_ONCE = 500
"""Pairs without a coupling that are coupled again together."""


def mend(tables: Tables, store: CouplingStore, pairs: PairStore) -> int:
    """Mend the couplings of one mapping; how many pointers and couplings.

    All rows are read along, and only those are held that stand among many where something differs.
    """
    rows = _Rows(tables, store.partition)
    doubtful = Differing(rows.coupled, rows.pointed).items()
    done = mend_pairs(tables, store.partition, sorted(doubtful))
    if store.pointed_to:
        missing = Differing(rows.referring, rows.references).only_first()
        wanted = ((row, bc_id) for row, bc_id in rows.referring_with_ids() if row in missing)
        done += sum(_insert(tables, store.partition, *each) for each in wanted)
    return done + _couple_lost(rows, store, pairs)


def _couple_lost(rows: _Rows, store: CouplingStore, pairs: PairStore) -> int:
    """Couple again what is on file as a pair and has no coupling, not even one that ended."""
    done = 0
    for chunk in batched(_without(pairs.noted(), rows.known()), LOST_AT_ONCE, strict=False):
        lost = pairs.partners(Side.BC, chunk).living
        done += sum(_couple_again(store, *each) for each in sorted(lost.items()))
    return done


def _without(noted: Iterable[str], known: Iterator[str]) -> Iterator[str]:
    """The ids that are not known; both come in order."""
    at = next(known, None)
    for each in noted:
        while at is not None and at < each:
            at = next(known, None)
        if at != each:
            yield each


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a partition, each kind read anew every time it is gone through."""

    tables: Tables
    partition: str

    def coupled(self) -> Iterator[tuple[str, str]]:
        """The living couplings as (BC id, Sales id)."""
        for each in self._of("b|", "state", "sales_id"):
            if each.values["state"] == "coupled":
                yield each.row[2:], str(each.values["sales_id"])

    def pointed(self) -> Iterator[tuple[str, str]]:
        """What the pointers say, in the same form."""
        for each in self._of("s|", "bc_id"):
            if "bc_id" in each.values:
                yield str(each.values["bc_id"]), each.row[2:]

    def referring_with_ids(self) -> Iterator[tuple[str, str]]:
        """The rows of the pointers by reference that there must be, with the ids that they lead to."""
        for each in self._of("b|", "state", "reference"):
            if each.values["state"] == "coupled" and each.values.get("reference"):
                yield "r|" + escape_key(str(each.values["reference"])), each.row[2:]

    def referring(self) -> Iterator[str]:
        return (row for row, _ in self.referring_with_ids())

    def references(self) -> Iterator[str]:
        """The rows of the pointers by reference that there are."""
        return (each.row for each in self._of("r|", "bc_id"))

    def known(self) -> Iterator[str]:
        """The BC ids that have a coupling, be it one that ended, in order."""
        return (each.row[2:] for each in self._of("b|", "state"))

    def _of(self, prefix: str, *columns: str) -> Iterator[Entity]:
        return self.tables.query_prefix(TABLE, self.partition, prefix, select=columns)


def _couple_again(store: CouplingStore, bc_id: str, sales_id: str) -> int:
    try:
        store.transact(store.insert_operations(Coupling(bc_id, sales_id)))
    except AlreadyExists:
        return 0  # One of them has another partner by now, or is being created.
    return 1


def mend_pairs(tables: Tables, partition: str, pairs: Iterable[tuple[str, str]]) -> int:
    """Mend the pointers of these (BC id, Sales id), each as it is now; how many."""
    return sum(_mend_pair(tables, partition, *each) for each in pairs)


def _mend_pair(tables: Tables, partition: str, bc_id: str, sales_id: str) -> int:
    coupling = tables.get(TABLE, partition, "b|" + bc_id)
    pointer = tables.get(TABLE, partition, "s|" + sales_id)
    is_coupled = bool(
        coupling and coupling.values["state"] == "coupled" and coupling.values["sales_id"] == sales_id
    )
    if is_coupled and pointer is None:
        return _insert(tables, partition, "s|" + sales_id, bc_id)
    if pointer is None or is_coupled or pointer.values.get("bc_id") != bc_id:
        return 0
    try:
        tables.delete(TABLE, partition, pointer.row, pointer.etag)
    except (Changed, Missing):
        return 0
    return 1


def _insert(tables: Tables, partition: str, row: str, bc_id: str) -> int:
    try:
        tables.insert(TABLE, Entity(partition, row, {"bc_id": bc_id}))
    except AlreadyExists:
        return 0
    return 1
