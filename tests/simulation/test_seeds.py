"""Some seeds of the simulation, judged by every checker; many more are run by ``python dev.py simulate``."""

from __future__ import annotations

import pytest

from local.simulate.defects import DEFECTS
from local.simulate.finding import find
from local.simulate.running import run_seed

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds(seed: int) -> None:
    assert run_seed(seed).violations == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["no-if-match-sales", "conflict-unlisted", "identity-unchecked", "brake-removed", "not-relinked"]
)
def test_a_defect_is_found(name: str) -> None:
    assert find(name, 0, 60).seed is not None, DEFECTS[name].what
