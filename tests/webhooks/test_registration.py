"""Registering in both systems: when, what, by whom, and what happens where it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.receiving import WEBHOOK_URL
from local.simulation.world import CLIENT, World, build, published
from local.simulators.dataverse.people import ALL_PRIVILEGES, WEBHOOK_TABLES, User
from local.simulators.faults import Fault, FaultPlan
from shared_code.core.features import Feature
from shared_code.store.webhooks import Registration, WebhookStore
from shared_code.sync.parts import Parts
from shared_code.sync.registration import CHECK_EVERY_S, RETRY_S, Renewal, fingerprint, keep_registered, renew
from shared_code.sync.views import health_view

DAY_S = 86_400.0
OTHER_URL = "https://another-tandem.example"
BC_TABLES = {
    "contacts", "currencies", "currencyExchangeRates", "customers", "paymentTerms", "salespeoplePurchasers",
    "shipmentMethods",
}  # fmt: skip
STEPS = 9


@pytest.fixture
def world() -> World:
    return build([published()], webhooks=True)


def subscriptions(world: World) -> dict[str, Any]:
    return {each.table: each for each in world.bc.env.notifications.active()}


def rows(world: World, table: str) -> list[Mapping[str, Any]]:
    return [each.values for each in world.sales.org.store.tables[table].rows.values()]


def grant(world: World, *, webhooks: bool) -> None:
    people = world.sales.org.people
    given = {t: a for t, a in ALL_PRIVILEGES.items() if webhooks or t not in WEBHOOK_TABLES}
    people.users[people.by_client[CLIENT]] = User(given, customizer=False)


def test_the_first_tick_registers_every_watched_table_on_both_sides(world: World) -> None:
    done = keep_registered(world.parts)
    assert done is not None
    assert done.problems == ()
    assert subscriptions(world).keys() <= BC_TABLES
    assert subscriptions(world).keys() >= {"customers", "contacts", "currencies", "currencyExchangeRates"}
    [endpoint] = rows(world, "serviceendpoint")
    assert endpoint["url"] == f"{WEBHOOK_URL}/api/webhooks/sales"
    steps = rows(world, "sdkmessageprocessingstep")
    assert done.created == len(subscriptions(world)) + len(steps)
    assert {step["mode"] for step in steps} == {1}, "asynchronous only"
    assert world.receiver.called.count("/api/webhooks/business-central") == len(subscriptions(world))


def test_with_the_extension_its_tables_are_subscribed_to_at_its_own_api() -> None:
    world = everything()
    done = keep_registered(world.parts)
    assert done is not None
    assert done.problems == ()
    resources = [each.resource for each in world.bc.env.notifications.active()]
    extension, standard = (
        {each.rpartition("/")[2] for each in resources if each.startswith(f"api/{api}/")}
        for api in ("tandem/sync/v1.0", "v2.0")
    )
    assert extension >= {"items", "priceListLines", "resources", "itemUnitsOfMeasure", "shippingAgents"}
    assert standard >= {"currencies", "itemVariants", "salesInvoices", "salesCreditMemos"}
    steps = {each["name"] for each in rows(world, "sdkmessageprocessingstep")}
    assert {"Tandem: Update of product", "Tandem: Create of opportunity"} <= steps


def test_subscriptions_of_the_extension_are_renewed_and_ended_at_its_own_api() -> None:
    world = everything()
    keep_registered(world.parts)
    count = len(world.bc.env.notifications.active())
    world.clock.now += DAY_S
    done = renew(world.parts)
    assert (done.renewed, done.created, done.problems) == (count, 0, ())
    moved = keep_registered(moved_to(world, "https://moved.example"))
    assert moved is not None
    assert (moved.removed, moved.problems) == (count, ())
    assert urls(world) == {"https://moved.example/api/webhooks/business-central"}


def test_a_price_changed_in_the_extension_makes_its_mapping_due_by_notification() -> None:
    world = everything()
    keep_registered(world.parts)
    item = world.person_in_bc().call("GET", "items?$top=1")["value"][0]
    world.person_in_bc().edit(f"items({item['id']})", unitPrice=17)
    world.clock.now += 60
    before = world.receiver.looks
    world.notify()
    assert world.receiver.looks - before == 5, "items, their groups, base units, variants and prices"


def test_without_the_extension_that_was_named_api_v2_is_registered_all_the_same() -> None:
    world = everything(extension=False)
    done = keep_registered(world.parts)
    assert done is not None
    [problem] = done.problems
    assert "tandem/sync/v1.0" in problem
    assert "polling" in problem
    assert subscriptions(world).keys() >= {"currencies", "itemVariants", "salesInvoices"}


def everything(*, extension: bool = True) -> World:
    """A company that has and wants all."""
    features = [each.value for each in Feature]
    options = {"extension": extension}
    return build([published()], webhooks=True, mappings=(), features=features, bc_options=options)


def test_of_two_instances_that_want_to_register_one_gets_to(world: World) -> None:
    store = WebhookStore(world.parts.tables)
    known = store.registration()
    assert store.put_registration(known)
    assert store.put_registration(known) is None
    again = store.registration()
    assert store.put_registration(again)
    assert store.put_registration(again) is None


def test_a_claim_keeps_others_out_until_it_is_given_up(world: World) -> None:
    claim = Registration(claimed_until_s=world.clock.now + RETRY_S)
    assert WebhookStore(world.parts.tables).put_registration(claim)
    assert keep_registered(world.parts) is None
    world.clock.now += RETRY_S
    assert keep_registered(world.parts) is not None


def test_nothing_due_costs_no_request_to_either_system(world: World) -> None:
    keep_registered(world.parts)
    world.reset_requests()
    world.clock.now += 60
    assert keep_registered(world.parts) is None
    assert world.requests == {"bc": [], "sales": []}


def test_the_hourly_check_asks_little_and_changes_nothing_that_is_right(world: World) -> None:
    keep_registered(world.parts)
    world.reset_requests()
    world.clock.now += CHECK_EVERY_S
    assert keep_registered(world.parts) == Renewal()
    assert {side: len(kinds) for side, kinds in world.requests.items()} == {"bc": 1, "sales": 2}


def test_what_was_deleted_is_made_again_within_the_hour(world: World) -> None:
    keep_registered(world.parts)
    world.bc.env.notifications.subscriptions.clear()
    step = next(iter(world.sales.org.store.tables["sdkmessageprocessingstep"].rows))
    world.person_in_sales.call("DELETE", f"sdkmessageprocessingsteps({step})")
    before = len(rows(world, "sdkmessageprocessingstep"))
    world.clock.now += CHECK_EVERY_S
    done = keep_registered(world.parts)
    assert done is not None
    assert "customers" in subscriptions(world)
    assert len(rows(world, "sdkmessageprocessingstep")) == before + 1


def test_the_daily_renewal_gives_three_more_days(world: World) -> None:
    renew(world.parts)
    before = subscriptions(world)["customers"].expires
    world.clock.now += DAY_S
    done = renew(world.parts)
    assert done.renewed == len(subscriptions(world))
    assert done.created == 0
    assert subscriptions(world)["customers"].expires == before + DAY_S


def test_the_hourly_check_renews_where_the_daily_renewal_failed(world: World) -> None:
    keep_registered(world.parts)
    for _ in range(24 * 4):
        world.clock.now += CHECK_EVERY_S
        keep_registered(world.parts)
        assert subscriptions(world)["customers"].expires > world.clock.now + DAY_S


def test_a_second_subscription_of_a_table_and_one_nobody_wants_are_removed(world: World) -> None:
    keep_registered(world.parts)
    hooks, company = world.parts.hooks, world.at.connection.company_id
    url = f"{WEBHOOK_URL}/api/webhooks/business-central"
    count = len(subscriptions(world))
    hooks.subscriptions.create(company, "customers", url, hooks.secret)
    hooks.subscriptions.create(company, "countriesRegions", url, hooks.secret)
    hooks.subscriptions.create(company, "countriesRegions", f"{url}?of=somebody-else", "x")
    world.clock.now += CHECK_EVERY_S
    done = keep_registered(world.parts)
    assert done == Renewal(removed=2)
    assert len(world.bc.env.notifications.active()) == count + 1


def test_a_changed_address_or_secret_reaches_both_systems_at_the_next_tick(world: World) -> None:
    keep_registered(world.parts)
    changed = replace(world.parts.hooks, secret="another secret of a run")
    parts = replace(world.parts, hooks=changed)
    world.clock.now += 60
    done = keep_registered(parts)
    assert done is not None
    assert done.problems == ()
    assert {each.client_state for each in world.bc.env.notifications.active()} == {changed.secret}
    [endpoint] = rows(world, "serviceendpoint")
    assert endpoint["authvalue"] == changed.secret
    world.clock.now += 60
    assert keep_registered(parts) is None


def test_no_secret_is_in_storage(world: World) -> None:
    keep_registered(world.parts)
    assert world.parts.hooks.secret not in str(list(world.tables.scan("Webhooks", limit=100)))
    assert len(fingerprint(world.parts)) == 8


def test_further_endpoints_of_our_name_are_removed_with_their_steps(world: World) -> None:
    hooks = world.parts.hooks.webhooks
    for number in (1, 2):
        url = f"https://old{number}.example/api"
        endpoint = hooks.create_endpoint(world.parts.runtime.new_id(), "Tandem", url, "key")
        hooks.create_step(world.parts.runtime.new_id(), endpoint, "account", "Update")
    keep_registered(world.parts)
    [endpoint_row] = rows(world, "serviceendpoint")
    assert endpoint_row["url"] == f"{WEBHOOK_URL}/api/webhooks/sales"
    steps = [step["name"] for step in rows(world, "sdkmessageprocessingstep")]
    assert len(steps) == len(set(steps)) == STEPS


def test_a_refused_right_is_told_in_plain_words_and_polling_goes_on(world: World) -> None:
    grant(world, webhooks=False)
    done = keep_registered(world.parts)
    assert done is not None
    assert not done.again_soon
    health = health_view(world.parts)
    assert health["status"] == "degraded"
    assert "System Customizer" in health["webhooks"]["problem"]
    assert "polling" in health["webhooks"]["problem"]
    assert "customers" in subscriptions(world), "the other side is registered all the same"
    world.cycle()
    grant(world, webhooks=True)
    world.clock.now += CHECK_EVERY_S
    keep_registered(world.parts)
    health = health_view(world.parts)
    assert (health["status"], health["webhooks"]["problem"]) == ("ok", "")
    assert health["webhooks"]["registeredAt"]


def test_a_table_that_business_central_refuses_is_told_and_the_others_are_registered(world: World) -> None:
    types = dict(world.bc.env.types)
    types["contacts"] = replace(types["contacts"], webhooks=False)
    world.bc.env.types = types
    done = keep_registered(world.parts)
    assert done is not None
    assert not done.again_soon
    assert {"currencies", "customers", "paymentTerms"} <= subscriptions(world).keys()
    assert len(rows(world, "sdkmessageprocessingstep")) == STEPS
    assert "contacts in cronus" in health_view(world.parts)["webhooks"]["problem"]


def test_an_administrator_may_register_instead(world: World) -> None:
    keep_registered(world.parts)
    people = world.sales.org.people
    reading = {t: frozenset({"read"}) if t in WEBHOOK_TABLES else a for t, a in ALL_PRIVILEGES.items()}
    people.users[people.by_client[CLIENT]] = User(reading, customizer=False)
    world.tables.delete("Webhooks", "registration", "registration")
    done = keep_registered(world.parts)
    assert done is not None
    assert done.problems == ()


@pytest.mark.parametrize("side", ["bc", "sales"])
def test_a_system_that_is_away_is_asked_again_soon(world: World, side: str) -> None:
    world.faults[side].replace(FaultPlan(0, {Fault.STATUS_503: 1.0}))
    done = keep_registered(world.parts)
    assert done is not None
    assert done.again_soon
    assert health_view(world.parts)["webhooks"]["problem"]
    world.faults[side].replace(FaultPlan(0, {}))
    world.clock.now += RETRY_S
    again = keep_registered(world.parts)
    assert again is not None
    assert again.problems == ()


def test_a_receiver_that_does_not_answer_the_handshake_is_told(world: World) -> None:
    world.receiver.away = True
    done = keep_registered(world.parts)
    assert done is not None
    assert done.problems
    assert subscriptions(world) == {}
    assert "polling" in health_view(world.parts)["webhooks"]["problem"]


def test_without_a_public_address_nothing_is_registered_and_health_says_so() -> None:
    world = build([published()])
    assert keep_registered(world.parts) is None
    assert renew(world.parts) == Renewal()
    assert world.requests == {"bc": [], "sales": []}
    health = health_view(world.parts)
    assert (health["status"], health["webhooks"]["wanted"]) == ("ok", False)


def urls(world: World) -> set[str]:
    return {each.url for each in world.bc.env.notifications.active()}


def moved_to(world: World, url: str) -> Parts:
    """The same app, started with another address."""
    parts = replace(world.parts, hooks=replace(world.parts.hooks, url=url))
    world.receiver.parts, world.receiver.urls = parts, (url,)
    return parts


def test_the_subscriptions_of_the_address_before_are_removed_and_no_others(world: World) -> None:
    keep_registered(world.parts)
    hooks, company = world.parts.hooks, world.at.connection.company_id
    world.receiver.urls = (WEBHOOK_URL, OTHER_URL)
    strange = f"{OTHER_URL}/api/webhooks/business-central"
    hooks.subscriptions.create(company, "customers", strange, hooks.secret)
    before = len(world.bc.env.notifications.active()) - 1
    new = "https://moved.example"
    done = keep_registered(moved_to(world, new))
    assert done is not None
    assert done.problems == ()
    assert done.removed == before
    assert urls(world) == {f"{new}/api/webhooks/business-central", strange}


def test_while_the_new_address_is_refused_the_old_one_is_remembered(world: World) -> None:
    keep_registered(world.parts)
    parts = moved_to(world, "https://moved.example")
    grant(world, webhooks=False)
    assert keep_registered(parts)
    assert WebhookStore(world.parts.tables).registration().url == WEBHOOK_URL
    grant(world, webhooks=True)
    world.clock.now += CHECK_EVERY_S
    keep_registered(parts)
    assert WebhookStore(world.parts.tables).registration().url == "https://moved.example"
    assert urls(world) == {"https://moved.example/api/webhooks/business-central"}
