"""Runs the machine for a number of examples and steps from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from local.dev.processes import Processes
from local.machine.rules import Machine, Run

DRAWN_FOR_ONE = 4
"""Hypothesis also draws examples in which nothing happens. They cost nothing and are not counted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is run. Raises ValueError for numbers without sense.

    Hypothesis ends some examples before their last step; ``steps`` is the most.
    """

    examples: int
    steps: int
    seed: int

    def __post_init__(self) -> None:
        if self.examples < 1 or self.steps < 1:
            raise ValueError("examples and steps must be 1 or more")


def run(plan: Plan, processes: Processes, say: Callable[[str], None] = print) -> Run:
    """Every example of the plan, or those up to the first that fails: then ``failure`` is its verdict.

    Nothing is shrunk: a system of processes does not repeat itself to the letter, and each example takes
    long. What Hypothesis says of the failing example is its steps.
    """
    done = Run(processes, plan.examples, say=say)
    chosen = settings(
        max_examples=plan.examples * DRAWN_FOR_ONE,
        stateful_step_count=plan.steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
        report_multiple_bugs=False,
    )
    machine = type("Machine", (Machine,), {"run": done})
    with_seed: Callable[[Any], Any] = seed(plan.seed)
    try:
        run_state_machine_as_test(with_seed(machine), settings=chosen)
    except BaseException as error:
        if not done.failure:
            raise
        done.story.append(f"Hypothesis: {error}")
    return done
