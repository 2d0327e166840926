"""The rarer incidents of a seed: what happens, when it ends, and what the simulation remembers of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from local.simulate import backups, losses, witnesses
from local.simulate.faults import Faults
from local.simulate.fields import SIDES
from local.simulate.further import pairs_of
from local.simulate.hiding import Veil
from local.simulate.merging import merge_accounts
from local.simulate.observing import HEART, Key, Observer
from local.simulate.packages import Package
from local.simulate.pairs import CUSTOMER
from local.simulate.people import People
from local.simulate.plan import OUTAGE_S, Plan
from local.simulate.processes import Process
from local.simulate.scheduler import Scheduler
from local.simulate.wire import Late, Wire
from local.simulators.business_central import BusinessCentral
from local.simulators.business_central.schema import EXTENSION
from local.simulators.business_central.values import stamp_text
from local.simulators.dataverse import Dataverse
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import StoreError
from shared_code.sync import full_sync

SPARED = 3
"""Records that nobody edits after a restore."""

STRANGER = "5f5f5f5f-0000-4000-8000-000000000001"
"""A company that no connection serves."""

_LOSSES: Mapping[str, tuple[Callable[[MemoryTables], int], ...]] = {
    "lost_couplings": (losses.lose_couplings,),
    "lost_watermarks": (losses.lose_watermarks,),
    "lost_pairs_too": (losses.lose_couplings, losses.lose_pairs),
}


@dataclass
class Incidents:
    """Happens beside everything else; each part of it when its time has come."""

    plan: Plan
    rng: random.Random
    bc: BusinessCentral
    sales: Dataverse
    package: Package
    veil: Veil
    processes: Mapping[str, Process]
    scheduler: Scheduler
    faults: Faults
    observer: Observer
    people: People
    tables: MemoryTables
    late: Late
    wires: list[Wire]
    lost_storage: bool = False
    foreign: list[tuple[float, float]] = field(default_factory=list)
    _agenda: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def begin(self, duration_s: float) -> None:
        """Put on the agenda what the plan says."""
        kind, at_s = self.plan.incident, self.scheduler.clock.now + self.plan.at * duration_s
        if self.package.ruled:
            self.faults.count("conflict_rule")
        if not kind:
            return
        parts: dict[str, Callable[[float], None]] = {
            "empty_answer": self._plan_empty,
            "wrong_system": self._plan_wrong_system,
            "restored_sales": self._plan_restore,
            "restored_bc": self._plan_restore,
        }
        parts.get(kind, self._plan_moment)(at_s)

    def happen(self) -> None:
        """Whatever is due."""
        while self._agenda and self._agenda[0][0] <= self.scheduler.clock.now:
            self._agenda.pop(0)[1]()

    def finish(self) -> None:
        """The hostile time is over: what has begun ends, and every process has what is deployed."""
        while self._agenda:
            self._agenda.pop(0)[1]()
        if self.plan.incident.startswith("rules_"):
            for process in self.processes.values():
                process.start()

    def _at(self, at_s: float, call: Callable[[], None]) -> None:
        self._agenda.append((at_s, call))
        self._agenda.sort(key=lambda each: each[0])

    def _count(self) -> None:
        self.faults.count(self.plan.incident)
        self.scheduler.note(f"INCIDENT {self.plan.incident}")

    def _restart(self, name: str) -> None:
        """A new start of a process: nothing it was doing goes on."""
        self.scheduler.kill(name)
        self.processes[name].start()

    def _restart_all(self) -> None:
        """Nothing of before goes on, also where a new start takes long because storage is away."""
        for name in self.processes:
            self.scheduler.kill(name)
        for process in self.processes.values():
            process.start()

    def _plan_moment(self, at_s: float) -> None:
        calls = {
            "accounts_merged": self._merge, "moved_company": self._move, "lost_part": self._lose_part,
            **dict.fromkeys(("rules_field", "rules_filter", "rules_conflict"), self._deploy),
            **dict.fromkeys(_LOSSES, self._lose),
        }  # fmt: skip
        self._at(at_s, calls[self.plan.incident])
        if self.plan.incident == "rules_filter":
            self._enter_long_ago()
        elif self.plan.incident == "rules_field":
            self._at(self.scheduler.clock.now, self._write_phone)

    def _enter_long_ago(self) -> None:
        """A customer that was blocked when Tandem began: no look at changes ever sees it."""
        company = self.rng.choice(sorted(self.people.bc))
        made = self.people.call("bc", company, "POST", "customers", {"displayName": "Bar", "blocked": "All"})
        table = self.bc.env.companies[company].tables["customers"]
        row = table.rows[made["id"]]
        then_ms = row.modified_ms - 86_400_000
        values = {**row.values, "lastModifiedDateTime": stamp_text(then_ms)}
        table.replace(row.id, replace(row, values=values, modified_ms=then_ms))
        while table.has_hidden(row.id):
            table.unhide(row.id)  # What was committed a day ago commits late for nobody.

    def _write_phone(self) -> None:
        """A number that goes to the old column first."""
        key = self.people.pick(self.people.pairs["CUSTOMER"], "bc")
        if key is not None:
            text = next(each for each in CUSTOMER.texts if each.bc == "phoneNumber")
            value, token = self.people.new_value(text, "bc", key)
            if not self.people.write(key, {"phoneNumber": value}):
                self.people.ledger.tokens.pop(token)

    def _plan_empty(self, at_s: float) -> None:
        tables = (("bc", "customers"), ("bc", "contacts"), ("sales", "accounts"), ("sales", "contacts"))
        further = pairs_of(self.plan.parts).values()
        more = ((side, each.path(side).removeprefix(EXTENSION)) for each in further for side in SIDES)
        hidden = self.rng.choice((*tables, *more))

        def begin() -> None:
            self._count()
            self.veil.empty.add(hidden)
            self.scheduler.note(f"INCIDENT {hidden} shows nothing")
            self._full_sync()

        self._at(at_s, begin)
        self._at(at_s + self.rng.choice((60.0, 200.0)), self.veil.empty.clear)

    def _full_sync(self) -> None:
        """Somebody starts a full synchronisation right now."""
        parts = next(iter(self.processes.values())).parts
        try:
            for at in parts.connections.values():
                full_sync.start(parts, at, full_sync.Request())
        except StoreError as error:
            self.scheduler.note(f"full synchronisation not started: {type(error).__name__}")

    def _plan_wrong_system(self, at_s: float) -> None:
        """The address is changed to a copy's, and corrected later; each change restarts all processes."""
        begun: list[float] = []

        def begin() -> None:
            self._count()
            self.veil.disguised = self.sales.org.organisation_id
            begun.append(self.scheduler.clock.now)
            self._restart_all()

        def end() -> None:
            self.foreign.append((begun[0], self.scheduler.clock.now))
            self.veil.disguised = ""
            self._restart_all()

        self._at(at_s, begin)
        self._at(at_s + self.rng.choice((60.0, 120.0)), end)

    def _plan_restore(self, at_s: float) -> None:
        """A backup from earlier in the day is put back; meanwhile the system is away."""
        side, kept = self.plan.incident.removeprefix("restored_"), list[object]()
        taken_s = self.scheduler.clock.now + self.rng.uniform(0.0, 20.0)
        self._at(taken_s, lambda: kept.append(self._copy(side)))
        self._at(at_s, lambda: self.veil.down.add(side))
        self._at(at_s + OUTAGE_S, lambda: self._put_back(side, kept[0]))

    def _copy(self, side: str) -> object:
        if side == "bc":
            return backups.back_up_bc(self.bc)
        further = (each for each in self.observer.watched["sales"] if each not in HEART["sales"])
        return backups.back_up_sales(self.sales, (*backups.SALES_TABLES, *further))

    def _put_back(self, side: str, backup: object) -> None:
        assert isinstance(backup, backups.SalesBackup | backups.BcBackup)
        self.veil.down.discard(side)
        telling = witnesses.telling(self.tables, side, backup.stamps())
        if not telling:
            # Nothing that Tandem knows of this system would be different: it comes back as it was.
            self.scheduler.note(f"INCIDENT nothing would tell of a restored {side}")
            return
        self.late.drop(self.sales if side == "sales" else self.bc)
        if isinstance(backup, backups.SalesBackup):
            changed = backups.restore_sales(self.sales, backup, self.observer)
        else:
            changed = backups.restore_bc(self.bc, backup, self.observer)
        for wire in self.wires:
            wire.forget()
        # A world of a dozen records can have all of them edited within a minute, a real one has not.  A
        # customer's new name is written to its contacts too.
        customers = [each.id for each in self.observer.present if each.table == "customers"]
        self.people.spared.update(telling[:SPARED], customers if side == "bc" else ())
        if changed:
            self._count()

    def _deploy(self) -> None:
        """A new deployment: processes are replaced one after another."""
        self._count()
        self.package.deploy(self.plan.incident, self.plan.conflict)
        delay_s = 0.0
        for name in self.processes:
            self._at(self.scheduler.clock.now + delay_s, lambda name=name: self._restart(name))  # type: ignore[misc]
            delay_s += self.rng.choice((5.0, 30.0, 90.0))

    def _lose(self) -> None:
        if not losses.is_quiet(self.tables):
            self._later(self._lose)
            return
        self._count()
        self.lost_storage = self.plan.incident != "lost_watermarks"
        for lose in _LOSSES[self.plan.incident]:
            lose(self.tables)

    def _lose_part(self) -> None:
        if not losses.is_quiet(self.tables):
            self._later(self._lose_part)
            return
        self._count()
        self.lost_storage = True
        losses.lose_part(self.tables, self.rng)

    def _later(self, call: Callable[[], None]) -> None:
        if self.scheduler.active:
            self._at(self.scheduler.clock.now + 5.0, call)

    def _merge(self) -> None:
        """Two accounts turn out to be one; perhaps another two."""
        for _ in range(self.rng.choice((1, 2))):
            active = self._accounts()
            if len(active) < 2 or "sales" in self.veil.down:
                return
            stays, goes = self.rng.sample(active, 2)
            with self.observer.acting("person"):
                moved = merge_accounts(self.sales, stays.id, goes.id)
            self.scheduler.note(f"INCIDENT account {goes.id} merged into {stays.id}, {moved} children moved")
            self._count()

    def _move(self) -> None:
        """An account passes to another company, of this app or of none."""
        active = self._accounts()
        if active:
            key = self.rng.choice(active)
            others = [each for each in (*self.people.bc, STRANGER) if each != self._company_of(key)]
            if self.people.write(key, {"tandem_companyid": self.rng.choice(sorted(others))}):
                self._count()

    def _company_of(self, key: Key) -> str:
        return str(self.observer.present[key].get("tandem_companyid") or "").lower()

    def _accounts(self) -> list[Key]:
        return [
            key for key, values in self.observer.present.items()
            if key.table == "account" and values.get("statecode") == 0 and values.get("customertypecode") == 3
        ]  # fmt: skip
