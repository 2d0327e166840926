"""A process dies at one operation on storage, queue and services after the other, before and after it.

Whatever the operation was: after the redelivery nothing is doubled, nothing is lost, every record is
accounted for and the next look writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from local.simulation.world import World
from shared_code.sync.tick import tick
from tests.sync import worlds
from tests.sync.density import places
from tests.sync.worlds import Crash, Operations

type Act = Callable[[World, int], Callable[[], None]]
"""What people do in round ``n``; returns the check of what must have come of it."""


def new_customers(world: World, n: int) -> Callable[[], None]:
    names = [f"Customer {n} {part}" for part in "ab"]
    for each in names:
        worlds.new_customer(world, each, phoneNumber=f"+44 {n}")

    def check() -> None:
        for each in names:
            assert worlds.account(world, each)["telephone1"] == f"+44 {n}"

    return check


def new_accounts(world: World, n: int) -> Callable[[], None]:
    names = [f"Account {n} {part}" for part in "ab"]
    for each in names:
        worlds.new_account(world, each, telephone1=f"+45 {n}")

    def check() -> None:
        for each in names:
            (made,) = [c for c in worlds.customers(world) if c["displayName"] == each]
            assert made["phoneNumber"] == f"+45 {n}"

    return check


def edited_in_bc(world: World, n: int) -> Callable[[], None]:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber=f"+46 {n}")

    def check() -> None:
        assert worlds.account_of(world, pair)["telephone1"] == f"+46 {n}"

    return check


def edited_in_sales(world: World, n: int) -> Callable[[], None]:
    pair = worlds.pair(world)
    worlds.edit_sales(world, pair, telephone1=f"+47 {n}")

    def check() -> None:
        assert worlds.customer_of(world, pair)["phoneNumber"] == f"+47 {n}"

    return check


def edited_on_both_sides(world: World, n: int) -> Callable[[], None]:
    pair = worlds.pair(world)
    worlds.edit_bc(world, pair, phoneNumber=f"+48 {n}")
    worlds.edit_sales(world, pair, emailaddress1=f"box{n}@example.com")

    def check() -> None:
        assert worlds.account_of(world, pair)["telephone1"] == f"+48 {n}"
        assert worlds.customer_of(world, pair)["email"] == f"box{n}@example.com"

    return check


@dataclass
class Trial:
    """One world in which round after round one more operation is died at."""

    act: Act
    lease_s: float
    bulk: bool = True
    stride: int = 1

    def run(self) -> list[str]:
        """What went wrong, one line per operation died at."""
        faults: list[str] = []
        number, world = 0, self._world()
        for late in (False, True):
            for at in places(self.stride):
                number += 1
                died_at, fault = self._round(world, number, at, late)
                if died_at is None:
                    break
                if fault:
                    faults.append(f"died {'after' if late else 'before'} operation {at} ({died_at}): {fault}")
                    world = self._world()
            assert at > 10, "too few operations were counted"
        return faults

    def _world(self) -> World:
        world = worlds.synced(bulk=self.bulk)
        worlds.only_customers(world)
        self.operations = Operations(world)
        return world

    def _round(self, world: World, number: int, at: int, late: bool) -> tuple[str | None, str]:
        check = self.act(world, number)
        self.operations.arm(at, late)
        died = self._cycle(world)
        died_at = self.operations.log[at - 1] if died else None
        self.operations.disarm()
        for _ in range(4):
            self._cycle(world)
        for _ in range(2):
            self._cycle(world, 700)
        try:
            check()
            worlds.assert_whole(world)
        except (AssertionError, ValueError) as fault:
            return died_at, (str(fault) or repr(fault)).splitlines()[0][:300]
        return died_at, ""

    def _cycle(self, world: World, seconds: float = 60.0) -> bool:
        """A minute in which the process may die once; whether it did."""
        world.clock.now += seconds
        try:
            tick(world.parts)
        except Crash:
            return True
        return bool(worlds.deliver(world, lease_s=self.lease_s))


ACTS = [new_customers, new_accounts, edited_in_bc, edited_in_sales, edited_on_both_sides]


@pytest.mark.parametrize("act", ACTS)
def test_a_process_may_die_at_any_operation(act: Act) -> None:
    assert Trial(act, 30.0).run() == []


@pytest.mark.parametrize("act", ACTS)
def test_other_looks_may_come_before_what_died_is_delivered_again(act: Act) -> None:
    stride = 1 if act in (new_customers, new_accounts) else 5
    assert Trial(act, 600.0, stride=stride).run() == []


def test_a_process_may_die_at_any_operation_of_creations_without_bulk_messages() -> None:
    assert Trial(new_customers, 30.0, bulk=False, stride=2).run() == []
