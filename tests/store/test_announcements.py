"""Announcements of creations: found while they are under way, a few rows for a batch, gone after it."""

from __future__ import annotations

import uuid

import pytest

from shared_code.runtime import ThreadRuntime
from shared_code.store.announcements import KEPT_S, MAX_DELIVERIES, TABLE, AnnouncementStore
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
    delivery = store.put("batch|1", {"s1": "b1", "s2": "b2"}, 5.0)
    assert store.put("batch|1", {"s1": "b1", "s2": "b2", "s3": "b3"}, 6.0, delivery) == delivery
    store.put("batch|2", {"s4": "b4"}, 7.0)
    assert store.all() == {"s1": "b1", "s2": "b2", "s3": "b3", "s4": "b4"}
    store.withdraw("batch|1", delivery, 3)
    assert store.all() == {"s4": "b4"}


def test_two_deliveries_of_a_batch_neither_replace_nor_withdraw_what_the_other_announced(
    store: AnnouncementStore,
) -> None:
    first = store.put("batch", {"s1": "b1", "s2": "b2"}, 5.0)
    second = store.put("batch", {"s2": "b2"}, 6.0)
    store.withdraw("batch", second, 1)
    assert store.all() == {"s1": "b1", "s2": "b2"}
    store.withdraw("batch", first, 2)
    assert store.all() == {}


def test_more_deliveries_than_there_are_numbers_share_the_last_one(store: AnnouncementStore) -> None:
    numbers = [store.put("batch", {f"s{n}": f"b{n}"}, 5.0) for n in range(MAX_DELIVERIES + 2)]
    assert numbers == [*range(MAX_DELIVERIES + 1), MAX_DELIVERIES]


def test_500_announcements_fit_and_go(store: AnnouncementStore) -> None:
    many = {f"{n:036}": f"{n + 500:036}" for n in range(500)}
    delivery = store.put("batch", many, 5.0)
    assert store.all() == many
    store.withdraw("batch", delivery, 500)
    assert store.all() == {}


def test_what_is_left_of_an_announcement_goes_where_a_part_is_gone(store: AnnouncementStore) -> None:
    many = {f"{n:036}": f"{n + 500:036}" for n in range(500)}
    delivery = store.put("batch", many, 5.0)
    store.withdraw("batch", delivery, 300)
    assert len(store.all()) == 200
    store.withdraw("batch", delivery, 500)
    assert store.all() == {}


def test_announcements_that_were_left_behind_go_after_a_week(store: AnnouncementStore) -> None:
    store.put("left behind", {"s1": "b1"}, 5.0)
    store.put("new", {"s2": "b2"}, 6.0)
    store.remove_old(5.5 + KEPT_S)
    assert store.all() == {"s2": "b2"}
