"""A copy of a world goes on as the world itself would have, and nothing of the one shows in the other."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.wire import Request, Response, Service
from shared_code.core.records import Side
from shared_code.store.table_list import TABLES
from shared_code.telemetry import Recorder
from tests.current import Current
from tests.sync import extended_worlds, invoicing, ordering, quoting, worlds
from tests.sync.copies import MOST, Original, _originals, copied
from tests.sync.ordering import BICYCLE, sold, submit
from tests.telemetry.kept import Kept

MAKERS: dict[str, Callable[[], World]] = {
    "synced": worlds.synced,
    "without bulk messages": lambda: worlds.synced(bulk=False),
    "webhooks": lambda: worlds.synced(webhooks=True),
    "new": worlds.new_world,
    "extension": lambda: extended_worlds.synced("vendors"),
    "orders": lambda: ordering.synchronised(("orders", "extension", "orders_both_ways")),
    "quotes": quoting.synchronised,
    "invoices": invoicing.synchronised,
}


@pytest.fixture
def anew() -> None:
    """What a test compares with is not a copy itself."""
    Current.changes_code = True


class Recorded:
    """All that the product asks of its surroundings, and what they answer."""

    def __init__(self, world: World) -> None:
        self.log: list[object] = []
        for store in (world.tables, world.queue):
            store.before = lambda operation, place: self.log.append((operation, place))
        for side in Side:
            faulty = world.faults[side.value]
            faulty._service = Passing(faulty._service, self.log)


class Passing:
    def __init__(self, service: Service, log: list[object]) -> None:
        self._service = service
        self._log = log

    def handle(self, request: Request) -> Response:
        answer = self._service.handle(request)
        self._log.append((request.method, request.target, request.body, answer.status, answer.body))
        return answer


def history(world: World) -> list[object]:
    """An hour in which people work on both sides: what went over the wires, and what is stored after it."""
    recorded = Recorded(world)
    worlds.cycles(world, 2)
    for number in range(2):
        worlds.new_account(world, f"Account {number}", telephone1=f"+44 {number}")
        worlds.new_customer(world, f"Customer {number}")
        worlds.cycle(world)
    if "SALESORDER-ORDER" in world.at.mappings:
        submit(world, sold(world, BICYCLE, 2, 99.99))
    worlds.cycles(world, 4, 600)
    rows = {table: [*world.tables.scan(table, limit=10_000)] for table in TABLES}
    return [recorded.log, rows, worlds.customers(world), worlds.accounts(world), world.requests]


@pytest.mark.bulk
@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("name", MAKERS)
def test_a_copy_goes_on_as_the_world_itself(name: str) -> None:
    world = MAKERS[name]()
    original = Original(world)
    first, second = original.copy(), original.copy()
    expected = history(world)
    assert len(str(expected)) > 10_000, "something happened"
    assert history(first) == expected
    assert history(second) == expected, "the first copy left its original as it was"


@pytest.mark.bulk
@pytest.mark.usefixtures("anew")
def test_what_is_changed_in_one_shows_in_no_other() -> None:
    world = worlds.synced()
    original = Original(world)
    first, second = original.copy(), original.copy()
    worlds.edit_bc(first, worlds.pair(first), phoneNumber="+44 1")
    worlds.cycle(first)
    for other in (world, second):
        assert worlds.account_of(other, worlds.pair(other))["telephone1"] != "+44 1"
        assert other.clock.now == first.clock.now - 60
        assert other.requests != first.requests
        other.person_in_sales.call("GET", "accounts")
    assert first.process is not None
    assert first.receiver.parts is first.process.parts is first.parts is not world.parts


def test_closures_locks_and_counters_are_made_anew() -> None:
    seen: list[int] = []
    numbers = itertools.count(7, 3)
    next(numbers)

    total = 0

    def note(value: int = 5) -> int:
        nonlocal total
        total += value
        seen.append(value)
        return len(seen)

    made = {"note": note, "total": lambda: total, "seen": seen, "lock": threading.RLock(), "numbers": numbers}
    found: dict[str, Any] = Original(made).copy()
    assert (found["note"](), found["seen"], seen) == (1, [5], [])
    assert (found["total"](), total) == (5, 0), "what closures share they share in a copy, too"
    assert found["lock"] is not made["lock"]
    assert [next(found["numbers"]), next(found["numbers"]), next(numbers)] == [10, 13, 10]


class Calls:
    """What a maker made, and how often."""

    def __init__(self) -> None:
        self.count = 0

    def make(self, *told: object, **more: object) -> list[object]:
        self.count += 1
        return [self.count, *told, *more.items()]


def test_from_the_third_time_on_what_is_given_is_a_copy_by_its_arguments() -> None:
    calls = Calls()
    give = copied(calls.make)
    given = [give("a", more=[1, 2]) for _ in range(5)]
    assert [each[0] for each in given] == [1, 2, 2, 2, 2]
    assert len({id(each) for each in given}) == 5
    given[2].append("changed by a test")
    assert give("a", more=[1, 2]) == given[3]
    assert give("a", more=[1, 3])[0] == 3, "other arguments"


def test_a_test_that_may_change_code_is_given_what_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls()
    give = copied(calls.make)
    assert [give()[0] for _ in range(4)] == [1, 2, 3, 4]


def test_where_somebody_passes_an_object_of_their_own_it_is_made_anew() -> None:
    calls = Calls()
    give = copied(calls.make)
    for own in (Recorder(Kept()), print, object(), [lambda: None]):
        before = calls.count
        assert [give(own)[0] for _ in range(3)] == [before + 1, before + 2, before + 3]


def test_only_so_many_originals_are_kept() -> None:
    give = copied(Calls().make)
    for number in range(MOST + 3):
        for _ in range(2):
            give(number)
    assert len([each for each in _originals.values() if each is not None]) <= MOST
    assert give(0)[0] > MOST, "the one that was made first went first"
