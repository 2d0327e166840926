"""A restore is put into a story only where Tandem can know of it."""

from __future__ import annotations

import json

import pytest

from local.simulate.witnesses import telling
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Entity


def seen(side: str, *records: tuple[str, str]) -> MemoryTables:
    tables = MemoryTables()
    tables.ensure(["Identities"])
    witnesses = json.dumps({side: [["CUSTOMER", *each] for each in records]})
    tables.insert("Identities", Entity("c", "identity", {"witnesses": witnesses}))
    tables.insert("Identities", Entity("c", "fault", {"text": "", "at_s": 1.0}))
    return tables


def test_what_was_seen_newer_than_the_backup_tells_the_newest_first() -> None:
    tables = seen("sales", ("a", "0003"), ("b", "0001"), ("c", "0009"), ("d", "0009"))
    assert telling(tables, "sales", {"a": "0002", "b": "0001", "c": "0004"}) == ["c", "a"]
    assert telling(tables, "bc", {"a": "0002"}) == []


@pytest.mark.parametrize(("stamp", "tells"), [("08:02:00.000Z", True), ("08:00:30.000Z", False)])
def test_business_centrals_clock_may_be_somewhat_late(stamp: str, tells: bool) -> None:
    tables = seen("bc", ("a", f"2027-01-15T{stamp}"))
    assert bool(telling(tables, "bc", {"a": "2027-01-15T08:00:00.000Z"})) is tells
