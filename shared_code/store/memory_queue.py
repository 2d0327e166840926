"""The in-memory twin of the queue service, for tests and simulation; never used in production.

It keeps every promise of ``Queue``, limits included.  Operations and hooks are as in ``memory``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared_code.store.memory import Hook, nothing
from shared_code.store.queue import Message, check_queue_name, check_receive, check_send
from shared_code.store.tables import Changed, Missing, StorageRefused


@dataclass(slots=True)
class _Held:
    """A message in a queue; ``visible_at`` in seconds since the epoch."""

    id: str
    body: str
    visible_at: float
    dequeue_count: int = 0
    receipt: str = ""


class MemoryQueue:
    """``Queue`` in lists; ``now`` (seconds) decides what is visible."""

    def __init__(self, now: Callable[[], float], *, before: Hook = nothing, after: Hook = nothing) -> None:
        self.before = before
        self.after = after
        self._now = now
        self._queues: dict[str, list[_Held]] = {}
        self._numbers = 0

    def ensure(self, names: Iterable[str]) -> None:
        for name in names:
            check_queue_name(name)
            self.before("ensure", name)
            self._queues.setdefault(name, [])
            self.after("ensure", name)

    def send(self, name: str, body: str, *, delay_s: float = 0) -> None:
        check_send(body, delay_s)
        self.before("send", name)
        self._queue(name).append(_Held(self._number("m"), body, self._now() + delay_s))
        self.after("send", name)

    def receive(self, name: str, limit: int, lease_s: float) -> list[Message]:
        check_receive(limit, lease_s)
        self.before("receive", name)
        now = self._now()
        visible = sorted(
            (held for held in self._queue(name) if held.visible_at <= now), key=lambda held: held.visible_at
        )
        messages = [self._lease(held, now + lease_s) for held in visible[:limit]]
        self.after("receive", name)
        return messages

    def delete(self, name: str, message: Message) -> None:
        self.before("delete", name)
        queue = self._queue(name)
        held = next((held for held in queue if held.id == message.id), None)
        if held is None:
            raise Missing(f"Message {message.id} is not in {name} any more.")
        if held.receipt != message.receipt:
            raise Changed(f"Message {message.id} in {name} was delivered again since.")
        queue.remove(held)
        self.after("delete", name)

    def length(self, name: str) -> int:
        self.before("length", name)
        count = len(self._queue(name))
        self.after("length", name)
        return count

    def _queue(self, name: str) -> list[_Held]:
        if name not in self._queues:
            raise StorageRefused(f"There is no queue {name}: it is created by ensure at the start.")
        return self._queues[name]

    def _lease(self, held: _Held, until: float) -> Message:
        held.visible_at, held.dequeue_count, held.receipt = until, held.dequeue_count + 1, self._number("r")
        return Message(held.id, held.body, held.dequeue_count, held.receipt)

    def _number(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}{self._numbers}"
