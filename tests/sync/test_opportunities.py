"""Opportunities: open ones go both ways, estimates and closing go to Sales."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from local.simulation.world import CompanyRecords, World, build, published
from local.simulators.business_central import control_edits
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from tests.sync import worlds
from tests.sync.copies import copied

NAME = "OPPORTUNITY"
COMPANIES = frozenset({"CT000007", "CT000011", "CT000009", "CT000023", "CT100006"})
"""Company contacts of four customers, and of one company that is none."""
PERSONAL, OF_COMPANY, OF_NOBODY, WON = "OP100022", "OP100023", "OP100001", "OP100015"


@cache
def _company() -> CompanyRecords:
    """A few customers with their people and opportunities."""
    whole = published()
    records = {name: list(whole.records[name]) for name in (*worlds.HEART_TABLES, "opportunities")}
    relations = records["contactBusinessRelations"]
    numbers = {each["relatedNumber"] for each in relations if each["contactNumber"] in COMPANIES}
    contacts = [each for each in records["contacts"] if each["companyNumber"] in COMPANIES]
    known = {each["number"] for each in contacts}
    records["contacts"] = contacts
    records["customers"] = [each for each in records["customers"] if each["number"] in numbers]
    records["opportunities"] = [each for each in records["opportunities"] if each["contactNumber"] in known]
    return replace(whole, records=records)


@copied
def synchronised() -> World:
    users = [each | {"islicensed": True} for each in worlds.sales_rows("overlap_systemusers")]
    world = build(
        [_company()],
        worlds.sales_setup() | {"systemuser": users},
        mappings=[NAME],
        features=["opportunities"],
    )
    codes = _company().records
    worlds.add_options(
        world,
        {
            "paymenttermscode": [each["code"] for each in codes["paymentTerms"]],
            "address1_freighttermscode": [each["code"] for each in codes["shipmentMethods"]],
        },
    )
    worlds.full(world, release=list(world.at.mappings))
    world.settle(3)
    return world


@pytest.fixture
def world() -> World:
    return synchronised()


def of_bc(world: World) -> dict[str, dict[str, Any]]:
    found = world.person_in_bc().call("GET", "opportunities", **worlds.PRIMARY)["value"]
    return {each["number"]: each for each in found}


def of_sales(world: World) -> dict[str, dict[str, Any]]:
    return {
        each["opportunityid"]: each for each in world.person_in_sales.call("GET", "opportunities")["value"]
    }


def couplings(world: World, mapping: str = NAME) -> dict[str, Coupling]:
    return {each.bc_id: each for each in world.at.couplings(mapping).all_coupled()}


def row(world: World, number: str) -> dict[str, Any]:
    """The Sales row of an opportunity of Business Central."""
    coupling = couplings(world)[of_bc(world)[number]["id"]]
    return of_sales(world)[coupling.sales_id]


def edit_in_bc(world: World, number: str, **values: object) -> None:
    """What a salesperson does in Business Central's own pages: wizards may change what the API does not."""
    company = world.bc.env.companies[world.at.connection.company_id]
    wanted = {"table": "opportunities", "id": of_bc(world)[number]["id"], "values": values}
    control_edits.edit_row(world.bc.env, company, wanted)


def edit_in_sales(world: World, number: str, **values: object) -> None:
    world.person_in_sales.edit(f"opportunities({row(world, number)['opportunityid']})", **values)


def contact_id(world: World, number: str, side: Side = Side.SALES) -> str:
    found = world.at.couplings("CONTACT").by_reference([number])
    return found[number].id_on(side)


def users(world: World) -> dict[str, str]:
    """The users that are salespeople, by code."""
    return {each.reference: each.sales_id for each in world.at.couplings("SALESPEOPLE").all_coupled()}


def account_id(world: World, company_contact: str) -> str:
    return world.at.couplings("CUSTOMER").by_reference([company_contact])[company_contact].sales_id


def close_in_sales(world: World, number: str, action: str, status: int) -> None:
    link = {"opportunityid@odata.bind": f"/opportunities({row(world, number)['opportunityid']})"}
    body = {"Status": status, "OpportunityClose": {"subject": "x", **link}}
    world.person_in_sales.call("POST", action, body)


def test_open_opportunities_of_customers_are_in_sales_and_the_others_are_not(world: World) -> None:
    customers = {each["companyNumber"] for each in _company().records["contacts"]} - {"CT100006"}
    people = {e["number"]: e["companyNumber"] for e in _company().records["contacts"]}
    expected = {
        each["id"]
        for each in of_bc(world).values()
        if not each["closed"] and people[each["contactNumber"]] in customers
    }
    assert couplings(world).keys() == expected
    assert len(of_sales(world)) == len(expected) == 4
    assert worlds.codes(world, NAME) == []


@pytest.mark.conforms("139182.CoupleOpportunityToNew")
def test_a_row_carries_estimate_date_probability_contact_and_account(world: World) -> None:
    there, here = row(world, PERSONAL), of_bc(world)[PERSONAL]
    assert there["name"] == here["description"]
    assert there["estimatedvalue"] == here["estimatedValue"] == 5000
    assert there["estimatedclosedate"] == here["estimatedClosingDate"]
    assert there["closeprobability"] == here["chancesOfSuccessPrc"]
    assert there["isrevenuesystemcalculated"] is False
    assert there["_parentcontactid_value"] == contact_id(world, here["contactNumber"])
    assert there["_parentaccountid_value"] == there["_customerid_value"] == account_id(world, "CT000007")
    assert there["tandem_companyid"] == world.at.connection.company_id


def test_an_opportunity_of_a_company_has_an_account_and_no_contact(world: World) -> None:
    there = row(world, OF_COMPANY)
    assert there["_parentcontactid_value"] is None
    assert there["_parentaccountid_value"] == there["_customerid_value"] == account_id(world, "CT000009")


def test_the_salesperson_owns_the_row(world: World) -> None:
    owners = {
        row(world, number)["_ownerid_value"]: users(world)[each["salespersonCode"]]
        for number, each in of_bc(world).items()
        if each["id"] in couplings(world)
    }
    assert list(owners) == list(owners.values())
    assert len(owners) > 1


@pytest.mark.conforms("139182.CoupleOpportunityToNewEmptySalespersonCode")
def test_without_a_salesperson_the_row_belongs_to_tandem(world: World) -> None:
    edit_in_bc(world, PERSONAL, salespersonCode="")
    entered = world.person_in_bc().call(
        "POST", "opportunities", {"description": "Lamps", "contactNumber": "CT000009", "salespersonCode": ""}
    )
    worlds.cycles(world, 2)
    assert entered["salespersonCode"] == ""
    owner = of_sales(world)[couplings(world)[entered["id"]].sales_id]["_ownerid_value"]
    assert owner not in users(world).values()
    assert row(world, PERSONAL)["_ownerid_value"] in users(world).values()


def test_the_name_goes_both_ways(world: World) -> None:
    world.person_in_bc().edit(f"opportunities({of_bc(world)[PERSONAL]['id']})", description="Ten chairs")
    edit_in_sales(world, OF_COMPANY, name="Two desks")
    worlds.cycles(world, 2)
    assert row(world, PERSONAL)["name"] == "Ten chairs"
    assert of_bc(world)[OF_COMPANY]["description"] == "Two desks"
    assert worlds.codes(world, NAME) == []


def test_a_contact_chosen_in_sales_is_that_of_business_central(world: World) -> None:
    colleague = next(
        each["number"]
        for each in _company().records["contacts"]
        if each["companyNumber"] == "CT000007" and each["type"] == "Person"
        and each["number"] != of_bc(world)[PERSONAL]["contactNumber"]
    )  # fmt: skip
    bound = f"/contacts({contact_id(world, colleague)})"
    edit_in_sales(world, PERSONAL, **{"parentcontactid@odata.bind": bound})
    worlds.cycles(world, 2)
    assert of_bc(world)[PERSONAL]["contactNumber"] == colleague


def test_no_contact_in_sales_means_the_company(world: World) -> None:
    edit_in_sales(world, PERSONAL, **{"parentcontactid@odata.bind": None})
    worlds.cycles(world, 2)
    assert of_bc(world)[PERSONAL]["contactNumber"] == "CT000007"
    assert row(world, PERSONAL)["_parentaccountid_value"] == account_id(world, "CT000007")


def test_an_estimate_follows_business_central(world: World) -> None:
    edit_in_bc(
        world, PERSONAL, estimatedValue=7250.5, chancesOfSuccessPrc=60, estimatedClosingDate="2027-03-01"
    )
    worlds.cycles(world, 2)
    there = row(world, PERSONAL)
    assert (there["estimatedvalue"], there["closeprobability"]) == (7250.5, 60)
    assert there["estimatedclosedate"] == "2027-03-01"


def test_an_opportunity_entered_in_sales_is_in_business_central_with_its_owner_as_salesperson(
    world: World,
) -> None:
    person = of_bc(world)[PERSONAL]["contactNumber"]
    made = enter_in_sales(world, "Sixty lamps", person, users(world)["OF"])
    worlds.cycles(world, 3)
    (found,) = [each for each in of_bc(world).values() if each["description"] == "Sixty lamps"]
    assert (found["contactNumber"], found["salespersonCode"]) == (person, "OF")
    there = of_sales(world)[made]
    assert (there["estimatedvalue"], there["estimatedclosedate"]) == (1200, "2027-02-03")
    assert there["_ownerid_value"] == users(world)["OF"]
    assert worlds.codes(world, NAME) == []


def enter_in_sales(world: World, name: str, person: str, owner: str, **more: object) -> str:
    body = {
        "name": name,
        "estimatedvalue": 1200,
        "estimatedclosedate": "2027-02-03",
        "parentcontactid@odata.bind": f"/contacts({contact_id(world, person)})",
        "parentaccountid@odata.bind": f"/accounts({account_id(world, 'CT000007')})",
        "ownerid@odata.bind": f"/systemusers({owner})",
        **more,
    }
    made = world.person_in_sales.call("POST", "opportunities", body, prefer="return=representation")
    return str(made["opportunityid"])


@pytest.mark.parametrize(("status", "state"), [("Won", (1, 3)), ("Lost", (2, 4))])
def test_what_business_central_closes_is_closed_in_sales(
    world: World, status: str, state: tuple[int, int]
) -> None:
    edit_in_bc(world, PERSONAL, status=status, closed=True, dateClosed="2026-11-20", description="Ten chairs")
    worlds.cycles(world, 2)
    there = row(world, PERSONAL)
    assert (there["statecode"], there["statuscode"]) == state
    assert (there["actualclosedate"], there["name"]) == ("2026-11-20", "Ten chairs")
    worlds.assert_quiet(world)


def test_what_sales_closed_stays_closed_and_is_left_alone(world: World) -> None:
    close_in_sales(world, PERSONAL, "WinOpportunity", 3)
    worlds.cycles(world, 2)
    world.person_in_bc().edit(f"opportunities({of_bc(world)[PERSONAL]['id']})", description="Ten chairs")
    worlds.cycles(world, 2)
    there = row(world, PERSONAL)
    assert (there["statecode"], there["name"]) == (1, _named(PERSONAL))
    assert of_bc(world)[PERSONAL]["status"] == "In_x0020_Progress"
    assert worlds.codes(world, NAME) == []
    edit_in_sales(world, PERSONAL, statecode=0, statuscode=1)
    worlds.cycles(world, 2)
    assert row(world, PERSONAL)["name"] == "Ten chairs"


def _named(number: str) -> str:
    records = _company().records["opportunities"]
    return str(next(each["description"] for each in records if each["number"] == number))


def test_an_opportunity_closed_before_it_was_in_sales_stays_out(world: World) -> None:
    world.person_in_bc().edit(f"opportunities({of_bc(world)[WON]['id']})", description="Long ago")
    worlds.cycles(world, 2)
    assert of_bc(world)[WON]["id"] not in couplings(world)


@pytest.mark.conforms("139182.CoupleOpportunity")
def test_the_same_opportunity_on_both_sides_is_coupled_and_not_doubled(world: World) -> None:
    """By its name and contact: both were entered before anything was synchronised."""
    person = of_bc(world)[PERSONAL]["contactNumber"]
    before = len(of_bc(world)), len(of_sales(world))
    world.at.schedules.change(NAME, 60, disabled_because="both sides are entered at once")
    body = {"description": "Sixty lamps", "contactNumber": person}
    entered = world.person_in_bc().call("POST", "opportunities", body)["id"]
    made = enter_in_sales(world, "Sixty lamps", person, users(world)["OF"])
    worlds.full(world)
    world.settle(2)
    assert (len(of_bc(world)), len(of_sales(world))) == (before[0] + 1, before[1] + 1)
    assert couplings(world)[entered].sales_id == made


def test_an_opportunity_of_a_new_customer_waits_for_it_and_then_goes_through(world: World) -> None:
    person = world.person_in_bc()
    person.call("POST", "customers", {"displayName": "Lampenhaus"})
    employer = next(
        each for each in person.call("GET", "contacts")["value"] if each["displayName"] == "Lampenhaus"
    )
    body = {"displayName": "Uta Licht", "type": "Person", "companyNumber": employer["number"]}
    contact = person.call("POST", "contacts", body)["number"]
    entered = person.call("POST", "opportunities", {"description": "Lamps", "contactNumber": contact})["id"]
    world.at.schedules.change("CONTACT", 60, disabled_because="later")
    worlds.cycles(world, 2)
    assert worlds.codes(world, NAME) == ["waits_for_lookup"]
    world.at.schedules.change("CONTACT", 60, disabled_because="")
    worlds.cycles(world, 3)
    assert entered in couplings(world)
    assert worlds.codes(world, NAME) == []


def lose_answer_to(world: World, side: Side, text: bytes) -> worlds.Wire:
    """The first request with this text is carried out and its answer lost."""

    def lose() -> None:
        raise worlds.ConnectionLost

    wire = worlds.tap(world, side)
    wire.after = worlds.once(lose, lambda request: text in request.body)
    return wire


def test_a_lost_answer_makes_no_second_opportunity_in_business_central(world: World) -> None:
    person = of_bc(world)[PERSONAL]["contactNumber"]
    enter_in_sales(world, "Sixty lamps", person, users(world)["OF"])
    wire = lose_answer_to(world, Side.BC, b"Sixty lamps")
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert any(b"Sixty lamps" in each.body for each in wire.seen)
    assert [each["description"] for each in of_bc(world).values()].count("Sixty lamps") == 1
    assert worlds.codes(world, NAME) == []


def test_a_lost_answer_to_closing_closes_once(world: World) -> None:
    edit_in_bc(world, PERSONAL, status="Won", closed=True, dateClosed="2026-11-20")
    wire = lose_answer_to(world, Side.SALES, b"WinOpportunity")
    worlds.cycles(world, 3)
    assert (row(world, PERSONAL)["statecode"], worlds.codes(world, NAME)) == (1, [])
    assert sum(b"WinOpportunity" in each.body for each in wire.seen) == 1


def test_an_edit_in_sales_at_the_moment_of_closing_is_not_lost(world: World) -> None:
    """The conditional update before the action does not go through, so the row is read again."""
    edit_in_bc(world, PERSONAL, status="Won", closed=True, dateClosed="2026-11-20")
    wire = worlds.tap(world, Side.SALES)
    wire.before = worlds.once(lambda: edit_in_sales(world, PERSONAL, name="Ten chairs, and a desk"))
    worlds.cycles(world, 3)
    there = row(world, PERSONAL)
    assert (there["statecode"], there["name"]) == (1, "Ten chairs, and a desk")
    assert of_bc(world)[PERSONAL]["description"] == "Ten chairs, and a desk"


def test_a_quiet_cycle_only_looks(world: World) -> None:
    worlds.assert_quiet(world)
