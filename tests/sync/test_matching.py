"""Matching before the first full synchronisation, with the records of both services."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.sync import matching
from shared_code.sync.matching import match_uncoupled
from shared_code.systems import business_central_scan
from shared_code.systems.interface import Sighting
from tests.sync import worlds


def row(number: int, **values: object) -> dict[str, Any]:
    row_id = f"a0000000-0000-4000-8000-{number:012d}"
    return {"accountid": row_id, "name": f"Row {number}", "customertypecode": 3, "statecode": 0} | values


def world_with(*rows: dict[str, Any]) -> World:
    return worlds.new_world(sales={"account": list(rows)})


def matched(world: World) -> matching.MatchResult:
    return match_uncoupled(world.parts, world.at, world.at.mapping("CUSTOMER"), "job")


def test_an_equal_number_couples_without_regard_to_case_and_blanks() -> None:
    world = world_with(row(1, accountnumber=" 10000 "))
    assert matched(world).coupled == 1
    assert worlds.pair(world).sales_id == row(1)["accountid"]


def test_a_number_comes_before_an_email() -> None:
    email = worlds.company().records["customers"][0]["email"]
    other = next(c["number"] for c in worlds.company().records["customers"] if c["email"] != email)
    world = world_with(row(1, accountnumber=other, emailaddress1=email))
    assert matched(world).coupled == 1
    assert worlds.pair(world, other).sales_id == row(1)["accountid"]


def test_a_value_that_two_rows_hold_couples_neither_and_marks_all() -> None:
    world = world_with(row(1, accountnumber="10000"), row(2, accountnumber="10000"))
    result = matched(world)
    assert (result.coupled, result.candidates) == (0, 3)
    assert set(worlds.codes(world)) == {"possible_partner"}


def test_an_equal_name_alone_only_suggests() -> None:
    world = world_with(row(1, name="selangorian  LTD."))
    result = matched(world)
    assert (result.coupled, result.candidates) == (0, 2)


@pytest.mark.parametrize(
    "values",
    [{"customertypecode": 1}, {"statecode": 1, "statuscode": 2},
     {"tandem_companyid": "11111111-1111-1111-1111-111111111111"}],
    ids=["no customer", "inactive", "of another company"],
)  # fmt: skip
def test_a_row_outside_the_filter_is_not_matched(values: dict[str, object]) -> None:
    world = world_with(row(1, accountnumber="10000", **values))
    result = matched(world)
    assert (result.coupled, result.left_sales) == (0, 0)


def test_a_repeated_matching_finds_the_coupled_ones_coupled() -> None:
    world = world_with(row(1, accountnumber="10000"))
    assert matched(world).coupled == 1
    again = matched(world)
    assert (again.coupled, again.left_bc, again.left_sales) == (0, 2, 0)


def test_a_pair_that_somebody_coupled_meanwhile_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_with(row(1, accountnumber="10000"), row(2, accountnumber="20000"))
    first = worlds.customer(world, "10000")["id"]
    real = matching.couple_pairs

    def couple_late(*arguments: Any) -> Any:
        store = world.at.couplings("CUSTOMER")
        store.transact(store.insert_operations(Coupling(first, "b0000000-0000-4000-8000-000000000009")))
        return real(*arguments)

    monkeypatch.setattr(matching, "couple_pairs", couple_late)
    assert matched(world).coupled == 1
    assert worlds.pair(world).sales_id.startswith("b")
    assert worlds.pair(world, "20000").sales_id == row(2)["accountid"]


def test_matching_writes_to_neither_service() -> None:
    world = world_with(row(1, accountnumber="10000"), row(2))
    wires = [worlds.tap(world, side) for side in Side]
    matched(world)
    assert not any(worlds.is_write(request) for wire in wires for request in wire.seen)


def test_too_many_uncoupled_records_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MAX_UNCOUPLED", 1)
    world = world_with(row(1), row(2))
    with pytest.raises(matching.TooMany, match="more than 1 uncoupled"):
        matched(world)
    lines = worlds.full(world)
    assert lines["CUSTOMER"]["jobQueueEntryStatus"] == "Error"
    assert "uncoupled" in lines["CUSTOMER"]["message"]
    assert lines["CONTACT"]["jobQueueEntryStatus"] in ("Finished", "Error")


def test_an_email_that_a_record_outside_the_filter_holds_too_couples_nobody() -> None:
    email = worlds.company().records["customers"][0]["email"]
    world = world_with(row(1, emailaddress1=email), row(2, emailaddress1=email, customertypecode=1))
    result = matched(world)
    assert (result.coupled, result.candidates) == (0, 2)


def test_a_number_that_an_old_record_holds_too_still_couples() -> None:
    world = world_with(
        row(1, accountnumber="10000"), row(2, accountnumber="10000", statecode=1, statuscode=2)
    )
    assert matched(world).coupled == 1
    assert worlds.pair(world).sales_id == row(1)["accountid"]


def test_an_email_of_another_companys_row_raises_no_doubt() -> None:
    email = worlds.company().records["customers"][0]["email"]
    other = "11111111-1111-1111-1111-111111111111"
    world = world_with(row(1, emailaddress1=email), row(2, emailaddress1=email, tandem_companyid=other))
    assert matched(world).coupled == 1


def test_the_email_of_a_person_that_the_company_has_too_is_the_persons() -> None:
    email, parent = "together@contoso.com", "_parentcustomerid_value"
    kind = f"{parent}@Microsoft.Dynamics.CRM.lookuplogicalname"
    contact = {"contactid": row(7)["accountid"], "lastname": "Any", "emailaddress1": email, "statecode": 0,
               parent: row(1)["accountid"], kind: "account"}  # fmt: skip
    world = worlds.new_world(sales={"account": [row(1)], "contact": [contact]})
    [person, *_] = [each for each in worlds.contacts(world, Side.BC) if each["type"] == "Person"]
    for each in worlds.contacts(world, Side.BC):
        if each["number"] in (person["number"], person["companyNumber"]):
            world.person_in_bc().edit(f"contacts({each['id']})", email=email)
    match_uncoupled(world.parts, world.at, world.at.mapping("CONTACT"), "job")
    coupled = world.at.couplings("CONTACT").load(Side.BC, [person["id"]])[person["id"]]
    assert coupled.sales_id == contact["contactid"]


def test_an_empty_table_of_sales_is_matched_with_a_small_page_of_business_central(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "FIRST_LOOK", 2)
    monkeypatch.setattr(matching, "MAX_UNCOUPLED", 2)
    world = world_with()
    world.reset_requests()
    result = matched(world)
    assert (result.left_bc, result.left_sales, result.coupled) == (2, 0, 0)
    assert world.requests["bc"].count("scan") == 1


def test_where_the_small_page_shows_none_inside_the_filter_the_next_page_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customers = sorted(each["id"] for each in worlds.company().records["customers"])
    outside = set[str]()

    def may_be_inside(at: object, mapping: object, side: Side, seen: Sighting) -> bool:
        if len(outside) < 2:
            outside.add(seen.id)
        return seen.id not in outside

    monkeypatch.setattr(matching, "FIRST_LOOK", 2)
    monkeypatch.setattr(matching, "may_be_inside", may_be_inside)
    world = world_with()
    world.reset_requests()
    assert matched(world).left_bc == len(customers) - 2 > 0
    assert world.requests["bc"].count("scan") == 2


def test_with_one_row_in_sales_all_of_business_central_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_central_scan, "PAGE_SIZE", 2)
    customers = len(worlds.company().records["customers"])
    world = world_with(row(1))
    result = matched(world)
    assert result.left_bc == customers > 2
