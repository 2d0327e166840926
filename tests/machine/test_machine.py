"""Hypothesis against the running system, a few examples; many more by ``python dev.py machine``."""

from __future__ import annotations

from collections.abc import Iterator
from random import SystemRandom

import pytest

from local.dev.processes import Processes
from local.machine.__main__ import told
from local.machine.running import Plan, run

EXAMPLES, STEPS = 2, 25


@pytest.fixture
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Processes(tmp_path_factory.mktemp("logs")) as supervision:
        yield supervision


@pytest.mark.host
@pytest.mark.storage
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_happens_nothing_is_lost_and_nothing_doubled(processes: Processes) -> None:
    plan = Plan(EXAMPLES, STEPS, SystemRandom().randrange(1_000_000))
    print(f"seed {plan.seed}: python dev.py machine --examples {EXAMPLES} --steps {STEPS} --seed {plan.seed}")
    done = run(plan, processes)
    print(told(done, 0))
    assert done.failure == []
    assert done.examples == EXAMPLES


@pytest.mark.parametrize(("examples", "steps"), [(0, 1), (1, 0)])
def test_a_run_has_examples_and_steps(examples: int, steps: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Plan(examples, steps, 1)
