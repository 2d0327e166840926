"""Mending: couplings, the pointers to them and the pairs agree again where a part of storage was lost.

Both are written in one transaction, so they can only disagree when rows were taken away from outside: rows
deleted by hand, or a table put together from two backups.  The coupling is the truth; a pointer that leads to
none goes, and one that is missing comes back.  A pair without a coupling is coupled again, without a base.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_code.core.coupling import Coupling
from shared_code.store.codec import escape_key
from shared_code.store.couplings import TABLE, CouplingStore
from shared_code.store.pairs import PairStore
from shared_code.store.tables import AlreadyExists, Changed, Entity, Missing, Tables


def mend(tables: Tables, store: CouplingStore, pairs: PairStore) -> int:
    """Mend the couplings of one mapping; how many pointers and couplings."""
    partition = store.partition
    found = {each.row: each for each in tables.query_prefix(TABLE, partition, "b|")}
    pointers = {each.row for each in tables.query_prefix(TABLE, partition, "r|")}
    bc_ids = {e.row: e for e in tables.query_prefix(TABLE, partition, "s|") if "bc_id" in e.values}
    doubtful = {(str(e.values["bc_id"]), row[2:]) for row, e in bc_ids.items() if not _leads_back(found, e)}
    living = [each for each in found.values() if each.values["state"] == "coupled"]
    doubtful |= {_pair(each) for each in living if _row_of(each) not in bc_ids}
    pointing = [e for e in living if e.values.get("reference")] if store.pointed_to else []
    references = [each for each in pointing if _reference(each) not in pointers]
    done = mend_pairs(tables, partition, sorted(doubtful))
    done += sum(_insert(tables, partition, _reference(each), each.row[2:]) for each in references)
    lost = [pair for pair in pairs.living() if "b|" + pair[0] not in found]
    return done + sum(_couple_again(store, *pair) for pair in lost)


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
    is_coupled = bool(coupling and coupling.values["state"] == "coupled" and _pair(coupling)[1] == sales_id)
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


def _leads_back(found: dict[str, Entity], pointer: Entity) -> bool:
    coupling = found.get("b|" + str(pointer.values["bc_id"]))
    return coupling is not None and coupling.values["state"] == "coupled" and _row_of(coupling) == pointer.row


def _pair(coupling: Entity) -> tuple[str, str]:
    return coupling.row[2:], str(coupling.values["sales_id"])


def _row_of(coupling: Entity) -> str:
    return "s|" + str(coupling.values["sales_id"])


def _reference(coupling: Entity) -> str:
    return "r|" + escape_key(str(coupling.values["reference"]))
