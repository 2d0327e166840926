"""A service that shows nothing is not believed: a lost right looks like thousands of deletions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulate.hiding import Veil
from local.simulation.world import CompanyRecords, World, published
from local.simulators.wire import Request, Response
from shared_code.core.coupling import CouplingState
from shared_code.core.records import ZERO_ID, Side
from shared_code.sync.retries import queue_records
from tests.sync import worlds

TABLES = {Side.BC: ("bc", "customers"), Side.SALES: ("sales", "accounts")}


class Veiled:
    """A service behind a veil."""

    def __init__(self, side: Side, service: Any, veil: Veil) -> None:
        self._side, self._service, self._veil = side, service, veil

    def handle(self, request: Request) -> Response:
        return self._veil.over(self._side.value, request, self._service.handle(request))


def veiled(world: World, side: Side) -> Veil:
    veil = Veil()
    faulty = world.faults[side.value]
    faulty._service = Veiled(side, faulty._service, veil)
    return veil


def edit(world: World, side: Side, value: str) -> None:
    """A change on the other side, so that the hidden one is asked for the partner and for its open rest."""
    for number in worlds.CUSTOMERS:
        pair = worlds.pair(world, number)
        if side is Side.SALES:
            worlds.edit_bc(world, pair, phoneNumber=value)
        else:
            worlds.edit_sales(world, pair, telephone1=value)


@pytest.mark.parametrize("side", Side)
def test_a_full_synchronisation_concludes_nothing_from_an_empty_side_and_says_why(side: Side) -> None:
    world = worlds.synced()
    before = len(worlds.customers(world)), len(worlds.accounts(world))
    veil = veiled(world, side)
    veil.empty.add(TABLES[side])
    lines = worlds.full(world)
    assert "shows none of the records" in lines["CUSTOMER"]["message"]
    assert "partner_deleted" not in worlds.codes(world)
    assert "shows none" in world.at.schedules.get("CUSTOMER", 60).disabled_because
    veil.empty.clear()
    worlds.full(world)
    worlds.settled(world)
    assert (len(worlds.customers(world)), len(worlds.accounts(world))) == before
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", Side)
def test_records_that_are_asked_for_and_not_shown_stop_the_mapping_and_go_on_when_they_are_shown(
    side: Side,
) -> None:
    world = worlds.synced()
    edit(world, side, "+44 6")
    world.at.couplings("CUSTOMER")
    for each in list(world.at.couplings("CUSTOMER").all_coupled()):
        unsettle(world, each.bc_id)
    veil = veiled(world, side)
    veil.empty.add(TABLES[side])
    worlds.cycles(world, 2)
    assert set(worlds.codes(world)) == {"hidden"}
    veil.empty.clear()
    worlds.full(world)
    worlds.settled(world)
    assert worlds.customer_of(world, worlds.pair(world))["phoneNumber"] == "+44 6"
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", Side)
def test_listed_records_that_are_not_shown_for_a_while_stay_listed(side: Side) -> None:
    """Nothing is coupled yet: all wait for a person, and no look at changes would see them again."""
    world = worlds.new_world()
    for number in range(3):
        worlds.new_account(world, f"Other {number}")
    worlds.full(world)
    before = worlds.codes(world)
    assert before == ["couple_first"] * (len(worlds.CUSTOMERS) + 3)
    veil = veiled(world, side)
    veil.empty.add(TABLES[side])
    lines = worlds.full(world)
    assert "shows none of the records" in lines["CUSTOMER"]["message"]
    assert worlds.codes(world) == before
    veil.empty.clear()
    worlds.full(world)
    worlds.settled(world)
    assert worlds.codes(world) == before


@pytest.mark.parametrize("side", Side)
def test_listed_records_that_are_asked_for_and_not_shown_stay_listed(side: Side) -> None:
    world = worlds.new_world()
    for number in range(3):
        worlds.new_account(world, f"Other {number}")
    worlds.full(world)
    listed = [
        each.record_id for each in world.at.couplings("CUSTOMER").all_problems(100) if each.side is side
    ]
    veil = veiled(world, side)
    veil.empty.add(TABLES[side])
    queue_records(world.parts, world.at, "CUSTOMER", side, listed)
    worlds.deliver(world)
    assert worlds.codes(world).count("hidden") == 3
    assert "shows none" in world.at.schedules.get("CUSTOMER", 60).disabled_because
    veil.empty.clear()
    worlds.full(world)
    worlds.settled(world)
    assert worlds.codes(world) == ["couple_first"] * (len(worlds.CUSTOMERS) + 3)


def test_listed_rows_of_which_the_feed_tells_that_they_were_deleted_are_not_listed_any_more() -> None:
    world = worlds.new_world()
    rows = [worlds.new_account(world, f"Other {number}") for number in range(3)]
    worlds.full(world)
    for each in rows:
        world.person_in_sales.call("DELETE", f"accounts({each})", if_match="*")
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["couple_first"] * len(worlds.CUSTOMERS)


def test_a_service_that_shows_its_records_again_between_two_questions_has_deleted_none() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    veil = veiled(world, Side.SALES)
    worlds.edit_bc(world, pair, phoneNumber="+44 6")
    unsettle(world, pair.bc_id)
    veil.empty.add(TABLES[Side.SALES])
    wire = worlds.tap(world, Side.SALES)
    wire.after = worlds.once(veil.empty.clear, lambda request: pair.sales_id in request.target)
    worlds.cycle(world)
    assert worlds.codes(world) == []
    assert worlds.account_of(world, pair)["telephone1"] == "+44 6"


def unsettle(world: World, bc_id: str) -> None:
    """Have both sides of a pair read at the next look, as after a conflict."""
    store = world.at.couplings("CUSTOMER")
    known = store.load(Side.BC, [bc_id])[bc_id]
    store.transact(store.update_operations(replace(known, in_step=False), known))  # type: ignore[type-var]


def test_one_record_that_is_gone_is_believed_where_others_are_shown() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    world.person_in_sales.call("DELETE", f"accounts({pair.sales_id})")
    worlds.cycles(world, 2)
    assert worlds.codes(world) == ["partner_deleted"]


def two_customers() -> CompanyRecords:
    """Too few to tell a service that hides both from one where both were deleted."""
    whole = worlds.company()
    return replace(whole, records={**whole.records, "customers": whole.records["customers"][:2]})


def test_a_pair_outside_the_filter_is_kept_where_so_few_are_known_that_nothing_proves_a_deletion() -> None:
    world = worlds.synced([two_customers()])
    first = next(iter(world.at.couplings("CUSTOMER").all_coupled()))
    rows = len(worlds.accounts(world))
    worlds.edit_sales(world, first, statecode=1, statuscode=2)
    unsettle(world, first.bc_id)
    veil = veiled(world, Side.BC)
    veil.empty.add(TABLES[Side.BC])
    worlds.cycle(world)
    assert veil.shown_empty
    veil.empty.clear()
    worlds.full(world)
    worlds.settled(world)
    assert len(worlds.accounts(world)) == rows, "a second account was made"
    again = world.at.couplings("CUSTOMER").load(Side.BC, [first.bc_id])[first.bc_id]
    assert (again.state, again.sales_id) == (CouplingState.COUPLED, first.sales_id)  # type: ignore[union-attr]


def test_a_pair_outside_the_filter_ends_where_one_other_record_is_shown() -> None:
    world = worlds.synced([two_customers()])
    first = next(iter(world.at.couplings("CUSTOMER").all_coupled()))
    worlds.edit_sales(world, first, statecode=1, statuscode=2)
    unsettle(world, first.bc_id)
    worlds.delete_customer(world, first.bc_id)
    worlds.cycle(world)
    ended = world.at.couplings("CUSTOMER").load(Side.BC, [first.bc_id])[first.bc_id]
    assert ended.state is CouplingState.ENDED  # type: ignore[union-attr]


def test_a_person_may_say_that_all_of_them_really_were_deleted() -> None:
    world = worlds.synced()
    for each in worlds.accounts(world):
        world.person_in_sales.call("DELETE", f"accounts({each['accountid']})")
    worlds.cycles(world, 2)
    assert "partner_deleted" not in worlds.codes(world)
    worlds.full(world, release=["CUSTOMER"])
    assert worlds.codes(world) == ["partner_deleted"] * len(worlds.CUSTOMERS)
    worlds.settled(world)
    assert world.at.schedules.get("CUSTOMER", 60).disabled_because == ""


def test_the_local_currency_which_no_service_holds_proves_nothing() -> None:
    """Our own client makes it; where Business Central shows no currency at all, none was deleted."""
    few, whole = worlds.company(), published()
    more = {name: whole.records[name] for name in ("currencies", "currencyExchangeRates")}
    world = worlds.synced([replace(few, records={**few.records, **more})])
    currencies = world.at.couplings("CURRENCY")
    real = [each for each in currencies.all_coupled() if each.bc_id != ZERO_ID]
    assert len(real) >= 3
    for known in real:
        currencies.transact(currencies.update_operations(replace(known, in_step=False), known))
    veil = veiled(world, Side.BC)
    veil.empty.add(("bc", "currencies"))
    queue_records(world.parts, world.at, "CURRENCY", Side.BC, [real[0].bc_id, ZERO_ID])
    worlds.deliver(world)
    assert currencies.problems(Side.BC, [real[0].bc_id])[real[0].bc_id].code == "hidden"
    assert "shows none" in world.at.schedules.get("CURRENCY", 60).disabled_because
