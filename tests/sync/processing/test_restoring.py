"""A process dies at every operation in turn while a deleted partner is restored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.simulation.world import World
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.policies import DeletionRule
from shared_code.core.records import Side
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.processing.test_crashes import Act, Trial


def _partner(world: World, side: Side, record_id: str) -> Coupling:
    found = world.at.couplings("CUSTOMER").load(side, [record_id])[record_id]
    assert isinstance(found, Coupling)
    assert found.state is CouplingState.COUPLED
    return found


def deleted_account(world: World, n: int) -> Callable[[], None]:
    pair = worlds.pair(world)
    scenes.delete_account(world, pair)

    def check() -> None:
        again = _partner(world, Side.BC, pair.bc_id)
        assert again.sales_id != pair.sales_id
        assert worlds.account_of(world, again)["accountnumber"] == "10000"

    return check


def deleted_account_of_an_edited_customer(world: World, n: int) -> Callable[[], None]:
    pair, check = worlds.pair(world), deleted_account(world, n)
    worlds.edit_bc(world, pair, city=f"Town {n}")
    return check


def deleted_customer_of_an_edited_account(world: World, n: int) -> Callable[[], None]:
    pair = next(iter(world.at.couplings("CUSTOMER").all_coupled()))
    worlds.delete_customer(world, pair.bc_id)
    worlds.edit_sales(world, pair, telephone1=f"+44 {n}")

    def check() -> None:
        again = _partner(world, Side.SALES, pair.sales_id)
        assert again.bc_id != pair.bc_id
        assert worlds.customer_of(world, again)["phoneNumber"] == f"+44 {n}"

    return check


class RestoringTrial(Trial):
    """A trial in a world whose customers are restored when one side was deleted."""

    def _world(self) -> World:
        world = super()._world()
        scenes.rules(world, deletion=DeletionRule.RESTORE)
        return world


@pytest.mark.parametrize(
    "act", [deleted_account, deleted_account_of_an_edited_customer, deleted_customer_of_an_edited_account]
)
def test_a_process_may_die_at_any_operation_of_a_restoration(act: Act) -> None:
    assert RestoringTrial(act, 30.0).run() == []
