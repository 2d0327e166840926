"""What another worker or a person does between two calls of a batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import ConflictRule
from shared_code.core.records import Side
from shared_code.store.announcements import KEPT_S
from shared_code.sync.clean_up import clean_up
from shared_code.sync.messages import BATCH_QUEUE
from shared_code.sync.processing import batch
from shared_code.sync.retries import queue_due
from shared_code.sync.tick import look
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.worlds import Wire, once


@pytest.fixture
def world() -> World:
    made = worlds.synced()
    worlds.only_customers(made)
    return made


def another_look(world: World, side: Side) -> Callable[[], None]:
    """Another worker looks at a side and does what it finds."""

    def act() -> None:
        look(world.parts, world.at, world.at.mapping("CUSTOMER"), (side,))
        worlds.deliver(world)

    return act


def in_between(world: World, side: Side, act: Callable[[], object], *, after: bool) -> Wire:
    """Act once just before or after the product's next write to a side."""
    wire = worlds.tap(world, side)
    if after:
        wire.after = once(act)
    else:
        wire.before = once(act)
    return wire


@pytest.mark.parametrize("side", list(Side))
def test_a_look_that_sees_the_account_being_created_does_not_create_a_customer_for_it(
    world: World, side: Side
) -> None:
    worlds.new_customer(world, "Fresh Ltd.")
    in_between(world, Side.SALES, another_look(world, side), after=True)
    worlds.cycles(world, 3)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 4


@pytest.mark.parametrize("side", list(Side))
def test_a_look_that_sees_the_customer_being_created_does_not_create_an_account_for_it(
    world: World, side: Side
) -> None:
    worlds.new_account(world, "Fresh Ltd.")
    in_between(world, Side.BC, another_look(world, side), after=True)
    worlds.cycles(world, 3)
    worlds.assert_whole(world)
    assert len(worlds.customers(world)) == 4


def test_a_customer_of_the_name_of_one_being_created_is_created_a_little_later(world: World) -> None:
    worlds.new_account(world, "Twins Ltd.", telephone1="+44 1")
    in_between(
        world, Side.BC, lambda: worlds.new_customer(world, "Twins Ltd.", phoneNumber="+44 2"), after=True
    )
    worlds.cycles(world, 5)
    worlds.assert_whole(world)
    assert len([a for a in worlds.accounts(world) if a["name"] == "Twins Ltd."]) == 2


def edit(world: World, pair: Coupling, side: Side, field: str, value: str) -> None:
    """A person of one side edits a field that both sides have."""
    columns = {"phone": ("phoneNumber", "telephone1"), "email": ("email", "emailaddress1")}[field]
    if side is Side.BC:
        worlds.edit_bc(world, pair, **{columns[0]: value})
    else:
        worlds.edit_sales(world, pair, **{columns[1]: value})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("written", list(Side))
def test_an_edit_of_another_field_between_read_and_write_is_kept(
    world: World, written: Side, after: bool
) -> None:
    pair = worlds.pair(world)
    edit(world, pair, written.other, "phone", "+44 1")
    in_between(world, written, lambda: edit(world, pair, written, "email", "new@example.com"), after=after)
    worlds.cycles(world, 3)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 1"
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    worlds.assert_whole(world)


@pytest.mark.parametrize("written", list(Side))
def test_an_edit_of_the_same_field_between_read_and_write_becomes_a_conflict(
    world: World, written: Side
) -> None:
    pair = worlds.pair(world)
    edit(world, pair, written.other, "phone", "+44 1")
    in_between(world, written, lambda: edit(world, pair, written, "phone", "+44 2"), after=False)
    worlds.cycles(world, 3)
    assert worlds.codes(world) == ["conflict"]
    held = {worlds.customer_of(world, pair)["phoneNumber"], worlds.account_of(world, pair)["telephone1"]}
    assert held == {"+44 1", "+44 2"}


@pytest.mark.parametrize("written", list(Side))
def test_an_edit_of_the_written_field_right_after_the_write_flows_back(world: World, written: Side) -> None:
    pair = worlds.pair(world)
    edit(world, pair, written.other, "phone", "+44 1")
    in_between(world, written, lambda: edit(world, pair, written, "phone", "+44 2"), after=True)
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 2"
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
    worlds.assert_whole(world)


def test_a_value_that_was_carried_and_taken_back_meanwhile_is_taken_back_on_the_other_side_too(
    world: World,
) -> None:
    """The write to Business Central is refused, the one to Sales carries what was read before."""
    pair = worlds.pair(world)
    before = worlds.customer_of(world, pair)["phoneNumber"]
    edit(world, pair, Side.BC, "phone", "+44 1")
    edit(world, pair, Side.SALES, "email", "new@example.com")
    in_between(world, Side.BC, lambda: edit(world, pair, Side.BC, "phone", before), after=False)
    worlds.cycles(world, 3)
    assert worlds.customer_of(world, pair)["phoneNumber"] == before
    assert (worlds.account_of(world, pair)["telephone1"] or "") == before
    assert worlds.customer_of(world, pair)["email"] == "new@example.com"
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", list(Side))
def test_a_record_deleted_between_read_and_write_is_told_and_its_partner_kept(
    world: World, side: Side
) -> None:
    pair = worlds.pair(world)
    edit(world, pair, side.other, "phone", "+44 1")

    def delete() -> None:
        if side is Side.SALES:
            world.person_in_sales.call("DELETE", f"accounts({pair.sales_id})")
        else:
            worlds.delete_customer(world, pair.bc_id)

    in_between(world, side, delete, after=False)
    worlds.cycles(world, 3)
    assert worlds.codes(world) == ["partner_deleted"]
    survivors = worlds.customers(world) if side is Side.SALES else worlds.accounts(world)
    assert len(survivors) == 3


@pytest.mark.parametrize("act", ["created in BC", "created in Sales", "edited"])
def test_a_batch_delivered_twice_counts_once_and_doubles_nothing(world: World, act: str) -> None:
    if act == "created in BC":
        worlds.new_customer(world, "Fresh Ltd.")
    elif act == "created in Sales":
        worlds.new_account(world, "Fresh Ltd.")
    else:
        worlds.edit_bc(world, worlds.pair(world), phoneNumber="+44 1")
    send = world.queue.send
    world.queue.send = lambda name, body, *, delay_s=0: [  # type: ignore[method-assign,assignment,misc]
        send(name, body, delay_s=delay_s) for _ in range(2)
    ]
    worlds.cycle(world)
    world.queue.send = send  # type: ignore[method-assign]
    worlds.cycles(world, 2)
    worlds.assert_whole(world)


@pytest.mark.parametrize("side", list(Side))
def test_a_batch_taken_by_two_workers_at_once_doubles_nothing(world: World, side: Side) -> None:
    if side is Side.BC:
        worlds.new_account(world, "Fresh Ltd.")
    else:
        worlds.new_customer(world, "Fresh Ltd.")

    def the_same_again() -> None:
        (body,) = set(worlds.batch_messages(world))
        world.queue.send(BATCH_QUEUE, body)
        worlds.deliver(world)

    in_between(world, side, the_same_again, after=True)
    worlds.cycles(world, 3)
    worlds.settled(world)
    worlds.assert_whole(world)


def made_without_coupling(world: World) -> str:
    """The process died after it made an account, and its batch is lost; the id of the customer."""
    made = worlds.new_customer(world, "Fresh Ltd.")
    wire = worlds.tap(world, Side.SALES)

    def die() -> None:
        raise worlds.Crash

    wire.after = once(die)
    worlds.cycle(world)
    world.queue._queues[BATCH_QUEUE].clear()
    return made


def look_at_accounts_only(world: World) -> None:
    """Half an hour in which nobody looks at Business Central."""
    look_at_sales = another_look(world, Side.SALES)
    for _ in range(30):
        world.clock.now += 60
        look_at_sales()
        queue_due(world.parts, world.at, "CUSTOMER")
        worlds.deliver(world)


def test_an_announced_account_that_nobody_coupled_is_coupled_with_its_customer(world: World) -> None:
    made = made_without_coupling(world)
    look_at_accounts_only(world)
    assert len(worlds.customers(world)) == len(worlds.accounts(world)) == 4
    assert made in world.at.couplings("CUSTOMER").load(Side.BC, [made])
    assert worlds.problems(world) == []


def test_an_announced_account_that_cannot_be_sent_is_coupled_with_its_customer(world: World) -> None:
    made = made_without_coupling(world)
    account = worlds.account(world, "Fresh Ltd.")["accountid"]
    world.person_in_sales.edit(f"accounts({account})", name=f"Fresh Ltd. of {'x' * 100}")
    look_at_accounts_only(world)
    assert made in world.at.couplings("CUSTOMER").load(Side.BC, [made])
    assert worlds.codes(world) == ["conflict"]


def account_made_in_vain(world: World) -> str:
    """A new customer is coupled with a person's account while Tandem makes it one; the id of Tandem's."""
    made_for = worlds.new_customer(world, "Fresh Ltd.")
    persons = worlds.new_account(world, "Fresh Limited")
    store = world.at.couplings("CUSTOMER")
    wire = worlds.tap(world, Side.SALES)
    wire.after = once(lambda: store.transact(store.insert_operations(Coupling(made_for, persons))))
    look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.BC,))
    worlds.deliver(world)
    (made,) = (each["accountid"] for each in worlds.accounts(world) if each["name"] == "Fresh Ltd.")
    assert world.at.couplings("CUSTOMER").load(Side.BC, [made_for])[made_for].sales_id == persons
    return str(made)


def test_an_account_made_for_a_customer_that_got_another_one_is_listed_and_doubles_nothing(
    world: World,
) -> None:
    made = account_made_in_vain(world)
    worlds.cycles(world, 2)
    (problem,) = (each for each in worlds.problems(world) if each["id"] == made)
    assert (problem["code"], problem["side"]) == ("several_found", "sales")
    assert worlds.codes(world).count("several_found") == 1
    assert len(worlds.customers(world)) == 4


def test_it_stays_listed_when_the_announcement_is_gone_until_it_is_deleted(world: World) -> None:
    made = account_made_in_vain(world)
    worlds.cycles(world, 2)
    world.clock.now += KEPT_S + 60
    clean_up(world.parts)
    worlds.full(world, ("CUSTOMER",))
    assert worlds.codes(world).count("several_found") == 1
    assert len(worlds.customers(world)) == 4
    world.person_in_sales.call("DELETE", f"accounts({made})")
    worlds.cycles(world, 2)
    assert "several_found" not in worlds.codes(world)


@pytest.mark.bulk
def test_a_coupling_that_is_refused_to_the_end_is_listed_under_the_record_it_was_to_be_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed as a pair that never came to be, it would be solved by the record that has another partner."""
    monkeypatch.setattr(batch, "MAX_ATTEMPTS", 0)
    account = worlds.new_account(world, "Fresh Ltd.")
    store = world.at.couplings("CUSTOMER")

    def couple() -> None:
        made = next(each["id"] for each in worlds.customers(world) if each["displayName"] == "Fresh Ltd.")
        persons = worlds.new_account(world, "Fresh Limited")
        store.transact(store.insert_operations(Coupling(made, persons)))

    in_between(world, Side.BC, couple, after=True)
    look(world.parts, world.at, world.at.mapping("CUSTOMER"), (Side.SALES,))
    worlds.deliver(world)
    assert [each["code"] for each in worlds.problems(world) if each["id"] == account] == ["unsettled"]


@pytest.mark.bulk
def test_a_second_delivery_that_creates_fewer_does_not_withdraw_what_the_first_still_creates(
    world: World,
) -> None:
    """The first is between announcing and creating; to the second a customer is outside the filter."""
    blocked = worlds.new_customer(world, "Fresh 1")
    worlds.new_customer(world, "Fresh 2")
    wire = worlds.tap(world, Side.SALES)

    def deliver_again() -> None:
        world.person_in_bc().edit(f"customers({blocked})", blocked="All")
        (body,) = set(worlds.batch_messages(world))
        world.queue.send(BATCH_QUEUE, body)
        worlds.deliver(world)
        wire.after = once(another_look(world, Side.SALES), is_there)

    def is_there(_: object) -> bool:
        return any(each["name"] == "Fresh 1" for each in worlds.accounts(world))

    wire.before = once(deliver_again)
    worlds.cycles(world, 3)
    worlds.settled(world)
    assert len(worlds.customers(world)) == len(worlds.accounts(world)) == 5


def carried_by_another_worker(world: World, pair: Coupling, mapping: str, **values: object) -> None:
    """A person edits the BC record once more, and another worker carries it across at once."""
    table = world.at.mapping(mapping).bc.table
    world.person_in_bc().edit(f"{table}({pair.bc_id})", **values)
    look(world.parts, world.at, world.at.mapping(mapping), (Side.BC,))
    worlds.deliver(world)


def currency_name(world: World, pair: Coupling) -> str:
    row = world.person_in_sales.call("GET", f"transactioncurrencies({pair.sales_id})")
    return str(row["currencyname"])


@pytest.fixture
def euro() -> tuple[World, Coupling]:
    world = worlds.synced()
    (pair,) = (c for c in world.at.couplings("CURRENCY").all_coupled() if c.reference == "EUR")
    return world, pair


def test_what_another_worker_carried_across_meanwhile_is_not_overwritten_with_what_was_read_before(
    euro: tuple[World, Coupling],
) -> None:
    """Nobody looks at Sales in a one-way mapping: the older value would stay for good (seed 11176)."""
    world, pair = euro
    world.person_in_bc().edit(f"currencies({pair.bc_id})", displayName="Older")
    in_between(
        world, Side.SALES,
        lambda: carried_by_another_worker(world, pair, "CURRENCY", displayName="Newer"), after=False,
    )  # fmt: skip
    worlds.cycles(world, 3)
    assert currency_name(world, pair) == "Newer"
    worlds.assert_quiet(world)


def test_where_a_rule_decides_it_decides_over_what_both_sides_held_at_one_moment(world: World) -> None:
    pair = worlds.pair(world)
    scenes.rules(world, conflict=ConflictRule.BC_WINS)
    edit(world, pair, Side.SALES, "phone", "+44 9")
    edit(world, pair, Side.BC, "phone", "+44 1")
    in_between(
        world, Side.SALES,
        lambda: carried_by_another_worker(world, pair, "CUSTOMER", phoneNumber="+44 2"), after=False,
    )  # fmt: skip
    worlds.cycles(world, 4)
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
    assert worlds.customer_of(world, pair)["phoneNumber"] == "+44 2"
    worlds.assert_whole(world)


def test_a_value_that_was_taken_back_while_a_worker_slept_does_not_stay_in_a_one_way_mapping(
    euro: tuple[World, Coupling],
) -> None:
    """What is read is what was stored, and nobody looks at Sales."""
    world, pair = euro
    before = currency_name(world, pair)
    world.person_in_bc().edit(f"currencies({pair.bc_id})", displayName="Other")
    in_between(
        world, Side.SALES,
        lambda: carried_by_another_worker(world, pair, "CURRENCY", displayName=before), after=False,
    )  # fmt: skip
    worlds.cycles(world, 3)
    assert currency_name(world, pair) == before
    worlds.assert_quiet(world)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("side", list(Side))
def test_an_edit_that_is_taken_back_while_a_worker_carries_it_over_stays_taken_back(
    world: World, side: Side, after: bool
) -> None:
    """Another look sees what was stored all along; the worker's own write must not count as an edit."""
    pair = worlds.pair(world)
    before = worlds.customer_of(world, pair)["phoneNumber"]
    edit(world, pair, side, "phone", "+44 1")

    def take_back() -> None:
        edit(world, pair, side, "phone", before)
        another_look(world, side)()

    in_between(world, side.other, take_back, after=after)
    worlds.cycles(world, 4)
    assert worlds.customer_of(world, pair)["phoneNumber"] == before
    assert (worlds.account_of(world, pair)["telephone1"] or "") == before
    worlds.assert_whole(world)


def test_an_edit_on_the_side_that_was_written_is_in_conflict_with_what_was_taken_back(world: World) -> None:
    """What was written is known to have been there, so nobody's edit is taken for it."""
    pair = worlds.pair(world)
    before = worlds.customer_of(world, pair)["phoneNumber"]
    edit(world, pair, Side.BC, "phone", "+44 1")

    def act() -> None:
        edit(world, pair, Side.BC, "phone", before)
        another_look(world, Side.BC)()
        edit(world, pair, Side.SALES, "phone", "+44 2")

    in_between(world, Side.SALES, act, after=True)
    worlds.cycles(world, 4)
    assert worlds.codes(world) == ["conflict"]
    assert worlds.customer_of(world, pair)["phoneNumber"] == before
    assert worlds.account_of(world, pair)["telephone1"] == "+44 2"
