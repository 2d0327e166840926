"""When the system counts as at rest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.load.stored import StoredCouplings, StoredProblem
from local.machine.settling import Left, left
from local.machine.world import World

PUT_OFF = "Nothing is synchronised. Business Central asked us to wait"


def world(stopped: str = "", suspected: tuple[str, ...] = (), code: str = "") -> World:
    """A world without work, of which this is told."""
    problems = [StoredProblem("CUSTOMER", "bc", "c1", code, "")] if code else []
    stored: Any = SimpleNamespace(
        couplings=lambda: StoredCouplings({}, {}, {}, problems), batches=list, suspected=lambda: suspected
    )
    health = {"connections": {"cronus": {"stoppedBecause": stopped}}}
    environment = SimpleNamespace(api=SimpleNamespace(get=lambda path: health))
    return cast(World, SimpleNamespace(stored=stored, environment=environment, full_syncs=[]))


def test_a_world_without_work_is_at_rest() -> None:
    assert left(world()) == Left((), ())


def test_a_connection_that_stands_still_has_put_its_looks_off() -> None:
    assert left(world(stopped=PUT_OFF)).must_end == (f"cronus: {PUT_OFF}",)


def test_a_suspicion_that_a_system_was_put_back_has_still_to_last() -> None:
    assert left(world(suspected=("cronus",))).must_end == ("cronus: it looks as if a system was put back",)


@pytest.mark.parametrize("code", ["outcome_unknown", "internal"])
def test_what_waiting_heals_must_end(code: str) -> None:
    assert left(world(code=code)).must_end == (f"CUSTOMER: bc c1 {code}",)
