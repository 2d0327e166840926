"""The administrator: does what the product's messages ask for, once the faults have ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from local.simulate.faults import Faults
from local.simulate.processes import Process
from shared_code.core.brakes import brake_of
from shared_code.core.records import Side
from shared_code.sync import full_sync
from shared_code.sync.comparing import comparing
from shared_code.sync.comparing.repairing import repair
from shared_code.sync.parts import ConnectionParts


@dataclass
class Administrator:
    """``release`` is what this seed's person releases; ``acted`` says that something was asked for.

    ``checked`` are mappings that stopped because a side shows nothing and whose rights were looked after:
    what is not there now really was deleted, by a restore, say.
    """

    process: Process
    faults: Faults
    release: Sequence[str]
    acted: bool = False
    checked: set[tuple[str, str]] = field(default_factory=set)

    @property
    def connections(self) -> list[ConnectionParts]:
        return list(self.process.parts.connections.values())

    def look(self) -> None:
        """Read what the product says and do it."""
        for at in self.connections:
            if at.identities.get().went_back:
                self.faults.count("accepted_systems")
                self._start(at, accept=True)
            self._switch_on(at)

    def after_a_loss(self) -> None:
        """Storage was lost: everything is looked at once."""
        for at in self.connections:
            self._start(at)

    def compare(self) -> list[tuple[ConnectionParts, str]]:
        """Begin the night's compare of each connection."""
        return [(at, comparing.start(self.process.parts, at)) for at in self.connections]

    def repair(self, compares: Sequence[tuple[ConnectionParts, str]]) -> None:
        """Have what these compares found synchronised."""
        for at, compare in compares:
            if repair(self.process.parts, at, compare):
                self.faults.count("repaired")

    def _switch_on(self, at: ConnectionParts) -> None:
        braked = []
        for name, schedule in at.schedules.all().items():
            if not schedule.disabled_because:
                continue
            if schedule.heals:
                at.schedules.change(name, schedule.interval_s, disabled_because="", next_due_s=0.0)
            else:
                braked.append(name)
        if braked:
            self.faults.count("brake_held")
            for name in braked:
                self._count_brake(at, name)
            gone = tuple(name for name in braked if self._is_so(at, name))
            self.checked.update((at.name, name) for name in braked)
            self._start(at, tuple(braked), gone=gone)

    def _is_so(self, at: ConnectionParts, name: str) -> bool:
        """Whether the rights were looked after.  Where values only flow to Sales, they are at once: only who
        releases the brake has Sales looked at there."""
        return (at.name, name) in self.checked or Side.SALES not in at.mappings[name].watched

    def _count_brake(self, at: ConnectionParts, name: str) -> None:
        brake = brake_of(at.schedules.all()[name].brake)
        if brake is not None:
            self.faults.count(f"brake {brake.sight}")

    def _start(
        self,
        at: ConnectionParts,
        mappings: tuple[str, ...] = (),
        *,
        accept: bool = False,
        gone: tuple[str, ...] = (),
    ) -> None:
        self.acted = True
        request = full_sync.Request(mappings, tuple(self.release), accept, gone)
        full_sync.start(self.process.parts, at, request)
