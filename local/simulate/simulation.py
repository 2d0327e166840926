"""One seed, from its setting to its end: work under faults, then quiet, then the evidence."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from local.simulate import dates
from local.simulate.administrator import Administrator
from local.simulate.calm import state_of
from local.simulate.clerk import Clerk
from local.simulate.conclusions import Conclusions
from local.simulate.faults import Faults
from local.simulate.further import PRICES
from local.simulate.hints import Hints
from local.simulate.incidents import Incidents
from local.simulate.observing import Observer
from local.simulate.packages import Package
from local.simulate.people import Ledger, People
from local.simulate.policies import FURTHER, NONE, small_brakes
from local.simulate.processes import Host, Process, Unexpected
from local.simulate.scheduler import Scheduler
from local.simulate.setting import Setting, small_limits
from local.simulate.storage import RestlessQueue
from local.simulate.surroundings import Surroundings
from local.simulate.wider import WIDER
from local.simulate.wire import Late, Wire
from shared_code.core import reconcile
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import StoreError
from shared_code.sync import full_sync
from shared_code.sync.clean_up import clean_up
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.processing import rounds
from shared_code.sync.tick import tick

SOON_GAPS_S = (60.0, 700.0)
"""How time passes once faults and edits have stopped: a minute, then longer than any look goes back."""

A_NIGHT_S = 43_200.0
"""Half a day: a nightly timer falls into every other one, and no record waits longer for its next attempt."""

A_DAY_S = 86_400.0
MAX_NIGHTS = 6
"""So many nights pass at most until nothing changes any more."""

A_ROUND_S = 700.0
"""What passes before the round that must write nothing."""

MAX_MESSAGES = 3000


class NotQuiet(AssertionError):
    """Messages never run out."""


@dataclass
class Simulation:
    """Everything of one seed.  Built by ``build``; ``run`` plays it."""

    seed: int
    setting: Setting
    scheduler: Scheduler
    faults: Faults
    observer: Observer
    ledger: Ledger
    people: People
    surroundings: Surroundings
    processes: dict[str, Process]
    queue: RestlessQueue
    late: Late
    wires: list[Wire]
    incidents: Incidents
    conclusions: Conclusions
    clerk: Clerk
    unexpected: list[Unexpected] = field(default_factory=list)
    hosts: list[Host] = field(default_factory=list)
    stopping: bool = False
    quiet_from: int = 0
    calm_from_s: float = 0.0
    administrator: Administrator = field(init=False)

    @property
    def first(self) -> Process:
        return next(iter(self.processes.values()))

    @property
    def tables(self) -> MemoryTables:
        return self.first.tables

    @property
    def package(self) -> Package:
        return self.incidents.package

    @property
    def connections(self) -> list[ConnectionParts]:
        return list(self.first.parts.connections.values())

    def run(self) -> None:
        """The whole seed."""
        brakes = small_brakes(self.incidents.plan.policies)
        with small_limits(self.setting.small), brakes, self._counting_decisions():
            if self.setting.calm_start:
                self._start_full_syncs()
                self._drain()
            self.faults.on = self.setting.hostility > 0
            self.surroundings.begin(self.setting)
            self.incidents.begin(self.setting.duration_s)
            self._spawn()
            self.scheduler.run()
            self._calm_down()
            self._settle()
            self._count_what_is_there()

    def _spawn(self) -> None:
        spawn = self.scheduler.spawn
        for number, name in enumerate(self.setting.workers):
            self.hosts.append(self._host(name))
            spawn(f"{name}{number}", name, self.hosts[-1].work)
        spawn("timer", "timer", self._timer)
        spawn("people", "people", self._people)
        spawn("world", "world", self._world)
        if self.incidents.plan.webhooks:
            hints = Hints(self._rng("hints"), self.observer, self.processes, self.scheduler, self.faults)
            spawn("webhooks", "webhooks", lambda: hints.work(lambda: self.stopping))
        if self.incidents.plan.clerk:
            spawn("clerk", "clerk", lambda: self.clerk.work(lambda: self.stopping))

    def _host(self, name: str) -> Host:
        return Host(
            self.processes[name], self.scheduler, self.faults, self._rng(f"host {name}"),
            self.setting.lease_s, self.unexpected, lambda: self.stopping,
        )  # fmt: skip

    def _rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {name}")

    def _timer(self) -> None:
        """The minute's tick, sometimes late, sometimes on two processes at once."""
        rng, begin = self._rng("timer"), self.scheduler.clock.now
        started = self.setting.calm_start
        while self.scheduler.clock.now < begin + self.setting.duration_s + self.incidents.plan.more_s:
            try:
                if not started:
                    self._start_full_syncs()
                    started = True
                tick(rng.choice(list(self.processes.values())).parts)
            except StoreError as error:
                self.scheduler.note(f"tick failed: {type(error).__name__}")
            self.scheduler.pause(rng.choice((60.0, 60.0, 61.0, 5.0, 130.0)))
        self.stopping = True

    def _people(self) -> None:
        rng = self._rng("pace")
        while not self.stopping:
            if any(host.scanning for host in self.hosts):
                self.faults.count("changed_while_scanning")
            self.people.act()
            mean = self.setting.pause_between_acts_s
            if self.incidents.veil.down:
                self.scheduler.pause(60.0)  # Most of them wait until both systems are there again.
            self.scheduler.pause(rng.choice((0.0, 0.05, 0.3, 1.0, mean, 2 * mean, 3 * mean)))

    def _world(self) -> None:
        rng = self._rng("world")
        while not self.stopping:
            self.scheduler.pause(rng.expovariate(1 / 30.0))
            self.surroundings.happen()
            self.incidents.happen()

    def _start_full_syncs(self) -> None:
        for at in self.connections:
            if not at.full_syncs.running():
                full_sync.start(self.first.parts, at, full_sync.Request(release=self.setting.release))

    def _calm_down(self) -> None:
        """Faults end, everything is as it should be again, and an administrator has looked after it."""
        self.faults.on = False
        self.calm_from_s = self.scheduler.clock.now
        parts = self.incidents.plan.parts
        begun_s = dates.clock_of(self.seed, parts).now
        if dates.PART in parts and dates.day_of(begun_s) != dates.day_of(self.scheduler.clock.now):
            self.faults.count("midnight")
        self.surroundings.restore()
        self.incidents.finish()
        self.administrator = Administrator(self.first, self.faults, self.setting.release)
        if self.incidents.plan.clerk:
            self.clerk.take_up_again()
        self.administrator.look()
        if self.incidents.lost_storage:
            self.administrator.after_a_loss()
        self._start_missing()

    def _start_missing(self) -> None:
        """A full synchronisation that could not be started, or of which a line ended in an error, is started
        again, as its message asks an administrator to."""
        for at in self.connections:
            schedules = at.schedules.all()
            whole = all(name in schedules for name in at.mappings) and not self._has_error(at)
            if not at.full_syncs.running() and not whole:
                full_sync.start(self.first.parts, at, full_sync.Request(release=self.setting.release))

    def _has_error(self, at: ConnectionParts) -> bool:
        """Whether a mapping's newest line ended in an error; ids begin with their inverted time."""
        rows = self.tables.scan("FullSynchronizations", limit=1000)
        mine = [e for e in rows if e.partition.startswith(f"{at.name}|") and e.row.startswith("line|")]
        newest = {str(each.values["mapping"]): each.values for each in reversed(mine)}
        return any(each["phase"] == "done" and each["message"] for each in newest.values())

    def _settle(self) -> None:
        """Let time pass until a night changes nothing; then one more round, which must write nothing."""
        begun = self.scheduler.clock.now
        for gap_s in SOON_GAPS_S:
            self._pass(gap_s)
        for _ in range(MAX_NIGHTS):
            before = self._state()
            self._pass_night()
            if self._state() == before and not self._waits_for_a_day(begun):
                break
        self._pass_midnight()
        self.quiet_from = len(self.observer.writes)
        self._pass_time(A_ROUND_S)

    def _pass_night(self) -> None:
        """A night, with its compare where a table showed nothing: what it told then, it tells no more."""
        if self.incidents.plan.incident != "empty_answer":
            self._pass(A_NIGHT_S)
            return
        begun = self.administrator.compare()
        self._pass(A_NIGHT_S)
        self.administrator.repair(begun)
        self._drain()

    def _pass_midnight(self) -> None:
        """A day that begins changes prices with dates: none begins in the last round."""
        if dates.PART not in self.incidents.plan.parts:
            return
        today, last = (dates.day_of(self.surroundings.bc.env.clock.time() + s) for s in (0.0, 2 * A_ROUND_S))
        for _ in range(3 if today != last else 0):
            self._pass(A_ROUND_S)

    def _waits_for_a_day(self, begun_s: float) -> bool:
        """Whether something shows only in a look that has not been yet.

        Prices are looked at on another day: that one ended shows only then.  What people delete in Business
        Central, and in Sales where values only flow there, shows in the daily look.
        """
        now, plan = self.scheduler.clock.now, self.incidents.plan
        same_day = now // A_DAY_S == begun_s // A_DAY_S and any(each in PRICES for each in plan.parts)
        needs_a_look = plan.policies != NONE or any(each in WIDER for each in plan.parts)
        return same_day or (now - begun_s < A_DAY_S and needs_a_look)

    def _state(self) -> Hashable:
        return state_of(self.tables, self.queue, self.observer)

    def _pass(self, gap_s: float) -> None:
        """A while, with the night's work and the administrator's look at the end."""
        self._pass_time(gap_s)
        if gap_s >= A_NIGHT_S:
            clean_up(self.first.parts)
            self._drain()
        self.administrator.look()
        self._start_missing()  # One that was still running may have ended in an error by now.

    def _count_what_is_there(self) -> None:
        policies = self.incidents.plan.policies
        if policies.deletion:
            self.faults.count(f"rule {policies.deletion}")
        for name in self.package.pairs:
            if name in FURTHER and (rule := policies.deletion_of(name)):
                self.faults.count(f"further rule {rule}")
                self.faults.count(f"rule of {name}")
        for at in self.connections:
            for name in at.mappings:
                store = at.couplings(name)
                for problem in store.all_problems(1000):
                    self.faults.counts[f"problem {problem.code}"] += 1
                if any(store.all_coupled(limit=1)):
                    self.faults.counts[f"mapping {name}"] += 1

    def _pass_time(self, seconds: float) -> None:
        """What was sent for later is worked off when its time comes; the timer rings at the end only."""
        until = self.scheduler.clock.now + seconds
        while (due := self.queue.next_visible_s()) is not None and due < until:
            self._go_to(due)
            self._drain()
        self._go_to(until)
        tick(self.first.parts)
        self._drain()

    def _go_to(self, at_s: float) -> None:
        self.scheduler.clock.now = max(at_s, self.scheduler.clock.now)
        self.late.run_due()

    def _drain(self) -> None:
        """Work off everything that is due, without other workers."""
        host = self._host(self.first.name)
        for _ in range(MAX_MESSAGES):
            if not host.one():
                return
        raise NotQuiet(f"after {MAX_MESSAGES} messages there are still more")

    @contextmanager
    def _counting_decisions(self) -> Iterator[None]:
        decide: Callable[..., object] = reconcile.reconcile

        def counted(*arguments: object, **keywords: object) -> object:
            decision = decide(*arguments, **keywords)
            self.faults.counts[f"decision {_name_of(decision)}"] += 1
            return decision

        with patch.object(rounds, "reconcile", counted):
            yield


def _name_of(decision: object) -> str:
    name = type(decision).__name__
    if name == "Merge":
        parts = [part for part in ("to_bc", "to_sales", "conflicts") if getattr(decision, part)]
        return f"Merge {'+'.join(parts) or 'in step'}"
    if name == "Leave":
        return f"Leave {getattr(decision, 'reason', '')}"
    return name
