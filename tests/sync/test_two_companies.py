"""Two companies of Business Central on one organisation of Sales: nothing of one touches the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import CompanyRecords, World
from shared_code.core.instructions import Instruction
from shared_code.core.records import Side
from shared_code.store import couplings, jobs, schedules, watermarks
from shared_code.sync import on_demand, tick, views
from tests.sync import worlds


def other_company() -> CompanyRecords:
    """A second company with two customers of its own; one has the number of one of the first company."""
    first = worlds.company()
    second = worlds.company("usa", "CRONUS USA, Inc.")
    rows = []
    for number, name in (("10000", "Adatum Corporation"), ("77000", "Trey Research")):
        row = dict(first.records["customers"][0])
        row |= {"id": f"77700000-0000-4000-8000-0000000{number}", "number": number, "displayName": name}
        row |= {"email": f"{number}@usa.example", "salespersonCode": "", "currencyId": worlds_zero()}
        rows.append(
            row | {"currencyCode": "", "paymentTermsId": worlds_zero(), "shipmentMethodId": worlds_zero()}
        )
    kept = {"customers": rows, "contacts": [], "contactBusinessRelations": [], "salespeople": []}
    return replace(second, records={**second.records, **kept})


def worlds_zero() -> str:
    return "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> World:
    return worlds.synced([worlds.company(), other_company()])


def names(rows: list[dict[str, Any]], key: str) -> set[str]:
    return {each[key] for each in rows}


def test_each_company_has_its_own_customers_and_sales_has_all(world: World) -> None:
    assert names(worlds.customers(world, "usa"), "displayName") == {"Adatum Corporation", "Trey Research"}
    assert len(worlds.customers(world, "cronus")) == 3
    assert len(worlds.accounts(world)) == 5


def test_accounts_carry_the_mark_of_their_company(world: World) -> None:
    marks = {a["name"]: a["tandem_companyid"] for a in worlds.accounts(world)}
    usa = world.parts.connection("usa").connection.company_id
    assert marks["Trey Research"] == usa
    assert marks["Selangorian Ltd."] == world.at.connection.company_id


def test_customers_of_the_same_number_stay_two_accounts(world: World) -> None:
    numbers = sorted(a["accountnumber"] for a in worlds.accounts(world))
    assert numbers.count("10000") == 2


def test_an_edit_of_one_companys_customer_reaches_its_own_account_only(world: World) -> None:
    pair = worlds.pair(world, "10000", "usa")
    before = worlds.account_of(world, worlds.pair(world, "10000", "cronus"))
    world.person_in_bc("usa").edit(f"customers({pair.bc_id})", phoneNumber="+1 5")
    worlds.cycle(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+1 5"
    assert worlds.account_of(world, worlds.pair(world, "10000", "cronus")) == before


def test_an_edit_of_an_account_reaches_the_company_it_belongs_to(world: World) -> None:
    pair = worlds.pair(world, "10000", "usa")
    worlds.edit_sales(world, pair, telephone1="+1 6")
    worlds.cycle(world)
    assert worlds.customer(world, "10000", "usa")["phoneNumber"] == "+1 6"
    assert worlds.customer(world, "10000", "cronus")["phoneNumber"] != "+1 6"


def test_a_new_customer_of_one_company_is_not_created_in_the_other(world: World) -> None:
    worlds.new_customer(world, "Fresh Ltd.", "usa")
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert names(worlds.accounts(world), "name") >= {"Fresh Ltd."}
    assert "Fresh Ltd." not in names(worlds.customers(world, "cronus"), "displayName")
    assert len(worlds.accounts(world)) == 6


def test_a_new_account_without_a_mark_becomes_a_customer_of_one_company_only(world: World) -> None:
    worlds.new_account(world, "Fresh Ltd.")
    worlds.cycles(world, 3)
    worlds.settled(world)
    owners = [
        n for n in ("cronus", "usa") if "Fresh Ltd." in names(worlds.customers(world, n), "displayName")
    ]
    assert len(owners) == 1
    (row,) = [a for a in worlds.accounts(world) if a["name"] == "Fresh Ltd."]
    assert row["tandem_companyid"] == world.parts.connection(owners[0]).connection.company_id


def test_a_new_account_with_a_mark_becomes_a_customer_of_that_company(world: World) -> None:
    usa = world.parts.connection("usa").connection.company_id
    worlds.new_account(world, "Fresh Ltd.", tandem_companyid=usa)
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert "Fresh Ltd." in names(worlds.customers(world, "usa"), "displayName")
    assert "Fresh Ltd." not in names(worlds.customers(world, "cronus"), "displayName")


def test_shared_currencies_are_written_by_the_first_company_only(world: World) -> None:
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    codes = [each["isocurrencycode"] for each in rows]
    assert len(codes) == len(set(codes))
    marks = {each["tandem_companyid"] for each in rows if each["tandem_companyid"]}
    assert marks == {world.at.connection.company_id}
    usa = world.parts.connection("usa")
    coupled = {each.sales_id for each in usa.couplings("CURRENCY").all_coupled()}
    assert coupled <= {each["transactioncurrencyid"] for each in rows}
    assert coupled


def test_what_the_second_company_changes_in_a_shared_currency_is_not_written(world: World) -> None:
    person = world.person_in_bc("usa")
    euro = next(c for c in person.call("GET", "currencies")["value"] if c["code"] == "EUR")
    person.edit(f"currencies({euro['id']})", displayName="Euro of the USA")
    worlds.cycles(world, 2)
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    assert "Euro of the USA" not in names(rows, "currencyname")


def test_problems_and_switches_of_one_company_are_not_the_others(world: World) -> None:
    worlds.new_customer(world, "x", "usa")
    usa = world.parts.connection("usa")
    usa.schedules.change("CUSTOMER", 60, disabled_because="a test says so")
    worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    worlds.cycle(world)
    assert worlds.account_of(world, worlds.pair(world))["telephone1"] == "+44 1"
    assert "x" not in names(worlds.accounts(world), "name")
    health = views.health_view(world.parts)["connections"]
    assert list(health["usa"]["disabled"]) == ["CUSTOMER"]
    assert health["cronus"]["disabled"] == {}


def test_a_conflict_of_one_company_is_not_listed_for_the_other(world: World) -> None:
    pair = worlds.pair(world, "10000", "usa")
    world.person_in_bc("usa").edit(f"customers({pair.bc_id})", phoneNumber="+1 1")
    worlds.edit_sales(world, pair, telephone1="+1 2")
    worlds.cycle(world)
    assert [p["code"] for p in worlds.problems(world, "CUSTOMER", "usa")] == ["conflict"]
    assert worlds.problems(world, "CUSTOMER", "cronus") == []


def test_every_stored_row_belongs_to_one_connection(world: World) -> None:
    for table in (couplings.TABLE, jobs.JOBS, jobs.BATCHES, watermarks.TABLE, schedules.TABLE):
        partitions = {each.partition for each in world.tables.scan(table, limit=10_000)}
        assert {name for name in ("cronus", "usa") if any(p.startswith(name) for p in partitions)} == {
            "cronus",
            "usa",
        }
        assert all(p.startswith(("cronus", "usa")) for p in partitions), table


def test_both_companies_are_quiet_when_nothing_changes(world: World) -> None:
    world.settle(2)
    assert worlds.writes_of_a_cycle(world) == []
    assert worlds.waiting_messages(world) == 0
    for name in ("cronus", "usa"):
        worlds.assert_jobs_add_up(world, name)


def test_the_second_company_meets_the_new_account_while_the_first_creates_its_customer(world: World) -> None:
    worlds.new_account(world, "Fresh Ltd.")
    usa = world.parts.connection("usa")
    wire = worlds.tap(world, Side.BC)

    def the_other_looks() -> None:
        tick.look(world.parts, usa, usa.mapping("CUSTOMER"), (Side.SALES,))
        worlds.deliver(world)

    wire.after = worlds.once(the_other_looks)
    worlds.cycles(world, 3)
    worlds.settled(world)
    owners = [
        n for n in ("cronus", "usa") if "Fresh Ltd." in names(worlds.customers(world, n), "displayName")
    ]
    assert len(owners) == 1


def test_an_account_that_one_company_uncouples_is_no_new_one_for_the_other(world: World) -> None:
    at = world.parts.connection("usa")
    pair = next(iter(at.couplings("CUSTOMER").all_coupled()))
    on_demand.queue(
        world.parts, at, at.mapping("CUSTOMER"), Side.BC, [pair.bc_id], Instruction.UNCOUPLE
    )  # fmt: skip
    worlds.settled(world)
    worlds.full(world, connection="cronus")
    worlds.settled(world)
    assert {each.code for each in at.couplings("CUSTOMER").all_problems(9)} == {"uncoupled"}
    assert len(worlds.customers(world, "cronus")) == 3
    mark = world.person_in_sales.call("GET", f"accounts({pair.sales_id})")["tandem_companyid"]
    assert mark == at.connection.company_id
