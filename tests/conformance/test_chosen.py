"""What a person chooses to do with records: several at once, of several tables, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync import coupling_api, problem_api
from shared_code.sync.api import answering
from tests.conformance import scenes
from tests.sync import worlds


@pytest.fixture
def world() -> World:
    return worlds.synced()


def post(world: World, route: Any, mapping: str, **body: object) -> dict[str, Any]:
    answer = answering(lambda: route(world.parts, mapping, json.dumps(body).encode(), {}))
    assert answer.status in (200, 202), answer.text()
    shown: dict[str, Any] = answer.body
    return shown


def act(world: World, **body: object) -> dict[str, Any]:
    document = {"mapping": "CUSTOMER", **body}
    answer = answering(lambda: problem_api.act(world.parts, json.dumps(document).encode(), {}))
    assert answer.status == 202, answer.text()
    shown: dict[str, Any] = answer.body
    return shown


def new_contact(world: World, last_name: str, account: str, **values: object) -> str:
    """A salesperson enters a contact of an account; its id."""
    body = {"lastname": last_name, "parentcustomerid_account@odata.bind": f"/accounts({account})", **values}
    made = world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")
    return str(made["contactid"])


@pytest.mark.conforms("139162.UpdateMultipleNowToCRMForMany", "139162.UpdateMultipleNowFromCRMForMany")
@pytest.mark.parametrize("side", Side)
def test_several_chosen_records_are_synchronised_at_once_and_no_others(world: World, side: Side) -> None:
    worlds.only_customers(world)
    *chosen, other = [worlds.pair(world, number) for number in worlds.CUSTOMERS]
    edit = worlds.edit_bc if side is Side.BC else worlds.edit_sales
    column = "city" if side is Side.BC else "address1_city"
    for n, pair in enumerate((*chosen, other)):
        edit(world, pair, **{column: f"Town {n}"})
    ids = [pair.id_on(side) for pair in chosen]
    shown = post(
        world, coupling_api.synchronize, "CUSTOMER", side=side.value, ids=ids, values=f"{side.value}_values"
    )
    assert shown["queued"] == len(chosen)
    worlds.deliver(world)

    def towns() -> list[str]:
        pairs = (*chosen, other)
        if side is Side.BC:
            return [worlds.account_of(world, each)["address1_city"] for each in pairs]
        return [worlds.customer_of(world, each)["city"] for each in pairs]

    assert towns()[:-1] == ["Town 0", "Town 1"]
    assert towns()[-1] != "Town 2"


@pytest.mark.conforms("139162.UpdateMultipleNowNixedFromCRMForMany")
def test_chosen_records_of_several_tables_are_synchronised_each_by_its_mapping(world: World) -> None:
    customer, person = worlds.pair(world), scenes.contact_pairs(world)[0]
    worlds.edit_sales(world, customer, address1_city="Leeds")
    world.person_in_sales.edit(f"contacts({person.sales_id})", emailaddress1="leeds@example.com")
    for mapping, pair in (("CUSTOMER", customer), ("CONTACT", person)):
        ids = [pair.sales_id]
        shown = post(world, coupling_api.synchronize, mapping, side="sales", ids=ids, values="sales_values")
        assert shown["queued"] == 1
    worlds.deliver(world)
    assert worlds.customer_of(world, customer)["city"] == "Leeds"
    found = {each["id"]: each["email"] for each in worlds.contacts(world, Side.BC)}
    assert found[person.bc_id] == "leeds@example.com"


@pytest.mark.conforms("139162.CreateNewRecordsFromCRMMixedForMany")
def test_partners_of_rows_of_several_tables_are_created_in_business_central(world: World) -> None:
    first = worlds.pair(world)
    account = worlds.new_account(world, "Chosen Ltd.")
    contact = new_contact(world, "Chosen", first.sales_id, firstname="Ann")
    for mapping, row in (("CUSTOMER", account), ("CONTACT", contact)):
        assert post(world, coupling_api.create_partners, mapping, side="sales", ids=[row])["queued"] == 1
    worlds.deliver(world)
    assert scenes.coupled(world, "CUSTOMER", Side.SALES, account)
    assert scenes.coupled(world, "CONTACT", Side.SALES, contact)
    assert "Chosen Ltd." in {each["displayName"] for each in worlds.customers(world)}
    assert "Ann Chosen" in {each["displayName"] for each in worlds.contacts(world, Side.BC)}


@pytest.mark.conforms(
    "139181.TestCoupleCompanyContactThroughUI", "139181.TestCoupleContactWithoutParentCompanyContact"
)
@pytest.mark.parametrize("kind", ["Company", "Person"])
def test_a_company_and_a_person_without_one_cannot_be_coupled_as_a_contact(world: World, kind: str) -> None:
    made = world.person_in_bc().call("POST", "contacts", {"displayName": "Alone", "type": kind})["id"]
    first = worlds.pair(world)
    row = new_contact(world, "Alone", first.sales_id)
    shown = post(world, coupling_api.couple, "CONTACT", pairs=[{"bc": made, "sales": row}])
    assert [each["result"] for each in shown["pairs"]] == ["outside_filter"]
    assert scenes.coupled(world, "CONTACT", Side.BC, made) is None


@pytest.mark.conforms("139196.CoupleUsersActionOpensCRMSystemUsersList")
def test_users_of_sales_are_looked_up_by_name_and_told_with_their_salesperson(world: World) -> None:
    pair = next(iter(world.at.couplings("SALESPEOPLE").all_coupled()))
    user = world.person_in_sales.call("GET", f"systemusers({pair.sales_id})")
    query = {"side": "sales", "text": user["fullname"]}
    shown = answering(lambda: coupling_api.find_records(world.parts, "SALESPEOPLE", query)).body["records"]
    assert [(each["id"], each["coupledWith"]) for each in shown] == [(pair.sales_id, pair.bc_id)]


@pytest.mark.conforms("139196.CoupleUsersActionDisabled")
def test_where_salespeople_are_not_synchronised_none_can_be_coupled() -> None:
    world = worlds.new_world(mappings=["PAYMENT TERMS"])
    body = json.dumps({"pairs": [{"bc": "1", "sales": "2"}]}).encode()
    answer = answering(lambda: coupling_api.couple(world.parts, "SALESPEOPLE", body, {}))
    assert (answer.status, "SALESPEOPLE" in answer.text()) == (404, True)


@pytest.mark.conforms("139186.T112_RestoreOfOneSkippedRecDisablesActions")
def test_after_the_last_failure_was_tried_again_there_is_nothing_left_to_try(world: World) -> None:
    pair = worlds.pair(world)
    scenes.refuse_in_sales(world, "name", "Bad", "no")
    worlds.edit_bc(world, pair, displayName="Bad Ltd.")
    worlds.cycle(world)
    assert worlds.codes(world) == ["refused"]
    scenes.accept_in_sales(world)
    named = {"action": "retry", "records": [{"side": "bc", "id": pair.bc_id}]}
    assert act(world, **named)["count"] == 1
    worlds.deliver(world)
    assert worlds.problems(world) == []
    again = act(world, **named)
    assert again["count"] == 0
    assert "not listed" in again["leftOut"][0]["reason"]


@pytest.mark.conforms("139186.T125_CoupleActionOpensCouplingRecordPage")
def test_a_listed_record_is_coupled_by_hand_and_its_failure_ends(world: World) -> None:
    twin = worlds.new_account(world, "Twin Ltd.", customertypecode=3)
    made = worlds.new_customer(world, "Twin Ltd.")
    worlds.full(world)
    listed = {each["id"]: each["code"] for each in worlds.problems(world)}
    assert listed.get(made) == "possible_partner"
    shown = post(
        world, coupling_api.couple, "CUSTOMER", pairs=[{"bc": made, "sales": twin}], then="bc_values"
    )
    assert shown["coupled"] == 1
    worlds.settled(world)
    assert made not in {each["id"] for each in worlds.problems(world)}


@pytest.mark.bulk
@pytest.mark.conforms("139186.T167_RestoreDeletedRecords")
@pytest.mark.parametrize("gone", Side)
def test_several_deleted_partners_are_restored_at_once(world: World, gone: Side) -> None:
    worlds.only_customers(world)
    pairs = [worlds.pair(world, number) for number in worlds.CUSTOMERS[:2]]
    for pair in pairs:
        if gone is Side.BC:
            worlds.delete_customer(world, pair.bc_id)
            worlds.edit_sales(world, pair, telephone1="+44 5")
        else:
            scenes.delete_account(world, pair)
            worlds.edit_bc(world, pair, phoneNumber="+44 5")
    worlds.cycle(world)
    records = [{"side": "bc", "id": each.bc_id} for each in pairs]
    assert act(world, action="restore", records=records)["count"] == 2
    worlds.settled(world)
    assert worlds.problems(world) == []
    assert (len(worlds.customers(world)), len(worlds.accounts(world))) == (3, 3)
    worlds.assert_one_to_one(world)
