"""Permits: how instances that share one service user come back after a refusal."""

from __future__ import annotations

import heapq
import json
import uuid
from collections.abc import Callable, Sequence
from random import Random

import pytest

from shared_code.runtime import OpenGate
from shared_code.store.codec import escape_key
from shared_code.store.memory import MemoryTables
from shared_code.store.permit_shares import BELIEVED, PACE_S, share_of
from shared_code.store.permits import GROW_AFTER, LEASE_S, SOON, TABLE, LeasedPermits
from shared_code.store.tables import Entity

ANSWER_S = 0.2


class World:
    """A clock, chance by seed, and a service that stays closed a second longer each time it is pushed."""

    def __init__(self, seed: int, closed_s: float) -> None:
        self.time_s = 1_000.0
        self.closed_until_s = self.time_s + closed_s
        self.refused = 0
        self._random = Random(seed)

    def now(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        raise AssertionError("permits never wait by themselves")

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128)))

    def random(self) -> float:
        return self._random.random()

    def new_gate(self) -> OpenGate:
        return OpenGate()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        return [call() for call in calls]

    def ask(self) -> float | None:
        """What a request is answered: the seconds to wait, ``None`` when it is served."""
        if self.time_s >= self.closed_until_s:
            return None
        self.refused += 1
        self.closed_until_s += 1.0
        return float(int(self.closed_until_s - self.time_s) + 1)


def permits_of(world: World, instances: int) -> list[LeasedPermits]:
    tables = MemoryTables()
    tables.ensure([TABLE])
    return [LeasedPermits(world, tables, "sales|app", 8, 16) for _ in range(instances)]


def among_others(world: World) -> list[LeasedPermits]:
    """Two instances that know of each other."""
    both = permits_of(world, 2)
    for _ in range(2):
        for each in both:
            each.limit()
        world.time_s += LEASE_S / 2
    return both


def served_at(world: World, permits: list[LeasedPermits], callers: int, within_s: float) -> float:
    """When the first request is served; each instance has some callers that come back as they are told.

    A refusal is known to the caller, and to its instance, only when the answer is there.
    """
    began = world.time_s
    turns = [(world.time_s, number, 0.0) for number in range(len(permits) * callers)]
    while turns[0][0] - began < within_s:
        world.time_s, caller, refused_for_s = heapq.heappop(turns)
        own = permits[caller % len(permits)]
        if refused_for_s:
            own.throttled(refused_for_s)
        if (wait_s := own.wait_s()) > 0:
            heapq.heappush(turns, (world.time_s + wait_s, caller, 0.0))
            continue
        retry_after_s = world.ask()
        if retry_after_s is None:
            return world.time_s - began
        heapq.heappush(turns, (world.time_s + ANSWER_S, caller, retry_after_s))
    raise AssertionError(f"still closed after {within_s} s and {world.refused} refusals")


@pytest.mark.parametrize("instances", [1, 2, 4])
@pytest.mark.parametrize("seed", range(8))
def test_instances_that_come_back_together_do_not_keep_a_service_closed(seed: int, instances: int) -> None:
    world = World(seed, closed_s=30.0)
    assert served_at(world, permits_of(world, instances), callers=6, within_s=300.0) < 300.0
    assert world.refused < 30 * instances


def test_after_a_closure_one_request_goes_first() -> None:
    world = World(1, closed_s=0.0)
    permits, _ = among_others(world)
    assert [permits.wait_s() for _ in range(3)] == [0.0, 0.0, 0.0]
    permits.throttled(5.0)
    assert permits.wait_s() >= 5.0
    world.time_s += permits.wait_s()
    first, *others = [permits.wait_s() for _ in range(3)]
    assert first == 0.0
    assert all(each > 0 for each in others)
    permits.succeeded(None)
    assert permits.wait_s() == 0.0


def test_a_first_request_that_never_ends_holds_nobody_for_long() -> None:
    world = World(1, closed_s=0.0)
    permits, _ = among_others(world)
    permits.throttled(1.0)
    world.time_s += permits.wait_s()
    assert permits.wait_s() == 0.0
    assert permits.wait_s() > 0.0
    world.time_s += 5.0
    assert permits.wait_s() == 0.0


def test_an_instance_that_is_alone_comes_back_as_it_was_asked_to_and_all_at_once() -> None:
    world = World(1, closed_s=0.0)
    (permits,) = permits_of(world, 1)
    assert permits.limit() == 8
    permits.throttled(5.0)
    assert permits.wait_s() == 5.0
    world.time_s += 5.0
    assert [permits.wait_s() for _ in range(3)] == [0.0, 0.0, 0.0]
    permits.throttled(5.0)
    assert permits.wait_s() == 5.0, "those that closed it may be answered after those it refused"
    world.time_s += 5.0
    permits.throttled(5.0)
    world.time_s += permits.wait_s()
    assert [permits.wait_s() > 0 for _ in range(3)] == [False, True, True], "again and again: one goes first"


def test_a_budget_that_is_used_up_is_not_filled_by_going_slower() -> None:
    world = World(1, 0.0)
    (permits,) = permits_of(world, 1)
    assert permits.limit() == 8
    permits.throttled(5.0, used_up=True)
    assert permits.limit() == 8
    world.time_s += 5.0
    permits.throttled(5.0, used_up=True)
    assert permits.limit() == 8, "those that used it up may be answered after those it refused"
    world.time_s += 5.0
    permits.throttled(5.0, used_up=True)
    assert permits.limit() == 4, "refused again and again: it is too much all the same"


def test_who_only_reads_leaves_all_to_who_writes() -> None:
    world = World(1, 0.0)
    reading, writing = permits_of(world, 2)
    reading.wait_s()
    writing.want(20)
    assert writing.limit() == 8


def test_who_writes_little_leaves_the_rest_to_others() -> None:
    world = World(1, 0.0)
    little, much = permits_of(world, 2)
    little.want(2)
    much.want(20)
    assert much.limit() == 6


def test_who_has_nothing_left_to_write_leaves_its_share_within_a_second() -> None:
    world = World(1, 0.0)
    one, other = busy(world, permits_of(world, 2))
    assert (one.limit(), other.limit()) == (4, 4)
    world.time_s += PACE_S * SOON
    other.want(0)
    one.want(20)
    assert one.limit() == 4, "it has not looked yet"
    world.time_s += PACE_S * (1 - SOON)
    one.want(20)
    assert one.limit() == 8


def test_who_says_nothing_more_is_believed_for_a_moment_only() -> None:
    """A process that died, or was busy to its last request and then had nothing to do."""
    world = World(1, 0.0)
    one, _ = busy(world, permits_of(world, 2))
    world.time_s += BELIEVED * PACE_S - 0.1
    one.want(20)
    assert one.limit() == 4
    world.time_s += PACE_S
    one.want(20)
    assert one.limit() == 8


def test_who_is_alone_is_believed_until_it_looks_again() -> None:
    world = World(1, 0.0)
    first, newcomer = permits_of(world, 2)
    first.want(20)
    world.time_s += LEASE_S / 2 - 1.0
    newcomer.want(20)
    assert newcomer.limit() == 4
    assert first.limit() == 8, "it has not looked yet"
    world.time_s += 1.0
    first.want(20)
    assert first.limit() == 4


def test_a_burst_since_the_last_word_counts() -> None:
    """A batch plans as another ends: at one moment little is under way."""
    world = World(1, 0.0)
    one, other = busy(world, permits_of(world, 2))
    other.want(9)
    world.time_s += PACE_S
    other.want(1)
    one.want(20)
    assert one.limit() == 4


def test_instances_of_an_older_tandem_tell_nothing_and_have_an_equal_share() -> None:
    world = World(1, 0.0)
    tables = MemoryTables()
    tables.ensure([TABLE])
    leases = json.dumps({"older": world.now() + LEASE_S, "another": world.now() + LEASE_S})
    values = {"total": 9, "closed_until_s": 0.0, "leases": leases}
    tables.insert(TABLE, Entity("permits", escape_key("sales|app"), values))
    permits = LeasedPermits(world, tables, "sales|app", 8, 16)
    permits.want(20)
    assert permits.limit() == 3


def busy(world: World, permits: list[LeasedPermits]) -> list[LeasedPermits]:
    """All want more than there is, and know of each other."""
    for wait_s in (LEASE_S / 2, PACE_S, 0.0):
        for each in permits:
            each.want(20)
        world.time_s += wait_s
    return permits


@pytest.mark.parametrize("total", [1, 4, 8, 24])
@pytest.mark.parametrize("instances", [1, 2, 3, 5, 11])
def test_what_all_want_is_divided_without_rest(total: int, instances: int) -> None:
    names = [f"{number:02d}" for number in range(instances)]
    shares = [share_of(own, total, {each: 99 for each in names if each != own}) for own in names]
    assert sum(shares) == max(total, instances), "each has one at least"
    assert max(shares) - min(shares) <= 1


def test_what_the_service_advises_is_kept_from_the_next_request_on() -> None:
    (permits,) = permits_of(World(1, 0.0), 1)
    assert permits.limit() == 8
    permits.succeeded(4)
    assert permits.limit() == 4


def test_a_refusal_after_a_good_while_closes_and_one_soon_after_another_halves() -> None:
    world = World(1, 0.0)
    (permits,) = permits_of(world, 1)
    for _ in range(GROW_AFTER):
        permits.succeeded(8)
    permits.throttled(5.0)
    assert (permits.limit(), permits.wait_s() >= 5.0) == (8, True)
    world.time_s += 30.0
    permits.succeeded(8)
    permits.throttled(5.0)
    assert permits.limit() == 4


def test_the_total_grows_again_up_to_what_is_advised() -> None:
    world = World(1, 0.0)
    (permits,) = permits_of(world, 1)
    permits.throttled(1.0)
    assert permits.limit() == 4
    for _ in range(GROW_AFTER * 10):
        permits.succeeded(6)
    assert permits.limit() == 6
