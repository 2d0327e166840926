"""Tandem whole: the app as it is deployed, in Microsoft's worker library, on one instance or several.

The functions host that stands for Azure's runs in the same process, so its processor time is counted with
the app's.  What the mapping depends on (currencies, salespeople, terms) is synchronised before anything is
measured.  The mapping is made due by its schedule, as the minute timer would find it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clients.instances import Further, Instance
from benchmarks.clients.traffic import Ledger
from benchmarks.services import Access

MAPPING = "CUSTOMER"
PATIENCE_S = 7_200.0
NEVER_S = 4e9


class Tandem:
    """The instances; ``environment`` holds the app's settings."""

    def __init__(self, access: Access, instances: int = 1) -> None:
        self._folder = TemporaryDirectory(prefix="tandem-instances-")
        file = Path(self._folder.name) / "messages"
        self._own = Instance(Ledger(file, instances), 0, instances)
        self.further: Sequence[Further] = [Further(file, each, instances) for each in range(1, instances)]
        for each in self.further:
            each.used()
        self.parts = self._own.parts
        self.at = next(iter(self.parts.connections.values()))
        self._run_in_full([name for name in self.at.mappings if name != MAPPING])

    @property
    def storage_transactions(self) -> int:
        return self._own.traffic.storage_transactions

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
        self._own.traffic.wait_idle(PATIENCE_S)

    def close(self) -> None:
        """Ends all instances."""
        for each in self.further:
            each.end()
        self._own.stop()
        self._folder.cleanup()

    def _run_in_full(self, mappings: list[str]) -> None:
        from shared_code.sync import full_sync

        started = full_sync.start(self.parts, self.at, full_sync.Request(tuple(mappings)))
        self._own.traffic.wait_idle(PATIENCE_S)
        found = self.at.full_syncs.get(started.id)
        if found is None or not found[0].finished or any(each.message for each in found[1]):
            raise RuntimeError(f"the full synchronisation did not finish: {found}")
