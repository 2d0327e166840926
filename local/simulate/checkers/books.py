"""Documents that salespeople write, of one connection: both sides of them, and what is on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulate.ordering import Book, Written
from local.simulators.business_central.storage import Company
from shared_code.core.outcome import Problem
from shared_code.sync.parts import ConnectionParts

MAX_ROWS = 10_000


class DocumentBooks:
    """What is on file of a mapping of documents: pairs by the id in Sales, problems by the same."""

    mapping: str
    headers: str
    """Their table in Sales."""
    rows_beside: str
    """The table of the rows beside them."""

    def __init__(self, evidence: Evidence, at: ConnectionParts) -> None:
        self.evidence = evidence
        self.company: Company = evidence.simulation.people.company(evidence.company_of(at))
        self.store = store = at.couplings(self.mapping)
        self.pairs = {each.sales_id: each.bc_id for each in store.all_coupled()}
        self.of_pair = {bc_id: sales_id for sales_id, bc_id in self.pairs.items()}
        self.problems: dict[str, Problem] = {
            self.of_pair.get(each.record_id, each.record_id): each for each in store.all_problems(MAX_ROWS)
        }

    @property
    def book(self) -> Book:
        """What people did with orders and quotes."""
        return self.evidence.simulation.people.book

    def header(self, written: Written) -> Mapping[str, Any] | None:
        """The document as Sales holds it now."""
        return self.evidence.values(Key("sales", "", self.headers, written.id))

    def held(self, written: Written) -> Mapping[str, Any]:
        """The same, nothing where it was deleted."""
        return self.header(written) or {}

    def beside(self, written: Written) -> Mapping[str, Any]:
        """What the salesperson is told."""
        return self.evidence.values(Key("sales", "", self.rows_beside, written.id)) or {}


def by_document[T](found: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """What belongs to each document, by what names it."""
    named: dict[str, list[T]] = {}
    for name, each in found:
        named.setdefault(name, []).append(each)
    return named
