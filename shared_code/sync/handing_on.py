"""Handing on: what follows a message of a full synchronisation is begun at once, by whoever did the message.

A message to a queue that was empty is noticed a poll later, up to ``maxPollingInterval`` of host.json, and a
full synchronisation is a chain of messages.  So the next look or step of the chain, and a batch of a step, do
not go through the queue: they are kept, and done while the message that led to them is still in hand.  Who
dies meanwhile is replaced by whoever is given that message again, which leads to them again: a direction that
is on file as begun and not as done is then begun again from its first step, because its steps or a batch of
theirs may have been kept (``full_sync``).  All other messages go to their queues as ever, and so does what is
left when the time is up or something fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from shared_code.core.frozen import changed
from shared_code.store.queue import Message as Received
from shared_code.store.queue import Queue
from shared_code.sync.dispatch import handle
from shared_code.sync.messages import (
    DETECTION_QUEUE,
    Advance,
    BatchDue,
    Message,
    MessageInvalid,
    ScanStep,
    from_text,
)
from shared_code.sync.parts import Parts

FOR_S = 60.0
"""How long one delivery goes on with what follows from it; a function may run for ten minutes."""


class KeepingQueue:
    """A queue that keeps one wanted message for each name, and passes on the rest."""

    def __init__(self, queue: Queue, wants: Callable[[str], bool]) -> None:
        self._queue = queue
        self._wants = wants
        self.kept: dict[str, str] = {}

    def send(self, name: str, body: str, *, delay_s: float = 0) -> None:
        """As ``Queue.send``; what is kept is as safe as the message in hand."""
        if delay_s <= 0 and name not in self.kept and self._wants(body):
            self.kept[name] = body
        else:
            self._queue.send(name, body, delay_s=delay_s)

    def release(self) -> None:
        """Send what is kept."""
        for name, body in list(self.kept.items()):
            self._queue.send(name, body)
            del self.kept[name]

    def ensure(self, names: Iterable[str]) -> None:
        self._queue.ensure(names)

    def receive(self, name: str, limit: int, lease_s: float) -> list[Received]:
        return self._queue.receive(name, limit, lease_s)

    def delete(self, name: str, message: Received) -> None:
        self._queue.delete(name, message)

    def length(self, name: str) -> int:
        return self._queue.length(name)


type Tell = Callable[[Exception], None]


def handle_on(
    parts: Parts, queue: str, text: str, tell: Tell = lambda failure: None, *, again: bool = False
) -> None:
    """Do what a message asks for (``handle``), and what follows from it in a full synchronisation.

    ``again``: the message was delivered before.  Raises what the message in hand raises.  What follows and
    fails is told, and goes to its queue to be tried from there.
    """
    until_s = parts.runtime.now() + FOR_S
    chain = _Chain(text, again)
    keeping = KeepingQueue(parts.queue, chain.wants)
    own = changed(parts, queue=keeping, again=again)
    try:
        handle(own, queue, text)
        while keeping.kept and parts.runtime.now() < until_s:
            _do_next(own, keeping, chain, tell)
    finally:
        keeping.release()


def _do_next(parts: Parts, keeping: KeepingQueue, chain: _Chain, tell: Tell) -> None:
    """A look or a step goes before a batch, which takes longer."""
    name = next(each for each in (DETECTION_QUEUE, *keeping.kept) if each in keeping.kept)
    chain.go_on(keeping.kept.pop(name))
    try:
        handle(changed(parts, again=chain.again), name, chain.present)
    except Exception as failure:
        parts.queue.send(name, chain.present, delay_s=AGAIN_S)
        tell(failure)


AGAIN_S = 1.0
"""When what followed and failed is tried again; the host repeats it from then on, and keeps it as poison."""


class _Chain:
    """What of a full synchronisation is done next; ``present`` is the message that is done now, and ``again``
    is whether what it led to may be lost: one look finds all of that."""

    def __init__(self, text: str, again: bool) -> None:
        self.present = text
        self.again = again

    def go_on(self, text: str) -> None:
        """The present message is done; this one is next."""
        self.again = self.again and not isinstance(_message(self.present), Advance)
        self.present = text

    def wants(self, body: str) -> bool:
        """Whether a message that the present one leads to is done next."""
        match _message(body):
            case Advance(nudge=False):
                return True
            case ScanStep() as step:
                return bool(step.full_sync)
            case BatchDue():
                present = _message(self.present)
                return isinstance(present, ScanStep) and bool(present.full_sync)
        return False


def _message(text: str) -> Message | None:
    with suppress(MessageInvalid):
        return from_text(text)
    return None
