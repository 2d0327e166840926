"""What is left when a seed has ended, laid open for the checkers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local.simulate.fields import Pair, Text, inside
from local.simulate.note_pairs import NOTE
from local.simulate.observing import Key, Observer, Write
from local.simulate.ordering import HEADERS, ORDERS
from local.simulate.ordering import MAPPING as ORDER
from local.simulate.pairs import pair_of
from local.simulate.people import Ledger, Token
from local.simulate.simulation import Simulation
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.store.tables import Entity
from shared_code.sync.parts import ConnectionParts

MAX_ROWS = 100_000


@dataclass(frozen=True)
class Linked:
    """One living coupling of a pair, with the keys of both records."""

    connection: str
    pair: Pair
    coupling: Coupling
    bc: Key
    sales: Key

    def key(self, side: str) -> Key:
        return self.bc if side == "bc" else self.sales


class Evidence:
    """Questions that checkers ask.  Couplings and problems are read as the store reads them."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.observer: Observer = simulation.observer
        self.ledger: Ledger = simulation.ledger
        self.connections: list[ConnectionParts] = simulation.connections
        self.package = simulation.package
        self.pairs: Mapping[str, Pair] = self.package.pairs
        pairs = self.pairs.values()
        self.links = [each for at in self.connections for pair in pairs for each in _links(at, pair)]
        self.by_key: dict[Key, list[Linked]] = {}
        for each in self.links:
            for key in (each.bc, each.sales):
                self.by_key.setdefault(key, []).append(each)
        self.problems: dict[Key, list[Problem]] = {}
        for at in self.connections:
            self._take_problems(at)

    def _take_problems(self, at: ConnectionParts) -> None:
        for pair in self.pairs.values():
            for problem in at.couplings(pair.mapping).all_problems(MAX_ROWS):
                key = key_of(at, pair, problem.side.value, problem.record_id)
                self.problems.setdefault(key, []).append(problem)

    def problems_of(self, *keys: Key) -> list[Problem]:
        """The problems of these records and of their partners."""
        wanted = dict.fromkeys(keys)
        for key in keys:
            for link in self.by_key.get(key, []):
                wanted |= {link.bc: None, link.sales: None}
        return [problem for key in wanted for problem in self.problems.get(key, [])]

    def values(self, key: Key) -> Mapping[str, Any] | None:
        return self.observer.present.get(key)

    def pair_of(self, key: Key) -> Pair | None:
        """The pair a record belongs or belonged to."""
        history = self.observer.history.get(key)
        return pair_of(self.simulation.people.pairs, key.side, key.table, history[-1]) if history else None

    def is_inside(self, pair: Pair, key: Key) -> bool:
        values = self.values(key)
        if values is not None and self.package.takes_blocked and key.table == "customers":
            return True
        return values is not None and self.would_be_inside(pair, key, values)

    def would_be_inside(self, pair: Pair, key: Key, values: Mapping[str, Any]) -> bool:
        """Whether the record is kept in step where it holds these values."""
        if not inside(pair, key.side, values, self.observer.kinds(key)):
            return False
        if pair.mapping == NOTE.mapping:
            return self._is_on_a_carried_order(key, values)
        if key.side == "sales":
            return True
        if pair.mapping == "ITEM VARIANT-PRODUCT":
            return key in self.by_key or not self._is_of_a_blocked_item(key, values)
        return pair.mapping != "OPPORTUNITY" or self._is_a_customers(key, values)

    def _is_on_a_carried_order(self, key: Key, values: Mapping[str, Any]) -> bool:
        """Whether a note's order is in Business Central now, as the partner of one of Sales."""
        order = str(values.get("orderId" if key.side == "bc" else "_objectid_value"))
        return order in self._carried_orders

    @cached_property
    def _carried_orders(self) -> set[str]:
        """The ids of both orders of each pair of which both are there."""
        pairs = [each for at in self.connections for each in at.couplings(ORDER).all_coupled()]
        there = {each.id for each in self.observer.present if each.table in (ORDERS, HEADERS)}
        both = [(each.bc_id, each.sales_id) for each in pairs if {each.bc_id, each.sales_id} <= there]
        return {one for pair in both for one in pair}

    def _is_of_a_blocked_item(self, key: Key, values: Mapping[str, Any]) -> bool:
        """Whether no product is made of a variant, because its item is blocked."""
        item = self.observer.of("bc", "items", key.company).get(values["itemId"]) or {}
        return bool(item.get("blocked"))

    def _is_a_customers(self, key: Key, values: Mapping[str, Any]) -> bool:
        """Whether an opportunity of Business Central is one of somebody who works for a customer."""
        contacts = self.observer.of("bc", "contacts", key.company).values()
        whose = next((each for each in contacts if each["number"] == values["contactNumber"]), {})
        return whose.get("contactBusinessRelation") in ("Customer", "Multiple")

    def text(self, token: Token) -> Text | None:
        """The field a person's value stands in under the present rules; ``None`` where they do not map it."""
        pair = self.pair_of(token.key)
        texts = self.pairs[pair.mapping].texts if pair else ()
        found = next((each for each in texts if each.bc == token.text.bc), None)
        moved = found is None or found.on(token.key.side) != token.text.on(token.key.side)
        return None if moved else found

    def belongs_elsewhere(self, key: Key) -> bool:
        """Whether a Sales row carries the mark of a company that none of its pairs belongs to, or, where it
        has none, of a company that no connection serves."""
        mark = str((self.values(key) or {}).get("tandem_companyid") or "").lower()
        companies = {link.bc.company for link in self.by_key.get(key, [])}
        if not companies:
            return bool(mark) and mark not in {self.company_of(at) for at in self.connections}
        return bool(mark) and companies != {mark}

    def rows(self, table: str) -> Iterator[Entity]:
        """Everything a table of storage holds."""
        return self.simulation.first.tables.scan(table, limit=MAX_ROWS)

    @cached_property
    def _undone(self) -> Mapping[str, set[str]]:
        """The fields that an undo put back, by the id of the pair in Business Central."""
        found: dict[str, set[str]] = {}
        for row in self.rows("Journal"):
            names = json.loads(str(row.values.get("because") or "{}")).get("undone", ())
            found.setdefault(row.row.partition("|")[0], set()).update(names)
        return found

    def was_undone(self, bc_id: str, text: Text | None = None) -> bool:
        """Whether a person had Tandem take back what it wrote, in this field or in any.

        From then on the two sides differ there, until somebody edits one of them.
        """
        names = self._undone.get(bc_id, set())
        if text is None:
            return bool(names)
        return text.name in names or (text.kind in ("name", "parts") and not names.isdisjoint(_PARTS))

    def our_writes(self) -> list[Write]:
        return [each for each in self.observer.writes if each.who.startswith("tandem")]

    def company_of(self, at: ConnectionParts) -> str:
        return at.connection.company_id.lower()


_PARTS = frozenset({"first_name", "middle_name", "last_name"})
"""The fields that carry a person's name in parts."""


def key_of(at: ConnectionParts, pair: Pair, side: str, record_id: str) -> Key:
    company = at.connection.company_id.lower() if side == "bc" else ""
    return Key(side, company, pair.table(side), record_id)


def _links(at: ConnectionParts, pair: Pair) -> Iterator[Linked]:
    for coupling in at.couplings(pair.mapping).all_coupled():
        if coupling.state is CouplingState.COUPLED:
            bc = key_of(at, pair, Side.BC, coupling.bc_id)
            sales = key_of(at, pair, Side.SALES, coupling.sales_id)
            yield Linked(at.name, pair, coupling, bc, sales)
