"""A system that was put back concerns every connection that works with it, whichever of them noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.store.identities import Identity, IdentityStore
from shared_code.store.tables import StoreError
from shared_code.sync import put_back, views, witnesses
from shared_code.sync.full_sync import Request, start
from shared_code.sync.parts import ConnectionParts, Parts
from tests.sync import worlds
from tests.sync.test_restored_systems import backup, edit, edit_another, restore
from tests.sync.test_two_companies import names, other_company

REASON = "It holds older versions."
LONG_S = 1000.0


@pytest.fixture
def world() -> World:
    return worlds.synced([worlds.company(), other_company()])


def put_back_after(world: World, side: Side, *events: Callable[[], object]) -> None:
    """Put back ``side`` as it was before the events; only the first company's records tell of it."""
    kept = backup(world, side)
    for event in events:
        event()
        worlds.cycle(world)
    edit(world, side, "+44 2")
    edit_another(world, side)
    worlds.cycle(world)
    restore(world, kept)
    worlds.cycles(world, 3, 400)


def accept_all_stopped(world: World) -> None:
    """What the health page asks a person for."""
    for name, at in world.parts.connections.items():
        if at.identities.get().went_back:
            start(world.parts, world.parts.connection(name), Request(accept=True))
    worlds.settled(world)


@pytest.mark.parametrize("side", Side)
def test_what_one_connection_noticed_stops_the_others_and_they_say_where(world: World, side: Side) -> None:
    put_back_after(world, side)
    stopped = views.health_view(world.parts)["connections"]["usa"]["stoppedBecause"]
    assert side.system_name in stopped
    assert "acceptSystems" in stopped
    assert "noticed in the connection cronus" in stopped


def test_a_customer_that_is_no_longer_blocked_by_a_restore_is_carried_where_nothing_told_of_it(
    world: World,
) -> None:
    """It comes back at a time that the looks of its company have passed long ago."""
    bc_id = worlds.new_customer(world, "Fresh Ltd.", "usa")
    person = world.person_in_bc("usa")
    world.clock.now += LONG_S
    put_back_after(world, Side.BC, lambda: person.edit(f"customers({bc_id})", blocked="All"))
    assert "Fresh Ltd." not in names(worlds.accounts(world), "name")
    accept_all_stopped(world)
    assert "Fresh Ltd." in names(worlds.accounts(world), "name")


def test_a_row_that_a_restore_took_away_is_not_listed_any_more_where_nothing_told_of_it(world: World) -> None:
    """Its version counter was put back with it, so that no look ever tells of its deletion."""
    usa = world.parts.connection("usa")
    usa.schedules.change("CUSTOMER", 60, released=False)
    mark = usa.connection.company_id
    put_back_after(world, Side.SALES, lambda: worlds.new_account(world, "Fresh", tandem_companyid=mark))
    assert [each["code"] for each in worlds.problems(world, connection="usa")] == ["couple_first"]
    accept_all_stopped(world)
    assert worlds.problems(world, connection="usa") == []


@pytest.mark.parametrize("side", Side)
def test_an_accepted_connection_is_not_stopped_again_by_the_one_that_is_not(world: World, side: Side) -> None:
    put_back_after(world, side)
    start(world.parts, world.parts.connection("usa"), Request(accept=True))
    worlds.cycles(world, 5, 400)
    assert world.parts.connection("usa").identities.get().went_back == ""
    assert world.at.identities.get().went_back
    worlds.new_customer(world, "Fresh Ltd.", "usa")
    worlds.cycles(world, 3)
    assert "Fresh Ltd." in names(worlds.accounts(world), "name")


def test_a_process_that_dies_before_its_own_connection_is_stopped_stops_both_in_the_end(world: World) -> None:
    died: list[bool] = []
    real = IdentityStore.put

    def dying(store: IdentityStore, identity: Identity) -> bool:
        if identity.went_back and store._partition == world.at.identities._partition and not died:
            died.append(True)
            raise StoreError("it dies here")
        return real(store, identity)

    with patch.object(IdentityStore, "put", dying):
        put_back_after(world, Side.SALES)
    assert died
    assert all(at.identities.get().went_back for at in world.parts.connections.values())


def test_the_process_that_noticed_goes_on_with_none_of_them(world: World) -> None:
    worlds.cycle(world)
    assert "usa" in world.parts.confirmed
    mine = world.at.identities.get().known
    put_back.stop_others(world.parts, world.at, mine, Side.BC, REASON)
    assert "usa" not in world.parts.confirmed


@pytest.mark.parametrize("known", [{}, {"environment": "another"}])
def test_a_connection_that_never_worked_or_works_with_another_system_goes_on(
    world: World, known: dict[str, str]
) -> None:
    other, mine = world.parts.connection("usa").identities, world.at.identities.get().known
    other.change(lambda stored: replace(stored, known=known))
    put_back.stop_others(world.parts, world.at, mine, Side.BC, REASON)
    assert other.get().went_back == ""


def test_one_that_is_stopped_while_it_asks_does_not_go_on(world: World) -> None:
    examine, usa = witnesses.examine, world.parts.connection("usa")
    mine = world.at.identities.get().known

    def found_meanwhile(parts: Parts, at: ConnectionParts, stored: Identity) -> Identity:
        if at.name == usa.name:
            put_back.stop_others(parts, world.at, mine, Side.BC, REASON)
        return examine(parts, at, stored)

    world.parts.confirmed.clear()
    worlds.new_customer(world, "Fresh Ltd.", "usa")
    with patch("shared_code.sync.witnesses.examine", found_meanwhile):
        worlds.cycle(world)
    assert usa.identities.get().went_back
    assert "Fresh Ltd." not in names(worlds.accounts(world), "name")


@pytest.mark.parametrize("change", [{"went_back": REASON, "stopped_because": REASON}, {"accepted": 1}])
def test_a_process_at_work_asks_again_once_another_one_found_out_or_a_person_accepted(
    world: World, change: dict[str, object]
) -> None:
    usa = world.parts.connection("usa")
    worlds.cycle(world)
    assert "usa" in world.parts.confirmed
    usa.identities.change(lambda stored: replace(stored, **change))  # type: ignore[arg-type]
    world.parts.witnessed.clear()
    witnesses.remember(world.parts, usa, "CUSTOMER", [])
    assert "usa" not in world.parts.confirmed


def test_an_acceptance_is_not_lost_where_the_identity_changes_meanwhile(world: World) -> None:
    put_back_after(world, Side.BC)
    real, faster = IdentityStore.put, [True]

    def put(store: IdentityStore, identity: Identity) -> bool:
        if faster:
            faster.clear()
            real(store, replace(store.get(), suspected_since_s=1.0))
        return real(store, identity)

    with patch.object(IdentityStore, "put", put):
        start(world.parts, world.at, Request(accept=True))
    assert (world.at.identities.get().went_back, world.at.identities.get().accepted) == ("", 1)
