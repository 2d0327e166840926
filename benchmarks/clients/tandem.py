"""Tandem whole: the app as it is deployed, in Microsoft's worker library, on one instance.

The functions host that stands for Azure's runs in the same process, so its processor time is counted with
the app's.  What the mapping depends on (currencies, salespeople, terms) is synchronised before anything is
measured.  The mapping is made due by its schedule, as the minute timer would find it.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from azure.core.pipeline.transport import RequestsTransport

from benchmarks.services import Access
from local.dev.places import ROOT
from local.host.host import Host
from local.host.queue_message import MessageInHand
from shared_code.store.azure_queue import AzureQueue
from shared_code.store.azure_wire import Wire

MAPPING = "CUSTOMER"
PATIENCE_S = 7_200.0
NEVER_S = 4e9


class _Traffic:
    """Messages that were sent and not settled yet, and requests to storage, seen from below the app."""

    def __init__(self) -> None:
        self._open = 0
        self._changed = threading.Condition()
        self.storage: Counter[str] = Counter()
        self._watch(AzureQueue, "send", before=1)
        self._watch(MessageInHand, "delete", after=-1)
        self._count_storage()

    def wait_idle(self) -> None:
        """Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open == 0, PATIENCE_S):
                raise TimeoutError(f"{self._open} messages are not settled")

    def _watch(self, kind: type, name: str, *, before: int = 0, after: int = 0) -> None:
        plain: Callable[..., Any] = getattr(kind, name)

        def watched(*args: Any, **given: Any) -> Any:
            self._add(before)
            result = plain(*args, **given)
            self._add(after)
            return result

        setattr(kind, name, watched)

    def _add(self, number: int) -> None:
        with self._changed:
            self._open += number
            self._changed.notify_all()

    def _count_storage(self) -> None:
        wire, plain, storage = Wire.send, RequestsTransport.send, self.storage

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


class Tandem:
    """The app and its host; ``environment`` holds the app's settings."""

    def __init__(self, access: Access) -> None:
        self._traffic = _Traffic()
        self._host = Host(ROOT, 0, frozenset({"queue"}), os.environ)
        self._host.start()
        from functions import parts  # the worker library has put the app's folder on the path

        self.parts = parts()
        self.at = next(iter(self.parts.connections.values()))
        self._run_in_full([name for name in self.at.mappings if name != MAPPING])

    @property
    def storage_transactions(self) -> int:
        return sum(number for kind, number in self._traffic.storage.items() if kind != "poll")

    def initial_load(self) -> None:
        """A full synchronisation of the mapping."""
        self._run_in_full([MAPPING])

    def load_to_bc(self) -> None:
        """The same; it goes both ways."""
        self._run_in_full([MAPPING])

    def settle(self) -> None:
        """From now on only the mapping is looked at."""
        for mapping in self.at.mappings.values():
            schedule = self.at.schedules.get(mapping.name, mapping.interval_s)
            self.at.schedules.put(replace(schedule, next_due_s=NEVER_S))

    def changed(self) -> None:
        """One tick of the minute timer, and all the work that it begins."""
        from shared_code.sync.tick import tick

        self.at.schedules.change(MAPPING, self.at.mapping(MAPPING).interval_s, next_due_s=0.0)
        tick(self.parts)
        self._traffic.wait_idle()

    def close(self) -> None:
        """Ends the host."""
        self._host.stop(10.0)

    def _run_in_full(self, mappings: list[str]) -> None:
        from shared_code.sync import full_sync

        started = full_sync.start(self.parts, self.at, full_sync.Request(tuple(mappings)))
        self._traffic.wait_idle()
        found = self.at.full_syncs.get(started.id)
        if found is None or not found[0].finished or any(each.message for each in found[1]):
            raise RuntimeError(f"the full synchronisation did not finish: {found}")
