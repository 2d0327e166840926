"""Records that need another one first, and records the other side cannot take as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulation.world import World, add_options
from local.simulators.business_central import control
from shared_code.core.records import Side
from shared_code.store import waiters
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def customer_in_trouble(world: World) -> tuple[str, str]:
    """An account that Business Central refuses, and a contact of it; their ids."""
    account = worlds.new_account(world, "Fresh Ltd.", telephone1="call me maybe!")
    contact = world.person_in_sales.call(
        "POST",
        "contacts",
        {
            "firstname": "Ann",
            "lastname": "Early",
            "parentcustomerid_account@odata.bind": f"/accounts({account})",
        },
        prefer="return=representation",
    )
    return account, contact["contactid"]


def names(world: World) -> list[str]:
    return [each["displayName"] for each in worlds.contacts(world, Side.BC)]


def test_a_contact_whose_customer_is_not_coupled_waits_and_names_it(world: World) -> None:
    customer_in_trouble(world)
    worlds.cycles(world, 3)
    (waits,) = worlds.problems(world, "CONTACT")
    assert (waits["outcome"], waits["code"]) == ("waiting", "waits_for_lookup")
    assert "“Fresh Ltd.” of Sales" in waits["message"]
    assert waits["healsByItself"]
    assert "Ann Early" not in names(world)


def test_a_contact_goes_through_in_the_minute_its_customer_is_coupled(world: World) -> None:
    account, _ = customer_in_trouble(world)
    worlds.cycles(world, 12)
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycle(world)
    assert "Ann Early" in names(world)
    assert worlds.problems(world, "CONTACT") == []
    worlds.assert_whole(world)


def test_a_contact_whose_hint_got_lost_goes_through_by_time(world: World) -> None:
    account, _ = customer_in_trouble(world)
    worlds.cycles(world, 3)
    store = world.at.waiters
    store.remove(store.of("CUSTOMER"))
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycles(world, 12)
    assert "Ann Early" in names(world)
    worlds.assert_whole(world)


def test_a_customer_and_its_contact_entered_together_go_through_in_few_minutes(world: World) -> None:
    account = worlds.new_account(world, "Fresh Ltd.")
    world.person_in_sales.call(
        "POST",
        "contacts",
        {"lastname": "Early", "parentcustomerid_account@odata.bind": f"/accounts({account})"},
    )
    worlds.cycles(world, 3)
    (made,) = [each for each in worlds.contacts(world, Side.BC) if each["displayName"] == "Early"]
    assert made["companyName"] == "Fresh Ltd."
    worlds.assert_whole(world)


def test_nobody_is_remembered_as_waiting_when_all_went_through(world: World) -> None:
    account, _ = customer_in_trouble(world)
    worlds.cycles(world, 3)
    assert [each.target for each in world.at.waiters.of("CUSTOMER")] == ["CUSTOMER"]
    world.person_in_sales.edit(f"accounts({account})", telephone1="+44 1")
    worlds.cycles(world, 3)
    assert list(world.tables.scan(waiters.TABLE, limit=10)) == []


def test_a_value_too_long_for_the_other_side_fails_alone_and_nothing_is_cut(world: World) -> None:
    pair = worlds.pair(world)
    long = "Ä" * 150
    worlds.edit_sales(world, pair, name=long, telephone1="+44 1")
    worlds.cycle(world)
    (failed,) = worlds.problems(world)
    assert failed["code"] == "too_long"
    assert "100" in failed["message"]
    made = worlds.customer_of(world, pair)
    assert made["displayName"] == "The Cannon Group PLC"
    assert made["phoneNumber"] == "+44 1"
    assert worlds.account_of(world, pair)["name"] == long


def test_a_shortened_value_heals_its_problem(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, name="Ä" * 150)
    worlds.cycle(world)
    worlds.edit_sales(world, pair, name="Ä" * 100)
    worlds.cycle(world)
    assert worlds.customer_of(world, pair)["displayName"] == "Ä" * 100
    worlds.assert_whole(world)


def test_a_record_too_long_to_be_created_is_not_created_in_part(world: World) -> None:
    worlds.new_account(world, "x" * 101)
    worlds.cycle(world)
    assert worlds.codes(world) == ["too_long"]
    assert len(worlds.customers(world)) == 3


def with_new_payment_terms() -> World:
    company = worlds.company()
    world = worlds.new_world([company])
    worlds.full(world)
    world.settle(1)
    body = {"code": "7 DAYS", "displayName": "Net 7 days", "dueDateCalculation": "7D"}
    made = world.person_in_bc().call("POST", "paymentTerms", body)
    worlds.edit_bc(world, worlds.pair(world), paymentTermsId=made["id"])
    worlds.cycles(world, 2)
    return world


@pytest.mark.bulk
def test_a_new_payment_terms_code_names_the_option_to_add() -> None:
    world = with_new_payment_terms()
    (missing,) = worlds.problems(world, "PAYMENT TERMS")
    assert "7 DAYS" in missing["message"]
    assert "paymenttermscode" in missing["message"]
    assert worlds.codes(world) == ["waits_for_lookup"]


@pytest.mark.bulk
def test_a_new_payment_terms_code_heals_after_the_option_was_added() -> None:
    world = with_new_payment_terms()
    add_options(world, {"paymenttermscode": ["7 DAYS"]})
    worlds.settled(world)
    assert worlds.problems(world, "PAYMENT TERMS") == []
    option = worlds.account_of(world, worlds.pair(world))["paymenttermscode"]
    assert option is not None
    worlds.assert_whole(world)


def test_a_changed_exchange_rate_is_written_to_sales_again(world: World) -> None:
    def rate() -> object:
        rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
        return next(each["exchangerate"] for each in rows if each["isocurrencycode"] == "EUR")

    before = rate()
    title = world.bc.env.companies[world.at.connection.company_id].name
    change = {"company": title, "currencyCode": "EUR", "relationalExchangeRateAmount": 77.0}
    world.clock.now += 60
    control.set_exchange_rate(world.bc.env, change)
    worlds.cycles(world, 2)
    assert rate() != before
    assert worlds.problems(world, "CURRENCY") == []
    worlds.assert_quiet(world)


@pytest.mark.parametrize("action", ["upper", "phone", "trim"])
def test_what_a_plugin_of_sales_makes_of_a_value_causes_no_ping_pong(action: str) -> None:
    column = "telephone1" if action == "phone" else "name"
    plugins = [{"table": "account", "column": column, "action": action}]
    world = worlds.synced(sales_options={"plugins": plugins})
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, displayName="Cannon & sons", phoneNumber="+44 (0)1 23-45")
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["displayName"] == "Cannon & sons"
    worlds.assert_quiet(world)
    assert worlds.problems(world) == []
    worlds.edit_sales(world, pair, emailaddress1="a@b.example")
    worlds.cycles(world, 2)
    assert worlds.customer_of(world, pair)["displayName"] == "Cannon & sons"
    assert worlds.customer_of(world, pair)["email"] == "a@b.example"
    worlds.assert_quiet(world)


def test_a_plugin_that_refuses_a_value_fails_the_record_with_its_words() -> None:
    plugins = [
        {"table": "account", "column": "name", "action": "refuse", "contains": "bad", "message": "No!"}
    ]
    world = worlds.synced(sales_options={"plugins": plugins})
    worlds.edit_bc(world, worlds.pair(world), displayName="a bad name")
    worlds.edit_bc(world, worlds.pair(world, "20000"), displayName="a good name")
    worlds.cycle(world)
    (failed,) = worlds.problems(world)
    assert failed["code"] == "refused"
    assert "No!" in failed["message"]
    assert worlds.account_of(world, worlds.pair(world, "20000"))["name"] == "a good name"


ODD = [
    "😀 Emoji GmbH 👩‍👩‍👧",
    "שלום עולם ליד ABC",
    'O\'Brien & Söhne <b>"quoted"</b>',
    "%20 + # ? / \\ {x} [y] (z), ; = @ ~",
    "Zażółć gęślą jaźń",
    "e\u0301 decomposed",
    "tab\there",
    "𠜎𠜱𠝹",
    "x" * 100,
    "ä" * 100,
    "null",
    "0001-01-01",
]


@pytest.mark.bulk
def test_odd_names_reach_the_other_side_as_they_are(world: World) -> None:
    for each in ODD:
        worlds.new_customer(world, each)
        worlds.new_account(world, each + "!" if len(each) < 100 else each[:-1])
    worlds.cycles(world, 4)
    worlds.assert_whole(world)


def test_odd_names_are_edited_and_stay_as_they_are(world: World) -> None:
    pair = worlds.pair(world)
    for number, each in enumerate(ODD):
        if number % 2:
            worlds.edit_bc(world, pair, displayName=each)
        else:
            worlds.edit_sales(world, pair, name=each)
        worlds.cycle(world)
        assert worlds.composed(worlds.customer_of(world, pair)["displayName"]) == worlds.composed(each)
        assert worlds.composed(worlds.account_of(world, pair)["name"]) == worlds.composed(each)
    worlds.assert_whole(world)


@pytest.mark.bulk
def test_half_a_surrogate_pair_fails_alone_or_arrives_but_stops_nobody() -> None:
    odd = worlds.company()
    rows = [dict(each) for each in odd.records["customers"]]
    rows[0]["displayName"] = "half \ud800 pair"
    world = worlds.new_world([replace(odd, records={**odd.records, "customers": rows})])
    worlds.full(world)
    worlds.settled(world)
    assert {a["name"] for a in worlds.accounts(world)} >= {"The Cannon Group PLC", "Selangorian Ltd."}
    assert len(worlds.accounts(world)) + len(worlds.problems(world)) == 3


def test_half_a_surrogate_pair_in_a_conflict_is_listed_and_other_records_go_through(world: World) -> None:
    pair, other = worlds.pair(world), worlds.pair(world, "20000")
    worlds.edit_bc(world, pair, displayName="half \ud800 pair 😀")
    worlds.edit_sales(world, pair, name="another")
    worlds.edit_bc(world, other, phoneNumber="+44 1")
    assert worlds.cycle(world) == 0
    assert worlds.codes(world) == ["conflict"]
    assert worlds.account_of(world, other)["telephone1"] == "+44 1"


def test_the_fixture_helpers_build_independent_worlds() -> None:
    one, other = worlds.synced(), worlds.synced()
    worlds.new_customer(one, "Only here")
    assert len(worlds.customers(other)) == 3
