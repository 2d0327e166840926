"""Notifications of both systems: hints that come late, twice, not at all, or are forged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence

from local.simulate.faults import Faults
from local.simulate.observing import Observer, Write
from local.simulate.processes import Process
from local.simulate.scheduler import Scheduler
from local.simulation.receiving import WEBHOOK_SECRET
from shared_code.store.tables import StoreError
from shared_code.sync.webhooks import note_business_central, note_sales


class Hints:
    """Tells the product of writes, as the receiving functions do.  Runs as a worker of its own."""

    def __init__(
        self,
        rng: random.Random,
        observer: Observer,
        processes: Mapping[str, Process],
        scheduler: Scheduler,
        faults: Faults,
    ) -> None:
        self._rng = rng
        self._observer = observer
        self._processes = processes
        self._scheduler = scheduler
        self._faults = faults
        self._told = 0

    def work(self, stopping: Callable[[], bool]) -> None:
        """Until the simulation stops."""
        self._told = len(self._observer.writes)
        while not stopping():
            self._scheduler.pause(self._rng.choice((0.5, 3.0, 12.0)))
            fresh = self._observer.writes[self._told :]
            self._told = len(self._observer.writes)
            for write in self._arriving(fresh):
                self._tell(write)
            if self._rng.random() < 0.02:
                self._forge()

    def _arriving(self, writes: Sequence[Write]) -> list[Write]:
        """Some get lost, some come twice, and their order is nobody's."""
        kept = [each for each in writes for _ in range(self._rng.choice((0, 1, 1, 1, 2)))]
        self._rng.shuffle(kept)
        return kept

    def _tell(self, write: Write) -> None:
        parts = self._process().parts
        try:
            if write.key.side == "sales":
                note_sales(parts, write.key.table)
            else:
                note_business_central(parts, _body(write.key.company, write.key.table, WEBHOOK_SECRET))
        except StoreError as error:
            self._scheduler.note(f"notification failed: {type(error).__name__}")
        else:
            self._faults.count("webhook_hint")

    def _forge(self) -> None:
        """Without the secret nothing is believed, and no look is queued."""
        company = next(iter(self._process().parts.connections.values())).connection.company_id
        self._faults.count("webhook_forged")
        try:
            looks = note_business_central(self._process().parts, _body(company, "customers", "guessed"))
        except StoreError:
            looks = 1  # Storage is asked only for what is believed.
        if looks:
            self._faults.count("forged_believed")

    def _process(self) -> Process:
        return self._rng.choice(list(self._processes.values()))


def _body(company: str, table: str, secret: str) -> bytes:
    resource = f"companies({company})/{table}(00000000-0000-0000-0000-000000000001)"
    entry = {"subscriptionId": "s", "clientState": secret, "resource": resource, "changeType": "updated"}
    return json.dumps({"value": [entry]}).encode()
