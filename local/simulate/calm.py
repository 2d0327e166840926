"""When calm has lasted long enough: once nothing changes any more that could still lead to a write."""

from __future__ import annotations

from collections.abc import Hashable

from local.simulate.observing import Observer
from local.simulate.storage import RestlessQueue
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Entity
from shared_code.sync.messages import QUEUES

_MAX_ROWS = 100_000
_BY_TABLE = {
    "Schedules": ("disabled_because",),
    "FullSynchronizations": ("phase",),
    "Identities": ("went_back", "suspected_since_s"),
}
"""Of these tables only what keeps work from being done."""

_OF_AN_ATTEMPT = frozenset(
    {"attempts", "next_attempt_at_s", "since_s", "message", "outcome", "details", "stamp"}
)
"""What one more attempt at a record changes although it comes to the same end."""


def state_of(tables: MemoryTables, queue: RestlessQueue, observer: Observer) -> Hashable:
    """All that the product's further decisions follow from.

    Where it is the same before and after a time in which every retry had its turn, waiting longer would
    change nothing.
    """
    couplings = frozenset(_coupling(each) for each in tables.scan("Couplings", limit=_MAX_ROWS))
    switches = frozenset(
        (each.partition, each.row, *(str(each.values.get(name)) for name in names))
        for table, names in _BY_TABLE.items()
        for each in tables.scan(table, limit=_MAX_ROWS)
    )
    renewed = frozenset(
        (each.partition, each.row)
        for each in tables.scan("Watermarks", limit=_MAX_ROWS)
        if not each.values["cursor"]
    )
    return couplings, switches, renewed, sum(map(queue.length, QUEUES)), len(observer.writes)


def _coupling(entity: Entity) -> Hashable:
    left_out: frozenset[str] = _OF_AN_ATTEMPT if entity.row.startswith("p|") else frozenset()
    values = tuple(sorted((k, str(v)) for k, v in entity.values.items() if k not in left_out))
    return entity.partition, entity.row, values
