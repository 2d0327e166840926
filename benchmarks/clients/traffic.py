"""What one instance of Tandem sends, settles and asks of storage, seen from below the app.

Several instances share a ``Ledger``, so that each knows when none of them has anything left to do.
"""

from __future__ import annotations

import mmap
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.pipeline.transport import RequestsTransport

from local.host.queue_message import MessageInHand
from shared_code.store.azure_queue import AzureQueue
from shared_code.store.azure_wire import Wire

LOOK_S = 0.005
"""How often other instances' messages are counted."""
_WIDTH = 8


class Ledger:
    """Messages sent and messages settled by each instance, in a file that all of them have mapped.

    An instance writes its own two numbers only, and these only grow.
    """

    def __init__(self, file: Path, instances: int) -> None:
        """The file is made where it is not there."""
        self._instances = instances
        size = 2 * instances * _WIDTH
        with file.open("a+b") as opened:
            opened.truncate(size)
            self._numbers = mmap.mmap(opened.fileno(), size)
        self._view = memoryview(self._numbers).cast("q")

    def add(self, instance: int, *, sent: int = 0, settled: int = 0) -> None:
        """Only one thread of the instance at a time."""
        self._view[instance] += sent
        self._view[self._instances + instance] += settled

    def open(self) -> int:
        """How many messages are not settled; 0 only where that was so at a moment of this call.

        A message is counted before it is sent and after it was settled, and what it leads to is sent in
        between.  Settled ones are added up first: what comes meanwhile can only make the difference larger.
        """
        settled = sum(self._view[self._instances :])
        return sum(self._view[: self._instances]) - settled

    def close(self) -> None:
        """Once nobody counts any more."""
        self._view.release()
        self._numbers.close()


class Traffic:
    """The messages of all instances, and this one's requests to storage; made once in a process."""

    def __init__(self, ledger: Ledger, instance: int, *, alone: bool) -> None:
        self._ledger, self._instance = ledger, instance
        self._look_s = None if alone else LOOK_S
        self._changed = threading.Condition()
        self._storage: Counter[str] = Counter()
        self._watch(AzureQueue, "send", before=1)
        self._watch(MessageInHand, "delete", after=1)
        self._count_storage()

    @property
    def storage_transactions(self) -> int:
        """Requests of this instance but those that only ask for messages."""
        return sum(number for kind, number in self._storage.items() if kind != "poll")

    def wait_idle(self, patience_s: float) -> None:
        """Until every message is settled.  Raises TimeoutError."""
        until_s = time.monotonic() + patience_s
        with self._changed:
            while self._ledger.open():
                if time.monotonic() > until_s:
                    raise TimeoutError(f"{self._ledger.open()} messages are not settled")
                self._changed.wait(self._look_s or patience_s)

    def _watch(self, kind: type, name: str, *, before: int = 0, after: int = 0) -> None:
        plain: Callable[..., Any] = getattr(kind, name)

        def watched(*args: Any, **given: Any) -> Any:
            self._add(before, 0)
            result = plain(*args, **given)
            self._add(0, after)
            return result

        setattr(kind, name, watched)

    def _add(self, sent: int, settled: int) -> None:
        with self._changed:
            self._ledger.add(self._instance, sent=sent, settled=settled)
            self._changed.notify_all()

    def _count_storage(self) -> None:
        wire, plain, storage = Wire.send, RequestsTransport.send, self._storage

        def counted(self: Any, request: Any, **given: Any) -> Any:
            storage[_kind(request.method, request.url)] += 1
            return plain(self, request, **given)

        def counted_on_wire(self: Any, method: str, path: str, *given: Any) -> Any:
            storage[_kind(method, path)] += 1
            return wire(self, method, path, *given)

        RequestsTransport.send = counted
        Wire.send = counted_on_wire  # type: ignore[method-assign, assignment]


def _kind(method: str, url: str) -> str:
    """``poll`` is the host's asking for messages, which goes on whether there is work or not."""
    is_poll = method == "GET" and "/messages" in url
    return "poll" if is_poll else f"{method} {'queue' if '/messages' in url else 'table'}"
