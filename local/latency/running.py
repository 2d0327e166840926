"""One run: an environment, a first full synchronisation, the changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.dev.processes import Processes
from local.environment import Environment, Generated, Options, start
from local.latency.measuring import Watch, measure, pairs_of
from local.latency.plan import DIRECTIONS, Plan, changes_of

FULL_SYNC_TIMEOUT_S = 300.0
REGISTRATION_TIMEOUT_S = 150.0
BETWEEN_LOOKS_S = 0.2

type Say = Callable[[str], None]


class NotDone(Exception):
    """Something that comes before the measurement did not end in time; the text says what."""


@dataclass(frozen=True)
class Run:
    """What one run found. `registered_s` is how long after the start webhooks were registered."""

    webhooks: bool
    watch: Watch
    registered_s: float | None

    @property
    def name(self) -> str:
        """As it is called in tables."""
        return "webhooks and minute timer" if self.webhooks else "minute timer alone"


def run(plan: Plan, webhooks: bool, say: Say) -> Run:
    """Everything, in an environment of its own. Raises NotDone, ValueError and what starting raises."""
    customers = plan.changes * len(DIRECTIONS)
    options = Options(
        scope=plan.scope(),
        webhooks=webhooks,
        webhook_delay_s=plan.bc_delay_s,
        records=Generated(customers, customers, plan.seed),
        sales=(),
    )
    with Processes() as processes, start(processes, options) as environment:
        started = time.monotonic()
        synchronise(environment)
        say(f"  first full synchronisation: {time.monotonic() - started:.0f} s")
        registered_s = _await_registration(environment, started) if webhooks else None
        changes = changes_of(plan, pairs_of(environment))
        say(f"  {len(changes)} changes within {plan.spread_s:.0f} s ...")
        return Run(webhooks, measure(environment, plan, changes), registered_s)


def synchronise(environment: Environment) -> None:
    """A first full synchronisation, to its end. Raises NotDone."""
    started = environment.api.post("full-synchronizations", {})
    path = f"full-synchronizations/{started['id']}"
    _until(lambda: environment.api.get(path)["status"] == "Finished", FULL_SYNC_TIMEOUT_S, path)


def _await_registration(environment: Environment, started: float) -> float:
    """The minute timer registers; how long that took since the start."""

    def registered() -> bool:
        state = environment.api.get("health")["webhooks"]
        if state["problem"]:
            raise NotDone(state["problem"])
        return bool(state["registeredAt"])

    _until(registered, REGISTRATION_TIMEOUT_S, "the registration of webhooks")
    return time.monotonic() - started


def _until(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise NotDone(f"{what} was not done after {timeout_s:.0f} s")
        time.sleep(BETWEEN_LOOKS_S)
