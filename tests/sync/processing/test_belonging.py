"""What belongs to a record that a person uncouples, where it is coupled at that very moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from local.simulation.world import World
from local.simulators.wire import Request
from shared_code.core.coupling import Coupling
from shared_code.core.jobs import JobKind
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side
from shared_code.store.partings import KEPT_S
from shared_code.sync import coupling_api
from shared_code.sync.clean_up import clean_up
from shared_code.sync.tick import look
from tests.sync import worlds
from tests.sync.density import places
from tests.sync.worlds import Operations, is_write, once


@pytest.fixture
def world() -> World:
    return a_world()


def a_world() -> World:
    made = worlds.synced()
    for name, mapping in made.at.mappings.items():
        if name not in ("CUSTOMER", "CONTACT"):
            made.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    return made


def hire(world: World, pair: Coupling) -> str:
    """A salesperson enters somebody who works for a customer; the id."""
    row = world.person_in_sales.call(
        "POST",
        "contacts",
        {
            "firstname": "Anna",
            "lastname": "Berg",
            "parentcustomerid_account@odata.bind": f"/accounts({pair.sales_id})",
        },
        prefer="return=representation",
    )
    return str(row["contactid"])


def wants(world: World, pair: Coupling) -> None:
    """A person uncouples a customer; nobody has begun with it yet."""
    body = json.dumps({"side": "bc", "ids": [pair.bc_id]}).encode()
    assert coupling_api.uncouple(world.parts, "CUSTOMER", body, {}).status == 202


def uncouples(world: World, pair: Coupling) -> None:
    """A person uncouples a customer, and another worker does it."""
    wants(world, pair)
    worlds.deliver(world)


def is_coupled(world: World, contact: str) -> bool:
    return contact in {each.sales_id for each in world.at.couplings("CONTACT").all_coupled()}


def set_aside(world: World, side: Side) -> set[str]:
    return world.at.couplings("CONTACT").set_aside(side)


def in_between(world: World, side: Side, act: Callable[[], object], *, after: bool = False) -> None:
    wire = worlds.tap(world, side)
    if after:
        wire.after = once(act)
    else:
        wire.before = once(act)


@pytest.mark.parametrize("after", [False, True], ids=["before its creation", "after it"])
def test_who_is_coupled_while_the_customer_is_uncoupled_does_not_stay_coupled_alone(
    world: World, after: bool
) -> None:
    """Seed 1052: the contact was on its way when its customer's pair ended."""
    pair = worlds.pair(world)
    contact = hire(world, pair)
    in_between(world, Side.BC, partial(uncouples, world, pair), after=after)
    worlds.cycles(world, 3)
    assert not is_coupled(world, contact)
    assert contact in set_aside(world, Side.SALES)


def test_who_is_coupled_just_before_the_pair_ends_is_seen_by_whoever_ends_it(world: World) -> None:
    pair = worlds.pair(world)
    contact = hire(world, pair)

    def another_worker() -> None:
        look(world.parts, world.at, world.at.mapping("CONTACT"), (Side.SALES,))
        worlds.deliver(world)
        assert is_coupled(world, contact)

    wants(world, pair)
    in_between(world, Side.SALES, another_worker)  # The write that gives the account free.
    worlds.deliver(world)
    assert not is_coupled(world, contact)


def test_who_is_led_to_a_customer_while_that_is_uncoupled_does_not_stay_coupled_alone(world: World) -> None:
    pair, other = worlds.pair(world), worlds.pair(world, "20000")
    contact = hire(world, other)
    worlds.cycles(world, 2)
    assert is_coupled(world, contact)
    (bc_id,) = [c.bc_id for c in world.at.couplings("CONTACT").all_coupled() if c.sales_id == contact]
    company = next(
        each["companyNumber"]
        for each in worlds.contacts(world, Side.BC)
        if each["type"] == "Person" and each["companyName"] == worlds.customer(world, "10000")["displayName"]
    )
    world.person_in_bc().edit(f"contacts({bc_id})", companyNumber=company)

    def leads_there(request: Request) -> bool:
        return is_write(request) and pair.sales_id.encode() in request.body

    worlds.tap(world, Side.SALES).before = once(partial(uncouples, world, pair), leads_there)
    worlds.cycles(world, 3)
    assert not is_coupled(world, contact)


def test_who_is_coupled_when_the_customer_has_a_partner_again_stays_coupled(world: World) -> None:
    pair = worlds.pair(world)
    contact = hire(world, pair)

    def uncouples_by_mistake() -> None:
        uncouples(world, pair)
        body = json.dumps({"pairs": [{"bc": pair.bc_id, "sales": pair.sales_id}]}).encode()
        assert coupling_api.couple(world.parts, "CUSTOMER", body, {}).status < 300
        worlds.deliver(world)

    in_between(world, Side.BC, uncouples_by_mistake)
    worlds.cycles(world, 3)
    assert is_coupled(world, contact)


def test_nobody_stays_coupled_alone_where_a_process_dies_meanwhile() -> None:
    """At any place of the coupling, of the uncoupling, or of what follows."""
    for at in places(stride=4):
        world = a_world()
        pair = worlds.pair(world)
        contact = hire(world, pair)
        in_between(world, Side.BC, partial(uncouples, world, pair), after=True)
        dying = Operations(world)
        dying.arm(at, late=True)
        worlds.one_minute(world)
        done = dying.count < at
        dying.disarm()
        worlds.settled(world)
        customers = {each.sales_id for each in world.at.couplings("CUSTOMER").all_coupled()}
        # Whoever dies before the wish is on file is asked again.
        assert is_coupled(world, contact) == (pair.sales_id in customers), at
        if done:
            break


def test_a_repeat_counts_the_pair_that_an_earlier_delivery_ended() -> None:
    for at in places(stride=4):
        world = a_world()
        pair = worlds.pair(world)
        wants(world, pair)
        dying = Operations(world)
        dying.arm(at, late=True)
        worlds.deliver(world)
        done = dying.count < at
        dying.disarm()
        worlds.settled(world)
        jobs = [each for each in world.at.jobs.newest(100) if each.kind is JobKind.UNCOUPLING]
        (job,) = [each for each in jobs if each.mapping == "CUSTOMER"]
        counts = [each.counts for each in world.at.jobs.batches(job.id)]
        assert sum(each.get(Outcome.UNCOUPLED, 0) for each in counts) == 1, at
        if done:
            break


def test_that_a_pair_ended_is_forgotten_after_a_day(world: World) -> None:
    pair = worlds.pair(world)
    uncouples(world, pair)
    partings = world.at.partings("CUSTOMER")
    assert partings.all() == {pair.sales_id: pair.bc_id}
    world.clock.now += KEPT_S + 60
    clean_up(world.parts)
    assert partings.all() == {}


def test_what_nothing_belongs_to_leaves_no_parting(world: World) -> None:
    people = list(world.at.couplings("CONTACT").all_coupled())
    body = json.dumps({"side": "bc", "ids": [people[0].bc_id]}).encode()
    assert coupling_api.uncouple(world.parts, "CONTACT", body, {}).status == 202
    worlds.deliver(world)
    assert not is_coupled(world, people[0].sales_id)
    assert world.at.partings("CONTACT").all() == {}
