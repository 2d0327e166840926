"""What happens around the product: outages, rights taken and given back, clocks, expired change tokens."""

from __future__ import annotations

import random
from collections.abc import Mapping

from local.simulate.faults import Faults
from local.simulate.processes import Process
from local.simulate.scheduler import Scheduler
from local.simulate.services import SkewedClock, add_options, choices_of, restrict_bc, restrict_sales
from local.simulate.setting import Setting
from local.simulators.business_central import BusinessCentral
from local.simulators.dataverse import Dataverse
from shared_code.store.tables import StoreError


class Surroundings:
    """Draws one event at a time.  Each is counted under its own name."""

    def __init__(
        self,
        bc: BusinessCentral,
        sales: Dataverse,
        faults: Faults,
        scheduler: Scheduler,
        processes: Mapping[str, Process],
        rng: random.Random,
        bc_clock: SkewedClock,
    ) -> None:
        self.bc = bc
        self.sales = sales
        self._faults = faults
        self._scheduler = scheduler
        self._processes = processes
        self._rng = rng
        self._bc_clock = bc_clock
        self._setting: Setting | None = None
        self._added: set[tuple[str, int]] = set()

    def begin(self, setting: Setting) -> None:
        """From now on the services behave as the seed says."""
        self._setting = setting
        if setting.hostility == 0:
            return
        self.bc.env.options.replica_lag_s = setting.bc_lag_s
        self.bc.env.options.late_commit_s = setting.bc_late_s
        self.sales.options.late_commit_s = setting.sales_late_s
        for name, is_on in (
            ("replica_lag", setting.bc_lag_s), ("late_commit", setting.bc_late_s or setting.sales_late_s),
            ("clocks_apart", any(setting.skews_s)), ("two_instances", len(set(setting.workers)) > 1),
            ("plugin", setting.plugins), ("small_pages", setting.small),
        ):  # fmt: skip
            if is_on:
                self._faults.count(name)

    def happen(self) -> None:
        """One thing, perhaps."""
        assert self._setting is not None
        if not self._faults.on:
            return
        kind = self._rng.choice(_KINDS)
        if kind in self._faults.without:
            return
        self._scheduler.note(f"WORLD {kind}")
        match kind:
            case "storage_outage":
                self._faults.storage_goes_down("storage_outage", self._rng.choice((5.0, 25.0, 70.0)))
            case "tables_outage":
                self._faults.storage_goes_down("tables_outage", self._rng.choice((5.0, 20.0, 90.0)))
            case "token_expired":
                self._expire()
            case "clock_jumps":
                self._jump()
            case "rights_removed":
                self._remove_rights()
            case "rights_given_back":
                self._give_rights_back()
            case "options_added":
                self._add_options()

    def restore(self) -> None:
        """Everything works and nobody lacks a right."""
        options = self.bc.env.options
        options.replica_lag_s = options.late_commit_s = self.sales.options.late_commit_s = 0.0
        restrict_bc(self.bc, None)
        restrict_sales(self.sales, None)
        for process in self._processes.values():
            process.runtime.skew_s = 0.0
        self.sales.pump()

    def _expire(self) -> None:
        table = self._rng.choice(("account", "contact", "transactioncurrency"))
        self.sales.org.schema.tables[table].changed_at_version = self.sales.org.store.next_version()
        self._faults.count("token_expired")

    def _jump(self) -> None:
        process = self._rng.choice(list(self._processes.values()))
        process.runtime.skew_s = self._rng.choice((-60.0, -20.0, 0.0, 20.0, 60.0))
        self._faults.count("clock_jumps")

    def _remove_rights(self) -> None:
        if self._rng.random() < 0.5:
            restrict_sales(self.sales, self._rng.choice(("account", "contact", "transactioncurrency")))
        else:
            restrict_bc(self.bc, self._rng.choice(("customers", "contacts", "salespeoplePurchasers")))
        self._faults.count("rights_removed")

    def _give_rights_back(self) -> None:
        """The administrator gives the rights and switches the mappings on again."""
        restrict_bc(self.bc, None)
        restrict_sales(self.sales, None)
        process = self._rng.choice(list(self._processes.values()))
        try:
            for at in process.parts.connections.values():
                for name, schedule in at.schedules.all().items():
                    if schedule.disabled_because:
                        at.schedules.change(name, schedule.interval_s, disabled_because="", next_due_s=0.0)
        except StoreError as error:
            self._scheduler.note(f"administrator: {type(error).__name__}")

    def _add_options(self) -> None:
        assert self._setting is not None
        if self._setting.missing_options:
            codes = choices_of(self._setting.companies)
            column = self._rng.choice(sorted(codes))
            missing = codes[column][1::2]
            index = self._rng.randrange(len(missing))
            if (column, index) not in self._added:
                self._added.add((column, index))
                add_options(self.sales, {column: [missing[index]]})
                self._faults.count("dependency_came_later")


_KINDS = (
    "storage_outage", "tables_outage", "token_expired", "clock_jumps", "rights_removed", "rights_given_back",
    "rights_given_back", "options_added", "options_added",
)  # fmt: skip
