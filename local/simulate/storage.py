"""Storage under the scheduler: the in-memory twins with lost answers, outages and a restless queue."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from local.simulate.faults import Faults
from local.simulate.scheduler import Scheduler
from shared_code.store.memory import MemoryTables
from shared_code.store.memory_queue import MemoryQueue
from shared_code.store.queue import Message
from shared_code.store.tables import Delete, Operation, StorageUnavailable
from shared_code.sync.messages import QUEUES

MAX_DEQUEUE = 5
"""Deliveries before the functions host sets a message aside (host.json: maxDequeueCount)."""

RETRY_S = 15.0
"""After a failed delivery the host shows the message again (host.json: visibilityTimeout)."""

_WRITES = frozenset({"insert", "replace", "upsert", "delete", "transact", "send"})
_OF_PAPER = ("Preview", "Permits", "Poison", *QUEUES)
"""What work on paper may write: its own tables, how many requests are under way, messages, also such as fail
again and again."""

_LOCAL = frozenset({"receive", "release", "delete-message"})


class Hooks:
    """The two hooks: a step of the schedule before each operation, and the faults around it."""

    def __init__(self, scheduler: Scheduler, faults: Faults) -> None:
        self.scheduler = scheduler
        self.faults = faults

    def before(self, operation: str, place: str) -> None:
        self.scheduler.note(f"{operation} {place}")
        if operation in _WRITES and not place.startswith(_OF_PAPER):
            self.scheduler.wrote(f"{operation} {place}")
        if not self.scheduler.active:
            return
        self.scheduler.pause(self.faults.storage_latency_s())
        self.faults.maybe_crash("before", operation)
        if self.faults.storage_is_down("queue" if place in QUEUES else "tables") or self.faults.hit(
            "storage_unavailable"
        ):
            self.scheduler.note(f"{operation} {place}: unavailable")
            raise StorageUnavailable(f"The simulated storage did not carry out {operation} of {place}.")

    def after(self, operation: str, place: str) -> None:
        if not self.scheduler.active:
            return
        self.faults.maybe_crash("after", operation)
        if operation in _WRITES and self.faults.hit("storage_answer_lost"):
            self.scheduler.note(f"{operation} {place}: answer lost")
            raise StorageUnavailable(f"The answer to {operation} of {place} was lost.", maybe_done=True)


class NotedTables(MemoryTables):
    """Tables whose transactions stand in a kept trace with what they write."""

    def __init__(self, hooks: Hooks) -> None:
        super().__init__(before=hooks.before, after=hooks.after)
        self._hooks = hooks
        self.on_stored: Callable[[str, Operation], None] = lambda table, operation: None

    def transact(self, table: str, operations: Sequence[Operation]) -> list[str]:
        trace = self._hooks.scheduler.trace
        if trace.keep:
            for each in operations:
                trace.remark(
                    self._hooks.scheduler.clock.now, self._hooks.scheduler.who, _readable(table, each)
                )
        for each in operations:
            self.on_stored(table, each)
        return super().transact(table, operations)


def _readable(table: str, operation: Operation) -> str:
    kind = type(operation).__name__
    if isinstance(operation, Delete):
        return f"  {table}: {kind} {operation.row}"
    return f"  {table}: {kind} {operation.entity.row} {dict(operation.entity.values)}"


def tables(hooks: Hooks) -> NotedTables:
    """Tables with these hooks."""
    return NotedTables(hooks)


class RestlessQueue(MemoryQueue):
    """A queue that delivers twice, late and out of order, and counts deliveries as the host does."""

    def __init__(self, now: Callable[[], float], hooks: Hooks, rng: random.Random) -> None:
        super().__init__(now, before=hooks.before, after=hooks.after)
        self._hooks = hooks
        self._rng = rng

    def send(self, name: str, body: str, *, delay_s: float = 0) -> None:
        faults = self._hooks.faults
        if faults.hit("message_late"):
            delay_s += self._rng.choice((3.0, 45.0, 400.0))
        super().send(name, body, delay_s=delay_s)
        if faults.hit("message_twice"):
            held = self._queue(name)[-1]
            copy = type(held)(self._number("m"), body, held.visible_at + self._rng.choice((0.0, 20.0, 700.0)))
            self._queue(name).append(copy)

    def take(self, name: str, lease_s: float) -> Message | None:
        """One visible message, drawn at random, leased; ``None`` where there is none.  No hooks: the host
        receives, not the product."""
        now = self._now()
        visible = [held for held in self._queue(name) if held.visible_at <= now]
        if not visible or self._hooks.faults.storage_is_down("queue"):
            return None
        held = visible[0]
        if len(visible) > 1 and self._hooks.faults.hit("message_out_of_order"):
            held = self._rng.choice(visible)
        return self._lease(held, now + lease_s)

    def settle(self, name: str, message: Message, *, again_in_s: float | None = None) -> bool:
        """Remove a message, or show it again in some seconds; False where the lease has passed on."""
        queue = self._queue(name)
        held = next((held for held in queue if held.id == message.id), None)
        if held is None or held.receipt != message.receipt:
            return False
        if again_in_s is None:
            queue.remove(held)
        else:
            held.visible_at = self._now() + again_in_s
        return True

    def next_visible_s(self) -> float | None:
        """When the next message becomes visible; ``None`` where there is none."""
        times = [held.visible_at for queue in self._queues.values() for held in queue]
        return min(times, default=None)
