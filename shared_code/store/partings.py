"""Partings: pairs to which others belong and which a person ended.

Whoever couples one of those others at that very moment learns of it here.  Rows of the couplings' partition,
``e|<bc id>``, written in the transaction that ends the pair; they go with the nightly clean-up once they are
a day old.
"""

from __future__ import annotations

from shared_code.core.coupling import Coupling
from shared_code.store.couplings import TABLE
from shared_code.store.tables import Entity, Scalar, Tables, Upsert

KEPT_S = 86_400.0
"""A batch that was under way when the pair ended is done long before."""

_ROW = "e|"


class PartingStore:
    """The partings of one connection and mapping; ``partition`` is that of its couplings."""

    def __init__(self, tables: Tables, partition: str) -> None:
        self._tables = tables
        self._partition = partition

    def operation(self, coupling: Coupling, at_s: float) -> Upsert:
        """What is stored together with the end of the pair."""
        values: dict[str, Scalar] = {
            "sales_id": coupling.sales_id,
            "batch": coupling.batch,
            "at_s": float(at_s),
        }
        return Upsert(Entity(self._partition, _ROW + coupling.bc_id, values))

    def all(self, batch: str = "") -> dict[str, str]:
        """The pairs that ended, or those that one batch ended: BC ids by Sales ids."""
        found = self._tables.query_prefix(TABLE, self._partition, _ROW)
        return {
            str(each.values["sales_id"]): each.row.removeprefix(_ROW)
            for each in found
            if batch in ("", each.values["batch"])
        }

    def remove_old(self, now_s: float) -> None:
        for each in list(self._tables.query_prefix(TABLE, self._partition, _ROW, select=["at_s"])):
            if float(each.values["at_s"]) < now_s - KEPT_S:
                self._tables.delete(TABLE, self._partition, each.row)
