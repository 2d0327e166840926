"""Conclusions: what the product puts on file about deletions, compared with the truth at that very moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.simulate.fields import BLANK_ID, Pair
from local.simulate.observing import Key, Observer
from shared_code.store.codec import order_of
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Delete, Entity, Operation

FEW = 3


def _is_told(row: Entity) -> bool:
    return row.values["code"] == "partner_deleted"


@dataclass
class Conclusions:
    """``false`` lists deletions that were to be put on file while both records were there; ``coupled`` all
    pairs that were ever put on file, also such as storage lost since; ``uncoupled`` those that a person
    wanted to end, by connection and id in Business Central; ``concluded`` when which record counted as
    deleted."""

    observer: Observer
    companies: Mapping[str, str]
    tables: MemoryTables
    pairs: Mapping[str, Pair]
    uncoupled: set[tuple[str, str]] = field(default_factory=set)
    false: list[str] = field(default_factory=list)
    coupled: set[tuple[Key, Key]] = field(default_factory=set)
    concluded: list[tuple[float, Key]] = field(default_factory=list)

    def stored(self, table: str, operation: Operation) -> None:
        """Look at one operation of a transaction, just before it takes effect."""
        if table != "Couplings" or isinstance(operation, Delete):
            return
        row, values = operation.entity.row, operation.entity.values
        partition = operation.entity.partition
        connection, _, mapping = partition.partition("|")
        if mapping not in self.pairs:
            return
        if row.startswith("b|"):
            self.coupled.add(self._keys(connection, mapping, row[2:], values["sales_id"]))
        if self.uncoupled and row.startswith("p|sales|") and values["code"] == "uncoupled":
            # With a customer go the people who work for it.
            self.uncoupled.add((connection, json.loads(str(values["details"]))["was_with"]))
        self._note(connection, mapping, operation.entity)
        if self._are_few(partition):
            return
        if row.startswith("p|") and _is_told(operation.entity) and not self._was_told(partition, row):
            details = json.loads(str(values["details"]))
            self._judge(connection, mapping, details.get("bc_id"), details.get("sales_id"))
        elif (
            row.startswith("b|") and values["state"] == "ended" and not self._was_wanted(connection, row[2:])
        ):
            self._judge(connection, mapping, row[2:], values["sales_id"])

    def _note(self, connection: str, mapping: str, row: Entity) -> None:
        """Which records count as deleted by this row: those that are not there."""
        if row.row.startswith("p|") and _is_told(row):
            details = json.loads(str(row.values["details"]))
            keys = self._keys(connection, mapping, details.get("bc_id"), details.get("sales_id"))
        elif row.row.startswith("b|") and row.values["state"] == "ended":
            keys = self._keys(connection, mapping, row.row[2:], row.values["sales_id"])
        else:
            return
        now = self.observer.now()
        self.concluded += [(now, each) for each in keys if each not in self.observer.present]

    def _was_told(self, partition: str, row: str) -> bool:
        """Whether it is on file already: setting a problem aside, say, says nothing anew."""
        found = self.tables._tables["Couplings"].get(partition)
        stored = found.entities.get(order_of(row)) if found else None
        return stored is not None and _is_told(stored)

    def _was_wanted(self, connection: str, bc_id: str) -> bool:
        return (connection, bc_id) in self.uncoupled

    def _are_few(self, partition: str) -> bool:
        """Whether so few pairs are left that nobody can tell a deletion from a service that hides all."""
        found = self.tables._tables["Couplings"].get(partition)
        rows = list(found.entities.values()) if found else []
        gone = {r.row.split("|")[2] for r in rows if r.row.startswith("p|bc|") and _is_told(r)}
        living = {r.row[2:] for r in rows if r.row.startswith("b|") and r.values["state"] == "coupled"}
        return len(living - gone - {BLANK_ID}) < FEW  # The local currency is no record that could be hidden.

    def _judge(self, connection: str, mapping: str, bc_id: object, sales_id: object) -> None:
        bc, sales = self._keys(connection, mapping, bc_id, sales_id)
        if bc in self.observer.present and sales in self.observer.present:
            self.false.append(f"{mapping} {bc_id} / {sales_id}: said to be deleted while both were there")

    def _keys(self, connection: str, mapping: str, bc_id: object, sales_id: object) -> tuple[Key, Key]:
        pair = self.pairs[mapping]
        bc = Key("bc", self.companies[connection], pair.bc, str(bc_id))
        return bc, Key("sales", "", pair.sales, str(sales_id))
