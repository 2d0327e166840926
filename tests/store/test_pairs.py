"""Pairs are kept twice, and what is left of a loss is mended from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.records import Side
from shared_code.store.couplings import TABLE, CouplingStore
from shared_code.store.memory import MemoryTables
from shared_code.store.mending import mend
from shared_code.store.pairs import TABLE as PAIRS
from shared_code.store.pairs import PairStore, Partners
from shared_code.store.tables import StorageUnavailable


@pytest.fixture
def memory() -> MemoryTables:
    tables = MemoryTables()
    tables.ensure((TABLE, PAIRS))
    return tables


def stores(tables: MemoryTables) -> tuple[CouplingStore, PairStore]:
    return CouplingStore(tables, "cronus", "CUSTOMER"), PairStore(tables, "cronus", "CUSTOMER")


def living(pairs: PairStore) -> list[tuple[str, str]]:
    return sorted(pairs.partners(Side.BC, list(pairs.noted())).living.items())


def test_a_pair_is_found_from_both_sides_until_it_ends(memory: MemoryTables) -> None:
    _, pairs = stores(memory)
    pairs.note([("b1", "s1"), ("b2", "s2")])
    assert pairs.partners(Side.BC, ["b1", "b9"]) == Partners({"b1": "s1"}, {}, False)
    pairs.set_whole()
    assert pairs.partners(Side.SALES, ["s2"]) == Partners({"s2": "b2"}, {}, True)
    pairs.end([("b1", "s1")])
    assert pairs.partners(Side.BC, ["b1"]) == Partners({}, {"b1": "s1"}, True)
    assert living(pairs) == [("b2", "s2")]


@pytest.mark.parametrize("wrong", [("b1", "s1"), ("b2", "s1"), ("b1", "s2")])
def test_a_living_pair_never_counts_as_ended_while_another_one_is_corrected(
    memory: MemoryTables, wrong: tuple[str, str]
) -> None:
    _, pairs = stores(memory)
    pairs.note([("b1", "s1")])

    def die(operation: str, table: str) -> None:
        if operation == "transact":
            raise StorageUnavailable("The process dies after each write in turn.")

    for hook in ("before", "after"):
        setattr(memory, hook, die)
        with pytest.raises(StorageUnavailable):
            pairs.correct(wrong, [("b1", "s1")])
        setattr(memory, hook, lambda operation, table: None)
        assert living(pairs) == [("b1", "s1")]
    pairs.correct(wrong, [("b1", "s1")])
    assert living(pairs) == [("b1", "s1")]


def test_a_pair_that_is_none_ends(memory: MemoryTables) -> None:
    _, pairs = stores(memory)
    pairs.note([("b1", "s1")])
    pairs.correct(("b1", "s1"), [])
    assert living(pairs) == []


def test_a_pair_counts_only_when_both_of_its_rows_name_each_other(memory: MemoryTables) -> None:
    _, pairs = stores(memory)
    pairs.note([("b1", "s1")])
    pairs.note([("b2", "s1")])
    assert pairs.partners(Side.BC, ["b1", "b2"]).living == {"b2": "s1"}
    assert living(pairs) == [("b2", "s1")]


@pytest.mark.parametrize("row", ["b|b1", "s|s1", "r|REF", "all"])
def test_whatever_row_of_a_coupling_is_lost_mending_makes_it_whole(memory: MemoryTables, row: str) -> None:
    couplings, pairs = stores(memory)
    pairs.note([("b1", "s1")])
    couplings.transact(couplings.insert_operations(Coupling("b1", "s1", reference="REF")))
    for each in ["b|b1", "s|s1", "r|REF"] if row == "all" else [row]:
        memory.delete(TABLE, couplings.partition, each)
    mend(memory, couplings, pairs)
    found = couplings.load(Side.SALES, ["s1"])["s1"]
    assert isinstance(found, Coupling)
    assert (found.bc_id, found.sales_id) == ("b1", "s1")
    assert couplings.load(Side.BC, ["b1"])["b1"] == found
    assert mend(memory, couplings, pairs) == 0


def test_what_is_whole_stays_as_it_is(memory: MemoryTables) -> None:
    couplings, pairs = stores(memory)
    pairs.note([("b1", "s1")])
    couplings.transact(couplings.insert_operations(Coupling("b1", "s1", reference="REF", in_step=True)))
    before = list(memory.scan(TABLE, limit=100))
    assert mend(memory, couplings, pairs) == 0
    assert list(memory.scan(TABLE, limit=100)) == before


def test_an_ended_coupling_is_not_coupled_again(memory: MemoryTables) -> None:
    couplings, pairs = stores(memory)
    pairs.note([("b1", "s1")])
    etags = couplings.transact(couplings.insert_operations(Coupling("b1", "s1")))
    ended = replace(Coupling("b1", "s1", etag=etags[0]), state=CouplingState.ENDED, generation=1)
    couplings.transact(couplings.end_operations(ended))
    pairs.end([("b1", "s1")])
    assert mend(memory, couplings, pairs) == 0
    assert couplings.load(Side.SALES, ["s1"]) == {}


def test_a_mapping_that_comes_to_be_pointed_to_gets_its_pointers_by_mending(memory: MemoryTables) -> None:
    spared = CouplingStore(memory, "cronus", "CUSTOMER", pointed_to=False)
    spared.transact(spared.insert_operations(Coupling("b1", "s1", reference="REF")))
    couplings, pairs = stores(memory)
    assert couplings.by_reference(["REF"]) == {}
    assert mend(memory, spared, pairs) == 0
    assert mend(memory, couplings, pairs) == 1
    assert couplings.by_reference(["REF"])["REF"].bc_id == "b1"
