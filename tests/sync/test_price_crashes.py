"""At midnight a price is handed to another line, one ends and one begins, and a process dies meanwhile."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from shared_code.sync.tick import tick
from tests.sync import worlds
from tests.sync.density import places
from tests.sync.price_worlds import LINES, day, line, new_world, prices
from tests.sync.worlds import Crash, Operations


class Trial:
    """One world in which, midnight after midnight, one more operation is died at."""

    def __init__(self, late: bool) -> None:
        self.late, self.number = late, 0
        self.world = new_world()
        self.operations = Operations(self.world)
        self.plan()
        self.pass_midnight()

    def plan(self) -> None:
        """Tomorrow item 1000 has another price; item 1001 has one every other day."""
        self.number += 1
        tomorrow = {"startingDate": day(self.world, 1), "endingDate": day(self.world, 1)}
        line(self.world, self.number, **tomorrow)
        if self.number % 2:
            line(self.world, 500 + self.number, item="1001", **tomorrow)

    def expected(self) -> list[tuple[str, str, float]]:
        second = [("1001", "PCS", 500.0 + self.number)] if self.number % 2 else []
        return [("1000", "PCS", float(self.number)), *second]

    def pass_midnight(self, at: int = -1) -> str:
        """The operation that was died at; blank where there are fewer."""
        clock = self.world.clock
        clock.now = clock.now // 86_400 * 86_400 + 86_400 + 300
        self.operations.arm(at, self.late)
        died = self.cycle()
        died_at = self.operations.log[at - 1] if died else ""
        self.operations.disarm()
        for seconds in (60, 60, 60, 700, 700, 2000, 700):
            self.cycle(seconds)
        return died_at

    def cycle(self, seconds: float = 0.0) -> bool:
        self.world.clock.now += seconds
        try:
            tick(self.world.parts)
        except Crash:
            return True
        return bool(worlds.deliver(self.world))

    def run(self, stride: int) -> list[str]:
        faults: list[str] = []
        for at in places(stride):
            self.plan()
            died_at = self.pass_midnight(at)
            if not died_at:
                break
            told = [*worlds.codes(self.world, LINES), *switched_off(self.world)]
            if prices(self.world) != self.expected() or told:
                faults.append(f"{at} ({died_at}): {prices(self.world)} and not {self.expected()}, {told}")
        return faults if at > 20 else ["too few operations were counted"]


def switched_off(world: World) -> list[str]:
    return [each.disabled_because for each in world.at.schedules.all().values() if each.disabled_because]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_process_may_die_at_any_operation_of_a_midnight(late: bool) -> None:
    trial = Trial(late)
    assert trial.run(2) == []
    worlds.assert_jobs_add_up(trial.world)
    worlds.assert_quiet(trial.world)
