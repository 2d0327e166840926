"""Coming to rest: faults off, then cycles, with time passing between them, until nothing changes any more."""

from __future__ import annotations

from dataclasses import dataclass

from local.load.killing import writes_so_far
from local.machine.world import NotAtRest, World, wait_until

MOST_CYCLES = 14
STILL_LOOKS = 4
FIRST_PASS_S, LONGEST_PASS_S = 900.0, 7 * 3600.0
"""How far the hosts' clocks go between two cycles: at last further than the longest wait before a retry."""
MUST_END = ("outcome_unknown", "unsettled", "access_denied", "internal")
"""Problems that waiting heals: with the faults over none may stay."""
MAY_STAY = ("waits_for_lookup",)
"""These heal when another record is coupled, which may never be."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is not done yet: what must end, and what may stay if nothing else can come of it."""

    must_end: tuple[str, ...]
    may_stay: tuple[str, ...]


def come_to_rest(world: World) -> None:
    """The last cycle wrote nothing and left everything as it was. Raises NotAtRest where that takes more than
    ``MOST_CYCLES``."""
    world.disturber.quiet()
    world.tell("the faults are over")
    before, pass_s = left(world), FIRST_PASS_S
    for number in range(MOST_CYCLES):
        written = cycle(world, number)
        now = left(world)
        world.tell(f"cycle {number}: {written} writes, left: {now.must_end + now.may_stay or 'nothing'}")
        if not written and not now.must_end and now == before:
            return
        before = now
        if now.must_end or now.may_stay:
            let_pass(world, pass_s)
            pass_s = min(LONGEST_PASS_S, pass_s * 2)
    raise NotAtRest(f"after {MOST_CYCLES} cycles {written} writes, and left: {now}")


def cycle(world: World, number: int = 0) -> int:
    """One look at every mapping, to the end of its work; how many writes both systems committed."""
    wait_empty(world)
    before = writes_so_far(world.environment)
    world.tell(f"timer: {world.run_timer(number)}")
    wait_until(world.stored.all_claimed, "the minute timer to take every mapping up")
    wait_empty(world)
    return writes_so_far(world.environment) - before


def wait_empty(world: World) -> None:
    """Until no message is on the queues, nor in anybody's hand."""
    still = 0

    def is_still() -> bool:
        nonlocal still
        still = 0 if world.stored.queued() else still + 1
        return still >= STILL_LOOKS

    wait_until(is_still, "empty queues")


def let_pass(world: World, seconds: float) -> None:
    """The hosts' clocks go on: what waits for its time is due. The systems' clocks stay."""
    for name, host in world.environment.hosts.items():
        now_s = float(host.variables.get("LOCAL_CLOCK_SHIFT_SECONDS", "0"))
        world.disturber.shift_host(name, now_s + seconds)
    world.tell(f"{seconds:g} s pass")


def left(world: World) -> Left:
    """What is not done yet.

    A connection that stands still has put its looks off: that it wrote nothing says nothing.  So it is after
    an instance whose clock was minutes ahead closed a service for all.
    """
    found = world.stored.couplings()
    begun = [f"{mapping}: creation for {each}" for mapping, ids in found.intents.items() for each in ids]
    open_ = [f"batch {each.id} of {each.job}" for each in world.stored.batches() if not each.done]
    runs = [each for each in world.full_syncs if world.full_sync_view(each)["status"] != "Finished"]
    heals = [
        (each.code, f"{each.mapping}: {each.side} {each.record_id} {each.code}") for each in found.problems
    ]
    must = [told for code, told in heals if code in MUST_END]
    stay = [told for code, told in heals if code in MAY_STAY]
    still = _standing_still(world)
    return Left((*still, *begun, *open_, *(f"full run {each}" for each in runs), *must), tuple(stay))


def _standing_still(world: World) -> list[str]:
    """Why a connection does not work now: as people are told, or a suspicion that has still to last."""
    health = world.environment.api.get("health")["connections"]
    stopped = [f"{name}: {each['stoppedBecause']}" for name, each in health.items() if each["stoppedBecause"]]
    return stopped + [f"{each}: it looks as if a system was put back" for each in world.stored.suspected()]
