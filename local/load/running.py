"""One run: start, full synchronisation, maybe kills, cycles until all is at rest, and what was measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from local.dev.processes import Processes
from local.environment import Environment, Refused, start
from local.load.killing import Killed, Killer, writes_so_far
from local.load.plan import Kill, Plan
from local.load.sales_records import load_into_sales
from local.load.snapshot import Snapshot, take
from local.load.stored import Stored
from local.load.watching import Watch

LOOK_S = 0.25
ASK_S = 1.0
"""How often the progress is asked for: each answer reads the batches of all jobs."""
STILL_LOOKS = 4
"""The queues are empty when they are so at this many looks in a row."""
TOLD_EVERY_S = 5.0
HEALING = ("waits_for_lookup", "outcome_unknown", "unsettled", "access_denied")
MOST_CYCLES = 40

type Figures = dict[str, Any]
type Say = Callable[[str], None]


class NotAtRest(Exception):
    """The run did not come to rest within its patience; the text says what was still open."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run that came to rest. Times in seconds from the request that began it; ``requests`` by side and
    ``writes`` of both until the full synchronisation was finished, ``idle`` those of one cycle after
    everything was at rest."""

    finished_s: float
    rest_s: float
    cycles: int
    requests: Figures
    writes: int
    idle: Figures
    idle_writes: int
    peak_rss_mib: dict[str, float]
    cpu_s: dict[str, float]
    longest_queue: int
    resent: int
    killed: list[Killed]
    snapshot: Snapshot


def run(plan: Plan, kills: Sequence[Kill], say: Say) -> Run:
    """Raises NotReady where a process does not start and NotAtRest where there is no end."""
    with Processes() as processes, start(processes, plan.options()) as environment:
        stored = Stored(environment.addresses.storage)
        if plan.reverse:
            load_into_sales(plan, environment)
            environment.sales_control.reset_requests()
        with Watch(environment, stored) as watch, Killer(environment, kills, stored) as killer:
            return _observed(plan, environment, stored, watch, killer, say)


def _observed(
    plan: Plan, environment: Environment, stored: Stored, watch: Watch, killer: Killer, say: Say
) -> Run:
    began = time.monotonic()
    release = ["CUSTOMER", "CONTACT"] if plan.reverse else []
    full_sync = environment.api.post("full-synchronizations", {"release": release})["id"]
    killer.begin()
    _wait_finished(plan, environment, full_sync, say)
    finished_s = time.monotonic() - began
    asked, writes = _requests(environment), writes_so_far(environment)
    watch.look()
    cpu_s = watch.cpu_s
    killer.wait()
    cycles = _come_to_rest(plan, environment, stored, say)
    rest_s = time.monotonic() - began
    shot = take(environment, stored, _view(environment, full_sync))
    environment.bc_control.reset_requests()
    environment.sales_control.reset_requests()
    _cycle(plan, environment, stored)
    watch.look()
    return Run(
        finished_s=finished_s,
        rest_s=rest_s,
        cycles=cycles,
        requests=asked,
        writes=writes,
        idle=_requests(environment),
        idle_writes=writes_so_far(environment),
        peak_rss_mib=watch.peak_rss_mib,
        cpu_s=cpu_s,
        longest_queue=watch.longest_queue,
        resent=len(watch.resent),
        killed=killer.killed,
        snapshot=shot,
    )


def _view(environment: Environment, full_sync: str) -> Figures:
    found: Figures = environment.api.get(f"full-synchronizations/{full_sync}")
    return found


def _wait_finished(plan: Plan, environment: Environment, full_sync: str, say: Say) -> None:
    deadline = time.monotonic() + plan.patience_s
    next_told = time.monotonic() + TOLD_EVERY_S
    while True:
        view = _asked(lambda: _view(environment, full_sync))
        if view and view["status"] == "Finished":
            return
        if time.monotonic() > deadline:
            raise NotAtRest(f"the full synchronisation did not finish: {_progress(view)}")
        if time.monotonic() > next_told:
            say(_progress(view))
            next_told += TOLD_EVERY_S
        time.sleep(ASK_S)


def _asked(question: Callable[[], Figures]) -> Figures | None:
    """The answer, None while the host that was asked is being killed or started."""
    try:
        return question()
    except Refused as refused:
        if refused.status < 500:
            raise
    except requests.RequestException:
        pass
    return None


def _progress(view: Figures | None) -> str:
    if view is None:
        return "no host answers"
    lines = view["lines"]
    ended = sum(each["progress"]["percent"] == 100 for each in lines)
    running = (
        f"{each['mapping']} {each['progress']['percent']} %"
        for each in lines
        if each["progress"]["given"] and each["progress"]["percent"] < 100
    )
    return ", ".join([f"{ended} of {len(lines)} mappings done", *running])


def _come_to_rest(plan: Plan, environment: Environment, stored: Stored, say: Say) -> int:
    """Cycles until one writes nothing and nothing is left that heals by itself; how many it took."""
    deadline = time.monotonic() + plan.patience_s
    for number in range(1, MOST_CYCLES + 1):
        before = writes_so_far(environment)
        _cycle(plan, environment, stored)
        written = writes_so_far(environment) - before
        open_ = _open(stored)
        if not written and not open_:
            return number
        say(f"cycle {number}: {written} writes, still open: {open_ or 'nothing'}")
        _wait_for_healing(stored, deadline)
    raise NotAtRest(f"after {MOST_CYCLES} cycles: {_open(stored)}")


def _open(stored: Stored) -> list[str]:
    found = stored.couplings()
    intents = [f"{mapping}: creation for {each}" for mapping, ids in found.intents.items() for each in ids]
    waits = [f"{p.mapping}: {p.record_id} {p.code}" for p in found.problems if p.code in HEALING]
    return (intents + waits)[:5]


def _wait_for_healing(stored: Stored, deadline: float) -> None:
    """A moment, where something waits for its time to come."""
    if time.monotonic() > deadline:
        raise NotAtRest(f"still open: {_open(stored)}")
    if _open(stored):
        time.sleep(5)


def _cycle(plan: Plan, environment: Environment, stored: Stored) -> None:
    """Lets the minute timer look at every mapping now, and waits until all of its work is done."""
    deadline = time.monotonic() + plan.patience_s
    _wait_empty(stored, deadline)
    stored.make_due()
    environment.host.run_timer("minute")
    _wait_until(stored.all_claimed, deadline, "the minute timer did not take every mapping up")
    _wait_empty(stored, deadline)


def _wait_empty(stored: Stored, deadline: float) -> None:
    still = 0
    while still < STILL_LOOKS:
        still = 0 if stored.queued() else still + 1
        if time.monotonic() > deadline:
            raise NotAtRest(f"{stored.queued()} messages are still on the queues")
        time.sleep(LOOK_S)


def _wait_until(condition: Callable[[], bool], deadline: float, otherwise: str) -> None:
    while not condition():
        if time.monotonic() > deadline:
            raise NotAtRest(otherwise)
        time.sleep(LOOK_S)


def _requests(environment: Environment) -> Figures:
    """HTTP requests and counted operations by side."""
    bc, sales = environment.bc_control.requests(), environment.sales_control.requests()
    return {
        "bc": {"requests": bc["requests"], "parts": bc["batch_parts"], "byKind": bc["by_kind"],
               "writes": bc["writes"], "statuses": bc["by_status"]},
        "sales": {"requests": sales["requestsTotal"], "operations": sales["operationsTotal"],
                  "byKind": sales["requests"], "writes": sales["writes"], "statuses": sales["statuses"]},
    }  # fmt: skip
