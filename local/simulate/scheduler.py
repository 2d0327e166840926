"""One seed decides who goes on at each step, and time is virtual.

All work runs in one thread, as coroutines that need no ``await``: the product's code is what it is.  One
gives way only in ``pause``, which the runtime, the wire and the storage call; there the next one is drawn
from the seed.  So the same seed gives the same interleaving, whatever the machine does.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from greenlet import getcurrent, greenlet

from local.simulators.wire import ManualClock

MAX_STEPS = 400_000
"""Steps of one seed: more means that something runs in circles."""


EVENTS_AT_ONCE = 200


class Crash(BaseException):
    """The process of this worker dies here: nothing of it is executed any more."""


class Stuck(AssertionError):
    """The schedule does not end."""


@dataclass
class Trace:
    """Every event of a run as (virtual time, worker, event): a running digest, and the lines if kept."""

    keep: bool = False
    lines: list[tuple[float, str, str]] = field(default_factory=list)
    count: int = 0
    _events: list[str] = field(default_factory=list)
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, at: float, who: str, event: str) -> None:
        self.count += 1
        self._events.append(f"{at:.3f}|{who}|{event}\n")
        if len(self._events) >= EVENTS_AT_ONCE:
            self._take()
        if self.keep:
            self.lines.append((at, who, event))

    def remark(self, at: float, who: str, text: str) -> None:
        """A line for the reader only: no event, and no part of the digest."""
        if self.keep:
            self.lines.append((at, who, text))

    def _take(self) -> None:
        self._digest.update("".join(self._events).encode("utf-8", "surrogatepass"))
        self._events.clear()

    @property
    def digest(self) -> str:
        self._take()
        return self._digest.hexdigest()[:32]


@dataclass(eq=False)
class Task:
    """Work that waits for its turn.  ``process`` names what dies together."""

    name: str
    process: str
    wake_at: float
    turn: greenlet = field(init=False)
    done: bool = False
    doomed: bool = False
    error: BaseException | None = None


class Scheduler:
    """Owns the steps.  Outside of ``run`` every call of ``pause`` just moves the clock.

    ``on_paper`` names the workers whose present work belongs to a preview, ``paper_writes`` what they wrote.
    """

    def __init__(self, clock: ManualClock, rng: random.Random, trace: Trace, stay: float = 0.6) -> None:
        self.clock = clock
        self.rng = rng
        self.trace = trace
        self.stay = stay
        self.steps = 0
        self.on_step: Callable[[], None] = lambda: None
        self.on_paper: set[str] = set()
        self.paper_writes: list[str] = []
        self._tasks: list[Task] = []
        self._current: Task | None = None
        self._main = getcurrent()
        self._failure: BaseException | None = None

    @property
    def who(self) -> str:
        return self._current.name if self._current else "main"

    @property
    def process(self) -> str:
        return self._current.process if self._current else "main"

    @property
    def current_task(self) -> Task | None:
        return self._current

    @property
    def active(self) -> bool:
        return self._current is not None

    def wrote(self, what: str) -> None:
        """Note a write, which work on paper must not do."""
        if self.on_paper and self.who.partition(".")[0] in self.on_paper:
            self.paper_writes.append(f"{self.who} wrote {what} at {self.clock.now:.1f}")

    def note(self, event: str) -> None:
        """Add an event of the present worker to the trace."""
        self.trace.add(self.clock.now, self.who, event)

    def spawn(self, name: str, process: str, call: Callable[[], None], delay_s: float = 0.0) -> Task:
        """A further task; it begins when it is drawn."""
        task = Task(name, process, self.clock.now + delay_s)
        task.turn = greenlet(lambda: self._body(task, call), self._main)
        self._tasks.append(task)
        return task

    def run(self) -> None:
        """Run all tasks to their end.  Raises what one of them raised."""
        while self._tasks:
            # Comes back when a task has ended; until then they pass the turn among themselves.
            self._current = self._draw(None)
            self._current.turn.switch()
        self._current = None
        if self._failure is not None:
            raise self._failure

    def pause(self, seconds: float = 0.0) -> None:
        """A step ends here; others may go on.  Raises ``Crash`` when the process died meanwhile."""
        me = self._current
        if me is None:
            self.clock.now += seconds
            self.on_step()
            return
        me.wake_at = self.clock.now + seconds
        self._switch(me)

    def crash(self) -> None:
        """The present worker's process dies: all of its tasks."""
        for task in self._tasks:
            if task.process == self.process:
                task.doomed = True
        raise Crash

    def kill(self, process: str) -> None:
        """Another's process dies: each of its tasks at its next step."""
        for task in self._tasks:
            if task.process == process:
                task.doomed = True

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        """Branches of one worker, at most ``limit`` at a time, each a task of its own."""
        me = self._current
        if me is None or len(calls) <= 1 or limit <= 1:
            return [call() for call in calls]
        results: dict[int, T] = {}
        waiting = list(enumerate(calls))
        failures: list[tuple[int, BaseException]] = []
        left = min(limit, len(calls))
        running = left

        def branch() -> None:
            nonlocal running
            try:
                while waiting:
                    index, call = waiting.pop(0)
                    try:
                        results[index] = call()
                    except Exception as error:
                        failures.append((index, error))
            finally:
                running -= 1
                if not running:
                    me.wake_at = self.clock.now

        for number in range(left):
            self.spawn(f"{me.name}.{number}", me.process, branch)
        me.wake_at = math.inf
        self._switch(me)
        if failures:
            raise min(failures, key=lambda each: each[0])[1]
        return [results[index] for index in range(len(calls))]

    def _switch(self, me: Task) -> None:
        following = self._draw(me)
        if following is not me:
            self._current = following
            following.turn.switch()
        self.on_step()
        if me.doomed:
            raise Crash

    def _draw(self, me: Task | None) -> Task:
        self.steps += 1
        if self.steps > MAX_STEPS:
            self._failure = self._failure or Stuck(f"the schedule did not end within {MAX_STEPS} steps")
        now = self.clock.now
        if me is not None and me.wake_at <= now and self.rng.random() < self.stay:
            return me
        due = [task for task in self._tasks if task.wake_at <= now]
        if not due:
            self.clock.now = min(task.wake_at for task in self._tasks)
            due = [task for task in self._tasks if task.wake_at <= self.clock.now]
        return due[0] if len(due) == 1 else due[int(self.rng.random() * len(due))]

    def _body(self, task: Task, call: Callable[[], None]) -> None:
        try:
            if self._failure is None and not task.doomed:
                call()
        except Crash:
            pass
        except BaseException as error:
            self._failure = self._failure or error
        task.done = True
        self._tasks.remove(task)
