"""Accepting: a person says that the systems are meant as they are now, whatever was known of them.

Couplings stay, for ids stay; bases, versions, watermarks and witnesses are of another state and go.  The full
synchronisation that follows finds equal pairs in step and lists different ones as conflicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.store.identities import Identity
from shared_code.store.tables import Changed, Replace, in_chunks
from shared_code.sync.parts import ConnectionParts, Parts


def accept(parts: Parts, at: ConnectionParts) -> None:
    """Forget what belongs to another state of the systems.  Can be repeated where it was cut short."""
    now = parts.runtime.now()
    for mapping in at.mappings.values():
        _forget_bases(at.couplings(mapping.name))
        for side in Side:
            if at.watermarks.get(mapping.name, side).etag:
                at.watermarks.renew(mapping.name, side, now)
        at.schedules.change(mapping.name, mapping.interval_s, released=False)
    at.identities.change(lambda stored: Identity(accepted=stored.accepted + 1))
    parts.confirmed.pop(at.name, None)


def _forget_bases(store: CouplingStore) -> None:
    for chunk in in_chunks([each for each in store.all_coupled() if _has_state(each)]):
        _forget(store, chunk)


def _has_state(each: Coupling) -> bool:
    return each.base is not None or each.bc_version is not None or each.sales_version is not None


def _forget(store: CouplingStore, couplings: Sequence[Coupling]) -> None:
    bare = [replace(c, base=None, bc_version=None, sales_version=None, in_step=False) for c in couplings]
    operations = [o for c, b in zip(couplings, bare, strict=True) for o in store.update_operations(b, c)]
    try:
        store.transact([each for each in operations if isinstance(each, Replace)])
    except Changed:
        # A process that still worked on one of them stored it: each on its own, as it is now.
        fresh = store.load(Side.BC, [each.bc_id for each in couplings])
        for each in fresh.values():
            if isinstance(each, Coupling) and _has_state(each):
                _forget(store, [each])
