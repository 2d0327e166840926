"""Notifications: believed only with the secret, and one look for many of them."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.simulation.world import World, build, published
from shared_code.core.features import Feature
from shared_code.core.records import Side
from shared_code.store.webhooks import Look, WebhookStore
from shared_code.sync.messages import DETECTION_QUEUE, ScanStep, from_text
from shared_code.sync.webhooks import (
    LOOK_EVERY_S,
    MAX_BODY_BYTES,
    SETS,
    note_business_central,
    note_sales,
)


@pytest.fixture
def world() -> World:
    return build([published()], webhooks=True)


def notification(
    world: World, *tables: str, secret: str | None = None, company: str = "", api: str = "v2.0"
) -> bytes:
    company = company or world.at.connection.company_id
    state = world.parts.hooks.secret if secret is None else secret
    entries = [
        {"subscriptionId": "1", "clientState": state, "changeType": "updated",
         "resource": f"api/{api}/companies({company})/{table}(11111111-2222-3333-4444-{number:012})"}
        for number, table in enumerate(tables)
    ]  # fmt: skip
    return json.dumps({"value": entries}).encode()


def looks(world: World) -> list[tuple[str, Side]]:
    steps = [from_text(m.body) for m in world.queue.receive(DETECTION_QUEUE, 32, 600)]
    return [(step.mapping, step.side) for step in steps if isinstance(step, ScanStep)]


def test_a_notification_makes_its_mapping_due_and_no_other(world: World) -> None:
    assert note_business_central(world.parts, notification(world, "customers")) == 1
    assert looks(world) == [("CUSTOMER", Side.BC)]


def test_a_child_tables_change_is_its_mappings(world: World) -> None:
    note_business_central(world.parts, notification(world, "currencyExchangeRates"))
    assert looks(world) == [("CURRENCY", Side.BC)]


EXTENSION = "tandem/sync/v1.0"
ITEMS_OF_EXTENSION = {"ITEM-PRODUCT", "UNIT GROUP", "UNIT GROUP BASE"}


@cache
def everything() -> World:
    return build([published()], webhooks=True, mappings=(), features=[each.value for each in Feature])


def test_a_table_of_the_extension_is_not_the_one_of_the_same_name_beside_it() -> None:
    world = everything()
    note_business_central(world.parts, notification(world, "items"))
    of_v2 = {("ITEM VARIANT-PRODUCT", Side.BC), ("ITEM-PRICE", Side.BC)}
    assert set(looks(world)) == of_v2, "which are read from API v2.0"
    note_business_central(world.parts, notification(world, "items", api=EXTENSION))
    assert set(looks(world)) == {(name, Side.BC) for name in ITEMS_OF_EXTENSION}


def test_a_movement_of_stock_makes_items_due_and_a_posting_is_left_to_polling() -> None:
    world = everything()
    world.clock.now += 10
    looks(world)
    note_business_central(world.parts, notification(world, "itemLedgerEntries", api=EXTENSION))
    assert ("ITEM-PRODUCT", Side.BC) in looks(world)
    assert note_business_central(world.parts, notification(world, "generalLedgerEntries")) == 0


def test_a_name_that_only_begins_like_a_table_is_another_table(world: World) -> None:
    assert note_business_central(world.parts, notification(world, "contactsInformation")) == 0


@pytest.mark.parametrize(
    ("table", "mappings"),
    [
        ("product", {"ITEM-PRODUCT", "RESOURCE-PRODUCT"}),
        ("opportunity", {"OPPORTUNITY"}),
        ("contact", {"CONTACT", "PERSON CUSTOMER"}),
        ("productpricelevel", set()),
        ("invoice", set()),
    ],
)
def test_a_notification_of_sales_makes_those_due_that_take_values_from_its_table(
    table: str, mappings: set[str]
) -> None:
    world = everything()
    world.clock.now += 10
    note_sales(world.parts, table)
    assert set(looks(world)) == {(name, Side.SALES) for name in mappings}


def test_sales_notifies_of_every_table_that_a_mapping_of_the_catalogue_takes_values_from() -> None:
    watched = {each.sales.table for each in everything().at.mappings.values() if Side.SALES in each.watched}
    assert watched - set(SETS.values()) == set()
    assert {"products", "opportunities", "accounts", "contacts", "systemusers"} <= watched


@pytest.mark.parametrize("secret", ["", "wrong", "a secret of one ru", "\ud800"])
def test_a_forged_notification_causes_no_look(world: World, secret: str) -> None:
    assert note_business_central(world.parts, notification(world, "customers", secret=secret)) == 0
    assert looks(world) == []


def test_a_forged_entry_beside_a_genuine_one_is_dropped(world: World) -> None:
    genuine = json.loads(notification(world, "customers"))["value"]
    forged = json.loads(notification(world, "contacts", secret="x"))["value"]
    note_business_central(world.parts, json.dumps({"value": forged + genuine}).encode())
    assert looks(world) == [("CUSTOMER", Side.BC)]


def test_tables_and_companies_of_others_are_ignored(world: World) -> None:
    other = "99999999-8888-7777-6666-555555555555"
    assert note_business_central(world.parts, notification(world, "customers", company=other)) == 0
    assert note_business_central(world.parts, notification(world, "vendors")) == 0
    assert note_sales(world.parts, "lead") == note_sales(world.parts, "") == 0
    assert looks(world) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"value": 1}', b'{"value": [1, null, "x", {}]}',
        b"[" * 100_000, b" " * (MAX_BODY_BYTES + 1), b'{"value": [{"clientState": {}, "resource": []}]}',
    ],
)  # fmt: skip
def test_rubbish_is_no_error_and_no_look(world: World, body: bytes) -> None:
    assert note_business_central(world.parts, body) == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORLD = build([published()], webhooks=True)


@settings(max_examples=200, deadline=None)
@given(json_values, st.dictionaries(st.sampled_from(["clientState", "resource", "x"]), json_values))
def test_no_json_whatever_is_an_error(document: Any, entry: dict[str, Any]) -> None:
    assert note_business_central(WORLD.parts, json.dumps(document).encode()) == 0
    assert note_business_central(WORLD.parts, json.dumps({"value": [entry]}).encode()) == 0


def test_ten_thousand_entries_are_one_look(world: World) -> None:
    assert note_business_central(world.parts, notification(world, *["customers"] * 10_000)) == 1
    assert looks(world) == [("CUSTOMER", Side.BC)]


def test_ten_thousand_notifications_are_a_look_every_few_seconds(world: World) -> None:
    queued = 0
    for _ in range(10_000):
        queued += note_sales(world.parts, "account")
        world.clock.now += 0.002
    assert queued <= 20 / LOOK_EVERY_S + 2
    world.clock.now += 10
    assert len(looks(world)) == queued


def test_the_first_notification_is_looked_at_at_once_and_the_next_after_it_is_not_lost(world: World) -> None:
    assert note_sales(world.parts, "account") == 1
    assert looks(world) == [("CUSTOMER", Side.SALES)]
    world.clock.now += 0.1
    assert note_sales(world.parts, "account") == 1
    assert looks(world) == [], "delayed"
    assert note_sales(world.parts, "account") == 0
    world.clock.now += LOOK_EVERY_S + 1
    assert looks(world) == [("CUSTOMER", Side.SALES)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 4), min_size=1, max_size=30))
def test_after_every_notification_a_look_follows_within_the_least_time(gaps: list[float]) -> None:
    world = WORLD
    world.clock.now += 1000
    told: list[float] = []
    looked: list[float] = []
    for gap in gaps:
        world.clock.now += gap
        told.append(world.clock.now)
        if note_sales(world.parts, "contact"):
            looked.append(WebhookStore(world.parts.tables).look("cronus", "CONTACT", Side.SALES).at_s)
    for moment in told:
        assert any(moment <= at <= moment + LOOK_EVERY_S for at in looked)
    assert all(later - earlier >= LOOK_EVERY_S - 1e-6 for earlier, later in pairwise(looked))


def test_a_time_noted_by_a_wrong_clock_stops_nothing(world: World) -> None:
    store = WebhookStore(world.parts.tables)
    store.put_look("cronus", "CUSTOMER", Side.SALES, Look(world.clock.now + 86_400))
    assert note_sales(world.parts, "account") == 1
    assert looks(world) == [("CUSTOMER", Side.SALES)]


def test_a_mapping_that_is_switched_off_is_not_looked_at(world: World) -> None:
    world.at.schedules.change("CUSTOMER", 60, disabled_because="no right to it")
    assert note_sales(world.parts, "account") == 0


def test_of_two_at_the_same_moment_one_queues(world: World) -> None:
    store = WebhookStore(world.parts.tables)
    last = store.look("cronus", "CUSTOMER", Side.BC)
    assert store.put_look("cronus", "CUSTOMER", Side.BC, Look(world.clock.now, last.etag))
    assert not store.put_look("cronus", "CUSTOMER", Side.BC, Look(world.clock.now, last.etag))
