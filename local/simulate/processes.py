"""Simulated processes: each composes the product for itself and works off messages as the host does."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from local.simulate.faults import Faults
from local.simulate.packages import Package
from local.simulate.scheduler import Crash, Scheduler
from local.simulate.storage import MAX_DEQUEUE, RETRY_S, RestlessQueue
from local.simulation.session import DirectSession
from local.simulators.wire import Clock, Service
from shared_code import compose
from shared_code.clients import Clients
from shared_code.runtime import OpenGate
from shared_code.settings import Settings
from shared_code.store.memory import MemoryTables
from shared_code.store.queue import Message
from shared_code.store.tables import StoreError
from shared_code.sync.dispatch import keep_poison
from shared_code.sync.handing_on import handle_on
from shared_code.sync.messages import QUEUES
from shared_code.sync.parts import Parts
from shared_code.systems.auth import FixedTokens
from shared_code.systems.interface import SystemFault

POLL_S = 2.0
_NO_PREVIEW = '"preview":""}'

MAX_STARTS, START_AGAIN_S = 100, 5.0
"""How often a process that cannot start is started again, and after how long."""


class SimulatedRuntime:
    """The runtime of one process: its own clock, which may be wrong, and ids from the seed."""

    def __init__(self, scheduler: Scheduler, rng: random.Random, skew_s: float) -> None:
        self.scheduler = scheduler
        self.skew_s = skew_s
        self._rng = rng

    def now(self) -> float:
        return self.scheduler.clock.now + self.skew_s

    def sleep(self, seconds: float) -> None:
        self.scheduler.pause(seconds)

    def new_id(self) -> str:
        text = f"{self._rng.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"

    def random(self) -> float:
        return self._rng.random()

    def new_gate(self) -> OpenGate:
        return OpenGate()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        return self.scheduler.run_all(calls, limit)


@dataclass
class Process:
    """One process: its parts are composed anew after a crash."""

    name: str
    settings: Settings
    runtime: SimulatedRuntime
    tables: MemoryTables
    queue: RestlessQueue
    services: dict[str, tuple[Service, Clock]]
    package: Package
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Compose, as a process does once; nothing in memory is left of what was before.

        One that cannot, because storage does not answer, is started again by its host.
        """
        for _ in range(MAX_STARTS):
            try:
                self._compose()
            except StoreError:
                self.runtime.sleep(START_AGAIN_S)
            else:
                return
        raise AssertionError(f"{self.name} did not start {MAX_STARTS} times in a row")

    def _compose(self) -> None:
        clients = Clients(self.settings, self.runtime, FixedTokens("app"), self.tables)
        for client, side in ((clients.business_central, "bc"), (clients.sales, "sales")):
            client._session = DirectSession(*self.services[side])
        self.parts = compose.assemble(
            self.settings, self.runtime, self.tables, self.queue, clients, self.package.mappings
        )


@dataclass
class Unexpected:
    """An error of the product's own that reached the host."""

    who: str
    text: str
    trace: str


@dataclass
class Host:
    """Takes messages for a process, one at a time, with the host's own rules of redelivery."""

    process: Process
    scheduler: Scheduler
    faults: Faults
    rng: random.Random
    lease_s: float
    unexpected: list[Unexpected]
    stopping: Callable[[], bool]
    scanning: bool = False

    def work(self) -> None:
        """Work until the simulation asks to stop; a crash is followed by a new start."""
        while not self.stopping():
            try:
                if not self.one():
                    self.scheduler.pause(POLL_S)
            except Crash:
                self._restart()

    def _restart(self) -> None:
        current = self.scheduler.current_task
        assert current is not None
        while True:
            current.doomed = False
            try:
                self.process.start()
            except Crash:
                continue
            self.scheduler.note("process started again")
            return

    def one(self) -> bool:
        """One message, if there is one."""
        names = list(QUEUES)
        self.rng.shuffle(names)
        for name in names:
            message = self.process.queue.take(name, self.lease_s)
            if message is not None:
                self._deliver(name, message)
                return True
        return False

    def _deliver(self, name: str, message: Message) -> None:
        self.scheduler.note(f"delivery {message.dequeue_count} of {message.body}")
        queue = self.process.queue
        if message.dequeue_count > MAX_DEQUEUE:
            self._set_aside(name, message)
            return
        self.scanning = '"type":"scan"' in message.body
        who = self.scheduler.who
        if not message.body.endswith(_NO_PREVIEW):
            self.scheduler.on_paper.add(who)
        try:
            again = message.dequeue_count > 1
            handle_on(self.process.parts, name, message.body, self._tell, again=again)
        except Exception as error:
            self._tell(error)
            self._failed(name, message)
        else:
            if not queue.settle(name, message):
                self.faults.count("lease_lost")
        finally:
            self.scanning = False
            self.scheduler.on_paper.discard(who)

    def _tell(self, error: Exception) -> None:
        """Storage and systems may fail; anything else is the product's own fault."""
        if isinstance(error, StoreError | SystemFault):
            self.scheduler.note(f"failed: {type(error).__name__}")
            return
        text = f"{type(error).__name__}: {error}"
        self.scheduler.note(f"UNEXPECTED {text}")
        self.unexpected.append(Unexpected(self.process.name, text, traceback.format_exc()))

    def _failed(self, name: str, message: Message) -> None:
        if message.dequeue_count >= MAX_DEQUEUE:
            self._set_aside(name, message)
        else:
            self.process.queue.settle(name, message, again_in_s=RETRY_S)

    def _set_aside(self, name: str, message: Message) -> None:
        """What the host does with poison: it calls the function that keeps it."""
        self.faults.count("poison")
        self.scheduler.note(f"POISON {message.body}")
        try:
            keep_poison(self.process.parts, name, message.body)
        except StoreError:
            self.process.queue.settle(name, message, again_in_s=RETRY_S)
            return
        self.process.queue.settle(name, message)
