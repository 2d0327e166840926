"""Tallies: kept by mapping, side and sight; what another process notes meanwhile is not lost."""

from __future__ import annotations

import uuid

import pytest

from shared_code.core.records import Side
from shared_code.store.tables import Tables
from shared_code.store.tallies import TABLE, TallyStore


@pytest.fixture
def store(stored: Tables) -> TallyStore:
    return TallyStore(stored, f"cronus-{uuid.uuid4()}")


def test_each_mapping_side_and_sight_has_a_tally_of_its_own(store: TallyStore) -> None:
    assert store.add("CUSTOMER", Side.BC, "deleted", ["a", "b"], 0.0) == 2
    assert store.add("CUSTOMER", Side.BC, "deleted", ["b", "c"], 60.0) == 3
    others = [
        ("CUSTOMER", Side.SALES, "deleted"),
        ("CUSTOMER", Side.BC, "changed"),
        ("A/B", Side.BC, "deleted"),
    ]
    assert [store.add(*each, ["z"], 60.0) for each in others] == [1, 1, 1]
    assert store.add("CUSTOMER", Side.BC, "deleted", ["d"], 3_600.0) == 3


def test_only_the_tallies_of_the_mapping_are_cleared(store: TallyStore) -> None:
    for mapping in ("CUSTOMER", "CUSTOMER 2"):
        for side in Side:
            store.add(mapping, side, "deleted", ["a"], 0.0)
    store.clear("CUSTOMER")
    assert store.add("CUSTOMER", Side.BC, "deleted", ["b"], 0.0) == 1
    assert store.add("CUSTOMER 2", Side.BC, "deleted", ["b"], 0.0) == 2


def test_many_records_fit_into_one_tally(store: TallyStore) -> None:
    assert store.add("CUSTOMER", Side.BC, "changed", [str(n) for n in range(6_000)], 0.0) == 6_000
    assert store.add("CUSTOMER", Side.BC, "changed", ["0"], 60.0) in (6_000, 6_001)


def test_what_another_process_notes_between_reading_and_writing_stays(
    store: TallyStore, stored: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add("CUSTOMER", Side.BC, "deleted", ["a"], 0.0)
    read, others = stored.get, iter(["b", "c"])

    def get(table: str, partition: str, row: str) -> object:
        found = read(table, partition, row)
        if table == TABLE and (other := next(others, None)):
            monkeypatch.setattr(stored, "get", read)
            store.add("CUSTOMER", Side.BC, "deleted", [other], 0.0)
            monkeypatch.setattr(stored, "get", get)
        return found

    monkeypatch.setattr(stored, "get", get)
    assert store.add("CUSTOMER", Side.BC, "deleted", ["d"], 0.0) == 4
