"""Announcements of creations: found while they are under way, a few rows for a batch, gone after it."""

from __future__ import annotations

import uuid

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store.announcements import KEPT_S, TABLE, AnnouncementStore
from shared_code.store.azure_tables import AzureTables, connect
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Tables


@pytest.fixture(params=["memory", "azure"])
def store(request: pytest.FixtureRequest) -> AnnouncementStore:
    tables: Tables = MemoryTables()
    if request.param == "azure":
        tables = AzureTables(ThreadRuntime(), connect(request.getfixturevalue("storage")))
    tables.ensure([TABLE])
    return AnnouncementStore(tables, f"t{uuid.uuid4().hex}", "CUSTOMER / odd?#")


def test_an_announced_creation_is_found_until_its_coupling_is_on_file(store: AnnouncementStore) -> None:
    store.put("batch|1", {"s1": "b1", "s2": "b2"}, 5.0)
    store.put("batch|1", {"s1": "b1", "s2": "b2", "s3": "b3"}, 6.0)
    store.put("batch|2", {"s4": "b4"}, 7.0)
    assert store.all() == {"s1": "b1", "s2": "b2", "s3": "b3", "s4": "b4"}
    store.withdraw("batch|1", 3)
    assert store.all() == {"s4": "b4"}


def test_500_announcements_fit_and_go(store: AnnouncementStore) -> None:
    many = {f"{n:036}": f"{n + 500:036}" for n in range(500)}
    store.put("batch", many, 5.0)
    assert store.all() == many
    store.withdraw("batch", 500)
    assert store.all() == {}


def test_announcements_that_were_left_behind_go_after_a_week(store: AnnouncementStore) -> None:
    store.put("left behind", {"s1": "b1"}, 5.0)
    store.put("new", {"s2": "b2"}, 6.0)
    store.remove_old(5.5 + KEPT_S)
    assert store.all() == {"s2": "b2"}
