"""Coupling outside a batch: whoever is overtaken with one pair of a group still couples the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling, Origin, OriginKind
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side
from shared_code.store import couplings
from shared_code.sync.coupling import NewPair, couple_pairs
from tests.sync import worlds
from tests.sync.copies import copied

MAPPING = "CUSTOMER"
BC_1, BC_2 = (f"b0000000-0000-4000-8000-{number:012d}" for number in (1, 2))
SALES_1, SALES_2, OTHER = (f"a0000000-0000-4000-8000-{number:012d}" for number in (1, 2, 3))
PAIRS = [NewPair(BC_1, SALES_1), NewPair(BC_2, SALES_2)]
ORIGIN = Origin(OriginKind.FOUND, "job", "batch", 1_000.0)


@pytest.fixture
@copied
def world() -> World:
    """Nothing is coupled; the records themselves are not asked for."""
    return worlds.new_world()


def overtaken(world: World, *steps: Callable[[], object]) -> None:
    """Somebody else is faster with the next transactions of couplings, one step before each."""
    idle, left = world.tables.before, list(steps)

    def hook(operation: str, place: str) -> None:
        if (operation, place) == ("transact", couplings.TABLE):
            world.tables.before = idle
            left.pop(0)()
            world.tables.before = hook if left else idle

    world.tables.before = hook


def on_file(world: World) -> dict[str, str]:
    """What is coupled: ids of Sales by those of Business Central."""
    found = world.at.couplings(MAPPING).load(Side.BC, [BC_1, BC_2])
    return {bc_id: each.sales_id for bc_id, each in found.items() if isinstance(each, Coupling)}


@pytest.mark.parametrize(("partner", "coupled"), [(OTHER, PAIRS[1:]), (SALES_1, PAIRS)])
def test_who_is_overtaken_with_one_pair_couples_the_others(
    world: World, partner: str, coupled: list[NewPair]
) -> None:
    overtaken(world, lambda: couple_pairs(world.at, MAPPING, [NewPair(BC_1, partner)], ORIGIN))
    assert couple_pairs(world.at, MAPPING, PAIRS, ORIGIN) == {each.ids for each in coupled}
    assert on_file(world) == {BC_1: partner, BC_2: SALES_2}


def test_a_row_that_got_another_partner_meanwhile_is_not_coupled(world: World) -> None:
    overtaken(world, lambda: couple_pairs(world.at, MAPPING, [NewPair(BC_2, SALES_1)], ORIGIN))
    assert couple_pairs(world.at, MAPPING, PAIRS[:1], ORIGIN) == set()
    assert on_file(world) == {BC_2: SALES_1}


def test_what_records_are_listed_with_may_end_meanwhile(world: World) -> None:
    """The first before the group is coupled, the second before its pair is coupled on its own."""
    store = world.at.couplings(MAPPING)
    listed = [Problem(Side.BC, each.bc_id, Outcome.FAILED, "refused", "It was refused.") for each in PAIRS]
    store.transact([store.problem_operation(each) for each in listed])
    first, second = (partial(store.transact, [store.solved_operation(each)]) for each in listed)
    overtaken(world, first, lambda: None, second)
    assert couple_pairs(world.at, MAPPING, PAIRS, ORIGIN) == {each.ids for each in PAIRS}
    assert store.problems(Side.BC, [BC_1, BC_2]) == {}


def test_pairs_that_are_synchronised_next_wait_since_they_were_coupled(world: World) -> None:
    couple_pairs(world.at, MAPPING, PAIRS, ORIGIN, again_at_s=5_000.0)
    listed = world.at.couplings(MAPPING).problems(Side.BC, [BC_1, BC_2])
    assert {(each.code, each.since_s, each.next_attempt_at_s) for each in listed.values()} == {
        ("unsettled", 1_000.0, 5_000.0)
    }
