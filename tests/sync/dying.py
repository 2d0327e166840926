"""A process that may die while it works, as ``worlds.Operations`` has it die."""

from __future__ import annotations

from local.simulation.world import World
from shared_code.sync.tick import tick
from tests.sync import worlds


def died(world: World, lease_s: float = 30.0) -> bool:
    """A minute in which the process may die once; whether it did."""
    world.clock.now += 60
    try:
        tick(world.parts)
    except worlds.Crash:
        return True
    return bool(worlds.deliver(world, lease_s=lease_s))
