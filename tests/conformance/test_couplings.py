"""Couplings are one to one, and found from both sides."""

from __future__ import annotations

import pytest

from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.store.memory import MemoryTables
from shared_code.store.table_list import TABLES
from shared_code.store.tables import AlreadyExists
from tests.conformance import scenes
from tests.sync import worlds


@pytest.fixture
def store() -> CouplingStore:
    tables = MemoryTables()
    tables.ensure(TABLES)
    return CouplingStore(tables, "cronus", "CUSTOMER")


def _couple(store: CouplingStore, bc_id: str, sales_id: str) -> None:
    store.transact(store.insert_operations(Coupling(bc_id, sales_id)))


def _partner(store: CouplingStore, side: Side, record_id: str) -> str | None:
    found = store.load(side, [record_id]).get(record_id)
    return found.id_on(side.other) if isinstance(found, Coupling) else None


@pytest.mark.conforms("139161.SimpleNAVToCRMLookup", "139161.CanCoupleCRMIDToRecord")
def test_a_coupled_record_is_found_from_either_side(store: CouplingStore) -> None:
    _couple(store, "c1", "a1")
    assert _partner(store, Side.BC, "c1") == "a1"
    assert _partner(store, Side.SALES, "a1") == "c1"


@pytest.mark.conforms(
    "139167.CannotFindRecordIdByIntegrationTableUid", "139167.CannotFindIntegrationTableUidByRecordId"
)
def test_an_uncoupled_record_has_no_partner(store: CouplingStore) -> None:
    _couple(store, "c1", "a1")
    assert _partner(store, Side.SALES, "a2") is None
    assert _partner(store, Side.BC, "c2") is None


@pytest.mark.conforms(
    "139161.CannotCreateCouplingToAlreadyCoupledRecord",
    "139161.CannotCreateCouplingToAlreadyCoupledCRMID",
    "139161.CannotUpdateCouplingToAlreadyCoupledRecord",
)
@pytest.mark.parametrize(("bc_id", "sales_id"), [("c1", "a9"), ("c9", "a1"), ("c1", "a2"), ("c2", "a1")])
def test_a_record_that_is_coupled_cannot_be_coupled_again_from_either_side(
    store: CouplingStore, bc_id: str, sales_id: str
) -> None:
    _couple(store, "c1", "a1")
    _couple(store, "c2", "a2")
    with pytest.raises(AlreadyExists):
        _couple(store, bc_id, sales_id)
    assert (_partner(store, Side.BC, "c1"), _partner(store, Side.BC, "c2")) == ("a1", "a2")
    assert (_partner(store, Side.SALES, "a1"), _partner(store, Side.SALES, "a2")) == ("c1", "c2")


def test_a_pair_that_was_made_by_a_full_synchronisation_is_found_from_either_side() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, pair.sales_id) == pair
