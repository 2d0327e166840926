"""The clerk: a person who works in Tandem while everything else goes on, in any of its processes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local.simulate.deeds import Deed, Desk
from local.simulate.faults import Faults
from local.simulate.processes import Process
from local.simulate.scheduler import Crash, Scheduler
from shared_code.core.outcome import Problem
from shared_code.store.tables import StoreError
from shared_code.sync import problem_actions
from shared_code.sync.history.undos import NothingToUndo, NotPreviewed
from shared_code.sync.on_demand import NotAllowed
from shared_code.sync.problem_actions import Action
from shared_code.systems.interface import SystemFault

MEAN_PAUSE_S = 40.0
MAX_LISTED = 1000


@dataclass
class Clerk:
    """Does one deed after the other.  Runs as a worker of its own; the process it asks may die under it."""

    rng: random.Random
    desk: Desk
    deeds: Sequence[Deed]
    processes: Mapping[str, Process]
    scheduler: Scheduler
    faults: Faults

    def work(self, stopping: Callable[[], bool]) -> None:
        """Until the simulation stops."""
        task = self.scheduler.current_task
        assert task is not None
        while not stopping():
            task.process = "clerk"
            self.scheduler.pause(self.rng.expovariate(1 / MEAN_PAUSE_S))
            task.process = self.rng.choice(list(self.processes))
            try:
                if not stopping():
                    self._act(self.processes[task.process])
            except Crash:
                task.doomed = False

    def _act(self, process: Process) -> None:
        deed = self.rng.choice(self.deeds)
        at = self.rng.choice(list(process.parts.connections.values()))
        try:
            done = deed(self.desk, process.parts, at)
        except (StoreError, SystemFault, NotAllowed, NothingToUndo, NotPreviewed) as refused:
            self.scheduler.note(f"CLERK {deed.__name__}: {type(refused).__name__}")
            return
        self.scheduler.note(f"CLERK {deed.__name__}: {'done' if done else 'nothing to do'}")
        if done:
            self.faults.count(f"deed {deed.__name__}")

    def take_up_again(self) -> None:
        """Afterwards half of the clerks take up what they had set aside."""
        if self.rng.random() < 0.5:
            return
        parts = next(iter(self.processes.values())).parts
        for at in parts.connections.values():
            for name, mapping in at.mappings.items():
                aside = [e for e in at.couplings(name).all_problems(MAX_LISTED) if _was_set_aside(e)]
                places = [(each.side, each.record_id) for each in aside]
                problem_actions.act(parts, at, mapping, Action.RETRY, places)


def _was_set_aside(problem: Problem) -> bool:
    """By the clerk, not by having been uncoupled."""
    return problem.set_aside and problem.code != "uncoupled"
