"""What a person wants done with records now: synchronise, create the partner, uncouple."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.coupling import CouplingState
from shared_code.core.records import Side
from shared_code.store.couplings import Coupling
from shared_code.sync import coupling_api, on_demand, views, walks
from shared_code.sync.api import Answer, answering
from shared_code.sync.clean_up import clean_up
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.density import places
from tests.sync.worlds import Operations

NOBODY = "f0000000-0000-4000-8000-000000000000"
type Route = Callable[..., Answer]


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def ask(route: Route, world: World, **body: object) -> dict[str, Any]:
    answer = answering(lambda: route(world.parts, "CUSTOMER", json.dumps(body).encode(), {}))
    assert answer.status == 202, answer.text()
    shown: dict[str, Any] = json.loads(answer.text())
    return shown


def coupled_ids(world: World) -> set[tuple[str, str]]:
    return {(each.bc_id, each.sales_id) for each in world.at.couplings("CUSTOMER").all_coupled()}


def edited_on_both_sides(world: World) -> Coupling:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber="+44 1", website="bc.example")
    worlds.edit_sales(world, pair, telephone1="+44 2", address1_city="Leeds")
    return pair


@pytest.mark.parametrize(
    ("values", "phone", "website", "city"),
    [("bc_values", "+44 1", "bc.example", "old"), ("sales_values", "+44 2", "", "Leeds")],
)
@pytest.mark.conforms(
    "139186.T120_SynchronizeForcesSyncOfSelectedSkippedRecord",
    "139186.T121_SynchronizeOfBidirectionalTableRequestsDirection",
    "139165.ForceSynchCoupledRecord",
)
@pytest.mark.parametrize("side", list(Side))
def test_the_values_of_the_chosen_side_count_wherever_the_two_differ(
    world: World, side: Side, values: str, phone: str, website: str, city: str
) -> None:
    old = worlds.customer(world, "10000")["city"]
    pair = edited_on_both_sides(world)
    shown = ask(coupling_api.synchronize, world, side=side.value, ids=[pair.id_on(side)], values=values)
    worlds.deliver(world)
    account, customer = worlds.account_of(world, pair), worlds.customer_of(world, pair)
    assert (account["telephone1"], customer["phoneNumber"]) == (phone, phone)
    assert (account["websiteurl"] or "", customer["website"]) == (website, website)
    assert account["address1_city"] == customer["city"] == (old if city == "old" else city)
    job = world.at.jobs.get(shown["job"])
    assert job is not None
    view = views.job_view(world.at, job)
    assert (view["kind"], view["instruction"], view["status"]) == ("on_demand", values, "Finished")
    assert sum(view[way]["modified"] for way in ("toSales", "fromSales")) == 1
    worlds.assert_whole(world)


def test_what_only_the_other_side_changed_is_replaced_too_and_kept_in_the_journal(world: World) -> None:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1="+44 2")
    ask(coupling_api.synchronize, world, side="bc", ids=[pair.bc_id], values="bc_values")
    worlds.deliver(world)
    assert not worlds.account_of(world, pair)["telephone1"]
    entries = world.at.journal.of_record("CUSTOMER", pair.bc_id, world.clock.now)
    assert any(each.old.get("phone") == "+44 2" and each.overruled for each in entries)
    worlds.assert_whole(world)


def test_merged_means_as_the_mapping_says(world: World) -> None:
    pair = edited_on_both_sides(world)
    ask(coupling_api.synchronize, world, side="bc", ids=[pair.bc_id])
    worlds.deliver(world)
    assert worlds.codes(world) == ["conflict"]
    account, customer = worlds.account_of(world, pair), worlds.customer_of(world, pair)
    assert (account["websiteurl"], customer["city"]) == ("bc.example", "Leeds")


def test_a_chosen_side_decides_an_open_conflict(world: World) -> None:
    pair = edited_on_both_sides(world)
    worlds.cycle(world)
    assert worlds.codes(world) == ["conflict"]
    ask(coupling_api.synchronize, world, side="bc", ids=[pair.bc_id], values="sales_values")
    worlds.deliver(world)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 2"
    worlds.assert_whole(world)


def test_records_without_a_partner_are_left_out_and_told(world: World) -> None:
    lonely = worlds.new_customer(world, "Lonely Ltd.")
    shown = ask(coupling_api.synchronize, world, side="bc", ids=[lonely])
    assert (shown["job"], shown["queued"]) == ("", 0)
    assert shown["leftOut"] == [{"id": lonely, "reason": "It is not coupled."}]


@pytest.mark.conforms(
    "139162.CreateNewRecordInCRM",
    "139162.CreateNewRecordsInCRMForMany",
    "139174.CRMCouplingRecordCreateNewEnabledForNotCoupledRecord",
    "139174.BidirectionalDefaultSynchToCRMIfNotCoupled",
)
@pytest.mark.parametrize("creates", [True, False])
def test_partners_are_created_for_chosen_records_also_where_nothing_is_created_by_itself(
    world: World, creates: bool
) -> None:
    scenes.rules(world, creates=creates)
    worlds.cycle(world)
    world.at.schedules.change("CUSTOMER", 60, released=False)
    chosen, other = worlds.new_customer(world, "Chosen Ltd."), worlds.new_customer(world, "Other Ltd.")
    coupled = worlds.pair(world).bc_id
    shown = ask(coupling_api.create_partners, world, side="bc", ids=[chosen, coupled])
    assert shown["leftOut"] == [{"id": coupled, "reason": "It is coupled already."}]
    worlds.deliver(world)
    worlds.account(world, "Chosen Ltd.")
    assert "Other Ltd." not in {each["name"] for each in worlds.accounts(world)}
    assert chosen in {bc for bc, _ in coupled_ids(world)}
    assert other not in {bc for bc, _ in coupled_ids(world)}


def test_a_record_that_may_have_a_partner_is_created_where_a_person_wants_it(world: World) -> None:
    world.at.schedules.change("CUSTOMER", 60, released=False)
    worlds.new_account(world, "Twin Ltd.", emailaddress1="one@example.com")
    worlds.new_account(world, "Twin Ltd.", emailaddress1="two@example.com")
    twin = worlds.new_customer(world, "Twin Ltd.")
    worlds.full(world)
    assert "possible_partner" in worlds.codes(world)
    ask(coupling_api.create_partners, world, side="bc", ids=[twin])
    worlds.deliver(world)
    assert len([each for each in worlds.accounts(world) if each["name"] == "Twin Ltd."]) == 3
    assert twin in {bc for bc, _ in coupled_ids(world)}


@pytest.mark.conforms("139174.CRMCouplingRecordCreateNewDisabledForFromIntegrationTableDirection")
def test_where_the_mapping_never_creates_a_request_to_create_is_refused_with_the_reason(world: World) -> None:
    body = json.dumps({"side": "bc", "ids": [NOBODY]}).encode()
    answer = answering(lambda: coupling_api.create_partners(world.parts, "SALESPEOPLE", body, {}))
    assert answer.status == 409
    assert "creates nothing in Sales" in str(answer.body["detail"])


def assert_apart(world: World, pair: Coupling) -> None:
    """The two records are as they were, and stay without partners however often they change."""
    worlds.edit_bc(world, pair, phoneNumber="+44 8")
    worlds.edit_sales(world, pair, telephone1="+44 9")
    worlds.settled(world)
    worlds.full(world)
    worlds.settled(world)
    ids = coupled_ids(world)
    assert pair.bc_id not in {bc for bc, _ in ids}
    assert pair.sales_id not in {sales for _, sales in ids}
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 8"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 9"
    assert (len(worlds.customers(world)), len(worlds.accounts(world))) == (3, 3)
    assert worlds.codes(world) == ["uncoupled", "uncoupled"]


@pytest.mark.conforms(
    "139161.RemoveCoupling",
    "139198.CustomerCardUncouple",
    "139198.CustomerListUncoupleSingle",
    "139186.T126_DeleteCouplingActionDeletesCouplingRecord",
)
@pytest.mark.parametrize("side", list(Side))
def test_uncoupled_records_stay_apart_until_a_person_wants_otherwise(world: World, side: Side) -> None:
    pair = worlds.pair(world)
    shown = ask(coupling_api.uncouple, world, side=side.value, ids=[pair.id_on(side)])
    worlds.deliver(world)
    job = world.at.jobs.get(shown["job"])
    assert job is not None
    view = views.job_view(world.at, job)
    assert view["toSales" if side is Side.BC else "fromSales"]["uncoupled"] == 1
    assert worlds.account_of(world, pair)["tandem_companyid"] is None
    assert_apart(world, pair)
    body = {"pairs": [{"bc": pair.bc_id, "sales": pair.sales_id}], "then": "bc_values"}
    answering(lambda: coupling_api.couple(world.parts, "CUSTOMER", json.dumps(body).encode(), {}))
    worlds.settled(world)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 8"
    assert worlds.account_of(world, pair)["tandem_companyid"] is not None
    worlds.assert_whole(world)


def people_of(world: World, account: str) -> set[str]:
    """The coupled contacts of an account, by their ids in Sales."""
    rows = worlds.contacts(world, Side.SALES)
    own = {each["contactid"] for each in rows if each["_parentcustomerid_value"] == account}
    return own & {each.sales_id for each in world.at.couplings("CONTACT").all_coupled()}


@pytest.mark.conforms("139182.RemoveCouplingForCustomerWithContacts")
def test_the_people_who_work_for_a_customer_are_uncoupled_with_it(world: World) -> None:
    pair, other = worlds.pair(world), worlds.pair(world, "20000")
    people, others = people_of(world, pair.sales_id), people_of(world, other.sales_id)
    assert people
    assert others
    ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
    worlds.deliver(world)
    assert people_of(world, pair.sales_id) == set()
    assert people_of(world, other.sales_id) == others
    assert worlds.codes(world, "CONTACT") == ["uncoupled"] * (2 * len(people))
    worlds.cycles(world, 3)
    assert worlds.codes(world, "CONTACT") == ["uncoupled"] * (2 * len(people))


def test_they_stay_where_the_customer_moves_to_another_account(world: World) -> None:
    """A wrong match is put right: nothing ends but the wrong pair."""
    pair = worlds.pair(world)
    people = people_of(world, pair.sales_id)
    new = worlds.new_account(world, "The right one")
    body = {"pairs": [{"bc": pair.bc_id, "sales": new}], "move": True}
    answering(lambda: coupling_api.couple(world.parts, "CUSTOMER", json.dumps(body).encode(), {}))
    worlds.deliver(world)
    assert people_of(world, pair.sales_id) == people


@pytest.mark.parametrize("late", [False, True])
def test_nobody_is_left_behind_where_the_process_dies_while_a_customer_is_uncoupled(late: bool) -> None:
    for at in places():
        world = worlds.synced()
        worlds.only_customers(world)
        pair = worlds.pair(world)
        ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
        dying = Operations(world)
        dying.arm(at, late)
        worlds.deliver(world)
        done = dying.count < at
        dying.disarm()
        worlds.settled(world)
        assert people_of(world, pair.sales_id) == set(), at
        assert (pair.bc_id, pair.sales_id) not in coupled_ids(world)
        if done:
            break


def test_an_uncoupled_record_gets_a_new_partner_where_a_person_creates_one(world: World) -> None:
    pair = worlds.pair(world)
    ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
    worlds.deliver(world)
    ask(coupling_api.create_partners, world, side="bc", ids=[pair.bc_id])
    worlds.settled(world)
    again = worlds.pair(world)
    assert again.sales_id != pair.sales_id
    assert worlds.codes(world) == ["uncoupled"]


def test_a_record_that_is_met_again_after_its_coupling_ended_is_coupled_with_what_is_there(
    world: World,
) -> None:
    """Its ended coupling stays on file, and only its own side had heard of it: the pair was tried in vain for
    ever (seed 190)."""
    pair = worlds.pair(world)
    ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
    worlds.deliver(world)
    ask(coupling_api.create_partners, world, side="sales", ids=[pair.sales_id])

    def lose() -> None:
        raise worlds.ConnectionLost

    worlds.tap(world, Side.BC).before = worlds.once(lose)
    worlds.settled(world)
    worlds.cycles(world, 3, 1300)
    (again,) = (each for each in world.at.couplings("CUSTOMER").all_coupled() if each.bc_id == pair.bc_id)
    assert (again.sales_id, again.generation) == (pair.sales_id, 1)
    assert worlds.codes(world) == []
    assert len(worlds.customers(world)) == len(worlds.CUSTOMERS)


@pytest.mark.conforms(
    "139198.CustomerListUncoupleMultiple", "139198.IntegarionTableMappingListUncoupleMultiple"
)
def test_a_refused_mark_does_not_keep_the_pair(world: World) -> None:
    pairs = [worlds.pair(world, number) for number in worlds.CUSTOMERS]
    scenes.refuse_in_sales(world, "name", "a", "no")
    ask(coupling_api.uncouple, world, side="bc", ids=[each.bc_id for each in pairs])
    worlds.deliver(world)
    assert coupled_ids(world) == set()


@pytest.mark.bulk
@pytest.mark.conforms(
    "139198.IntegarionTableMappingListUncoupleSingleInForeground",
    "139195.CleanCDSIntegrationRemovesCRMIntegrationRecordsForCurrentCompany",
)
def test_all_pairs_of_a_mapping_end_and_nothing_is_created_until_both_sides_are_matched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "PAGE", 2)
    before = coupled_ids(world)
    shown = ask(coupling_api.uncouple, world, all=True)
    worlds.deliver(world)
    job = world.at.jobs.get(shown["job"])
    assert job is not None
    view = views.job_view(world.at, job)
    assert (view["status"], view["toSales"]["uncoupled"]) == ("Finished", 3)
    assert coupled_ids(world) == set()
    assert worlds.codes(world) == []
    worlds.new_customer(world, "New Ltd.")
    worlds.settled(world)
    assert len(worlds.accounts(world)) == 3
    worlds.full(world)
    assert coupled_ids(world) >= before
    assert len(worlds.accounts(world)) in (3, 4)


@pytest.mark.conforms(
    "139198.CRMSkippedRecordsUncoupleSingleInBackground",
    "139198.CRMSkippedRecordsUncoupleSingleInForeground",
    "139198.CRMSkippedRecordsUncoupleMultiple",
    "139198.IntegrationSynchJobErrorsUncoupleSingleInForeground",
    "139198.IntegrationSynchJobErrorsUncoupleSingleInBackground",
    "139198.IntegrationSynchJobErrorsUncoupleMultiple",
)
def test_pairs_that_are_listed_with_a_failure_are_uncoupled_and_their_failure_ends(world: World) -> None:
    pairs = [worlds.pair(world, number) for number in worlds.CUSTOMERS[:2]]
    for pair in pairs:
        worlds.edit_sales(world, pair, telephone1="call me!")
    worlds.cycle(world)
    assert worlds.codes(world) == ["refused", "refused"]
    ask(coupling_api.uncouple, world, side="bc", ids=[each.bc_id for each in pairs])
    worlds.deliver(world)
    assert worlds.codes(world) == ["uncoupled"] * 4
    numbers = {str(each["details"]["name"]).split()[0] for each in worlds.problems(world)}
    assert numbers == set(worlds.CUSTOMERS[:2])


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whatever_dies_while_uncoupling_no_record_gets_a_second_partner(late: bool) -> None:
    world = worlds.synced()
    worlds.only_customers(world)
    operations = Operations(world)
    for number in places():
        pair = worlds.pair(world)
        operations.arm(number, late)
        shown = _uncoupled(world, pair)
        world.clock.now += 60
        worlds.deliver(world)
        died = operations.count >= number
        operations.disarm()
        if shown is None:
            ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
        world.clock.now += 60
        worlds.deliver(world)
        found = world.at.couplings("CUSTOMER").load(Side.BC, [pair.bc_id])[pair.bc_id]
        assert isinstance(found, Coupling)
        assert found.state is CouplingState.ENDED
        assert sorted(worlds.codes(world)) == ["uncoupled", "uncoupled"]
        assert len(worlds.accounts(world)) == 3
        body = {"pairs": [{"bc": pair.bc_id, "sales": pair.sales_id}], "then": "merge"}
        answering(
            lambda sent=body: coupling_api.couple(world.parts, "CUSTOMER", json.dumps(sent).encode(), {})
        )
        worlds.deliver(world)
        if not died:
            break
    world.clock.now += 4 * 3600
    clean_up(world.parts)
    worlds.settled(world)
    worlds.assert_whole(world)


def _uncoupled(world: World, pair: Coupling) -> object | None:
    try:
        return ask(coupling_api.uncouple, world, side="bc", ids=[pair.bc_id])
    except worlds.Crash:
        return None


BAD = [
    ({"side": "bc"}, "ids"),
    ({"side": "north", "ids": ["1"]}, "side"),
    ({"side": "bc", "ids": []}, "ids"),
    ({"side": "bc", "ids": ["x"] * (on_demand.MAX_RECORDS + 1)}, "ids"),
    ({"side": "bc", "ids": ["a'b"]}, "ids"),
    ({"side": "sales", "ids": ["no-guid"]}, "ids"),
    ({"ids": ["1"]}, "side"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
@pytest.mark.parametrize(
    "route", [coupling_api.synchronize, coupling_api.create_partners, coupling_api.uncouple]
)
def test_a_request_that_cannot_be_used_is_400_with_its_field(
    world: World, route: Route, body: dict[str, object], field: str
) -> None:
    answer = answering(lambda: route(world.parts, "CUSTOMER", json.dumps(body).encode(), {}))
    assert (answer.status, answer.body["field"]) == (400, field)


def test_all_and_records_together_are_refused(world: World) -> None:
    body = json.dumps({"all": True, "side": "bc", "ids": ["1"]}).encode()
    answer = answering(lambda: coupling_api.uncouple(world.parts, "CUSTOMER", body, {}))
    assert (answer.status, answer.body["field"]) == (400, "all")
