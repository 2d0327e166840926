"""The few things a program takes from its surroundings: time, waiting, chance, ids and concurrency.

Nothing in ``sync``, ``systems`` or ``store`` reaches for a clock, a thread or a random number by
itself; each is given a ``Runtime``.  Production uses ``ThreadRuntime``; a simulation gives its own and
thereby owns every step.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol


class Runtime(Protocol):
    """What the world gives.  Times are seconds since the epoch."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    def new_id(self) -> str:
        """A new random UUID, lower-case text."""
        ...

    def random(self) -> float:
        """A number in [0, 1)."""
        ...

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        """Run the calls, at most ``limit`` at a time; their results in order.

        The first exception is raised after all calls have ended.
        """
        ...


class ThreadRuntime:
    """The real surroundings: system clock, system randomness, a thread pool per ``run_all``."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def random(self) -> float:
        return random.random()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        if len(calls) <= 1 or limit <= 1:
            return [call() for call in calls]
        with ThreadPoolExecutor(max_workers=min(limit, len(calls))) as pool:
            futures = [pool.submit(call) for call in calls]
        return [future.result() for future in futures]
