"""The few things a program takes from its surroundings: time, waiting, chance, ids and concurrency.

Nothing in ``sync``, ``systems`` or ``store`` reaches for a clock, a thread or a random number by
itself; each is given a ``Runtime``.  Production uses ``ThreadRuntime``; a simulation gives its own and
thereby owns every step.
"""

from __future__ import annotations

import gc
import random
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import copy_context
from threading import Condition
from typing import Protocol

type Limit = int | Callable[[], int]
"""A number, or what tells it each time somebody may pass."""


class Gate(Protocol):
    """Lets so many through at a time."""

    def passing(self, limit: Limit, *, ahead: bool = False) -> AbstractContextManager[object]:
        """Within the block the caller is through: at most ``limit`` are, and one in any case; who came first
        goes first, but for one who goes ``ahead`` of all that wait."""
        ...

    def present(self) -> int:
        """How many are through or wait."""
        ...


class OpenGate:
    """Lets everybody through: where only one call runs at a time."""

    def passing(self, limit: Limit, *, ahead: bool = False) -> AbstractContextManager[object]:
        return nullcontext()

    def present(self) -> int:
        return 0


class FirstComeGate:
    """A gate for threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._through = 0

    @contextmanager
    def passing(self, limit: Limit, *, ahead: bool = False) -> Iterator[None]:
        place = object()
        with self._changed:
            (self._waiting.appendleft if ahead else self._waiting.append)(place)
            self._changed.wait_for(lambda: self._waiting[0] is place and self._has_room(limit))
            self._waiting.popleft()
            self._through += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._through -= 1
                self._changed.notify_all()

    def present(self) -> int:
        with self._changed:
            return len(self._waiting) + self._through

    def _has_room(self, limit: Limit) -> bool:
        return self._through < max(1, limit if isinstance(limit, int) else limit())


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

    def new_gate(self) -> Gate:
        """A gate for calls that run at the same time."""
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

    def new_gate(self) -> Gate:
        return FirstComeGate()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        if len(calls) <= 1 or limit <= 1:
            return [call() for call in calls]
        with ThreadPoolExecutor(max_workers=min(limit, len(calls))) as pool:
            futures = [pool.submit(copy_context().run, call) for call in calls]
        return [future.result() for future in futures]


class Together[K, V]:
    """Loads values by key for many callers at once: what several want is loaded once, for all of them.

    One load goes on at a time, with at most ``most`` keys; what is wanted meanwhile is gathered for the next.
    A key that ``load`` does not answer has no value.
    """

    def __init__(self, load: Callable[[Sequence[K]], Mapping[K, V]], most: int) -> None:
        self._load = load
        self._most = most
        self._changed = Condition()
        self._wanted: dict[K, Future[V | None]] = {}
        self._loading: dict[K, Future[V | None]] = {}

    def get(self, keys: Sequence[K]) -> dict[K, V | None]:
        """The values of these keys.  Raises what ``load`` raised for one of them."""
        with self._changed:
            futures = {key: self._future(key) for key in keys}
        while (taken := self._turn(futures)) is not None:
            self._run(taken)
        return {key: future.result() for key, future in futures.items()}

    def _future(self, key: K) -> Future[V | None]:
        return self._loading.get(key) or self._wanted.setdefault(key, Future())

    def _turn(self, futures: Mapping[K, Future[V | None]]) -> dict[K, Future[V | None]] | None:
        """What this caller is to load now; nothing once all it wants is there."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._loading or all(future.done() for future in futures.values())
            )
            if all(future.done() for future in futures.values()):
                return None
            keys = list(self._wanted)[: self._most]
            self._loading = {key: self._wanted.pop(key) for key in keys}
            return self._loading

    def _run(self, taken: Mapping[K, Future[V | None]]) -> None:
        try:
            found = self._load(list(taken))
            for key, future in taken.items():
                future.set_result(found.get(key))
        except BaseException as error:  # whoever waits for a key gets it; none may wait for ever
            for future in taken.values():
                if not future.done():
                    future.set_exception(error)
        finally:
            with self._changed:
                self._loading = {}
                self._changed.notify_all()


YOUNG_OBJECTS = 50_000
"""So many objects more than before, and the collector of cycles looks at the young ones."""


def collect_seldom() -> None:
    """Look for cycles seldom in this process, and not among what is there now.

    A batch makes some hundred thousand objects and hardly a cycle: looking as often as Python does by default
    took a sixth of a batch's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
