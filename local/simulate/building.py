"""Building the simulation of a seed: services, storage, processes and people around one scheduler."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from local.simulate.choices import NOTHING_LEFT_OUT, Choices
from local.simulate.clerk import Clerk
from local.simulate.conclusions import Conclusions
from local.simulate.dates import clock_of
from local.simulate.deeds import ALWAYS, OF_PAIRS, OF_VALUES, Desk
from local.simulate.faults import Faults
from local.simulate.further import mappings_of, records_of
from local.simulate.further_actions import HASTY, actions_of, tables_of
from local.simulate.hiding import Veil
from local.simulate.incidents import Incidents
from local.simulate.observing import Observer, Write
from local.simulate.packages import Package, package_of
from local.simulate.people import Ledger, People
from local.simulate.plan import Plan, draw_plan
from local.simulate.policy_actions import further_policy_actions, policy_actions
from local.simulate.processes import Process, SimulatedRuntime
from local.simulate.quoting import QUOTING
from local.simulate.scheduler import Scheduler, Trace
from local.simulate.services import (
    SkewedClock,
    app_user_of,
    business_central_of,
    dataverse_of,
    settings_of,
)
from local.simulate.setting import Setting, whole, with_more_customers
from local.simulate.short import shortened
from local.simulate.simulation import Simulation
from local.simulate.stock_actions import STOCK
from local.simulate.storage import Hooks, NotedTables, RestlessQueue, tables
from local.simulate.surroundings import Surroundings
from local.simulate.wire import Late, Wire
from local.simulation.world import TENANT, Person
from local.simulators.business_central import BusinessCentral
from local.simulators.dataverse import Dataverse
from local.simulators.wire import Clock, Service
from shared_code.store.table_list import TABLES
from shared_code.sync.messages import QUEUES

SKEW_MARGIN_S = 150.0
"""A given-up request ends so much earlier than the product reckons: instances' clocks differ by less."""


SEVERAL, SHORT_LEASE_S, LONG_S = ("worker-a", "worker-b", "worker-c"), 60.0, 600.0
"""The workers of a seed in which people are hasty: one of them is soon taken for dead, and goes on."""

MORE_CUSTOMERS = 6
"""In a seed with a brake."""


@dataclass
class _Ground:
    """What everything of a seed stands on."""

    seed: int
    setting: Setting
    scheduler: Scheduler
    faults: Faults
    observer: Observer
    bc: BusinessCentral
    sales: Dataverse
    clocks: tuple[SkewedClock, SkewedClock]
    plan: Plan
    package: Package
    veil: Veil

    def rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {name}")


def build(seed: int, setting: Setting, choices: Choices = NOTHING_LEFT_OUT) -> Simulation:
    """A simulation that has not begun."""
    setting = _chosen(seed, setting, choices, draw_plan(seed, choices.without))
    ground, ledger = _ground(seed, setting, choices), Ledger()
    scheduler, faults, observer = ground.scheduler, ground.faults, ground.observer
    _tell(ground, ledger)
    hooks, late = Hooks(scheduler, faults), Late(scheduler, observer)
    queue = RestlessQueue(scheduler.clock.time, hooks, ground.rng("queue"))
    scheduler.on_step = late.run_due
    stores = tables(hooks)
    processes, wires = _processes(ground, stores, queue, late)
    people = People(
        ground.rng("people"), observer, ledger, _people_of(setting, ground.bc),
        Person(ground.sales, "/api/data/v9.2"), scheduler.note, faults.count,
        _actions_of(ground.plan, choices), ground.package.pairs, choices.skip_acts,
        is_down=lambda side: side in ground.veil.down,
    )  # fmt: skip
    surroundings = Surroundings(
        ground.bc, ground.sales, faults, scheduler, processes, ground.rng("surroundings"), ground.clocks[0]
    )
    companies = {each.name: each.entry["id"].lower() for each in setting.companies}
    conclusions = Conclusions(observer, companies, stores, ground.package.pairs)
    stores.on_stored = conclusions.stored
    desk = Desk(ground.rng("desk"), observer, ground.package.pairs, conclusions.uncoupled)
    deeds = ALWAYS if ground.plan.ends_pairs else ALWAYS + OF_PAIRS
    deeds += () if ground.plan.ends_pairs or ground.plan.changes_rules else OF_VALUES
    incidents = Incidents(
        ground.plan, ground.rng("incidents"), ground.bc, ground.sales, ground.package, ground.veil, processes,
        scheduler, faults, observer, people, stores, late, wires,
    )  # fmt: skip
    return Simulation(
        seed,
        setting,
        scheduler,
        faults,
        observer,
        ledger,
        people,
        surroundings,
        processes,
        queue,
        late,
        wires,
        incidents,
        conclusions,
        Clerk(ground.rng("clerk"), desk, deeds, processes, scheduler, faults),
    )


def _actions_of(plan: Plan, choices: Choices) -> tuple[tuple[Callable[[People], None], float], ...]:
    own = (*policy_actions(plan.policies), *further_policy_actions(plan.policies))
    more = (*(HASTY if choices.hasty else ()), *(STOCK if plan.stock else ()))
    return (*actions_of(plan.parts), *own, *more)


def _chosen(seed: int, setting: Setting, choices: Choices, plan: Plan) -> Setting:
    if choices.often:
        setting = replace(setting, hostility=max(1.0, setting.hostility))
    if choices.hasty:
        setting = replace(setting, workers=SEVERAL, lease_s=SHORT_LEASE_S, duration_s=LONG_S)
    if setting.hostility == 0:
        # Nothing lags or commits late there, and no checker may suppose it.
        setting = replace(setting, bc_lag_s=0.0, bc_late_s=0.0, sales_late_s=0.0)
    if plan.parts:
        setting = _with_parts(seed, setting, plan.parts)
    is_in_use = any(each in QUOTING for each in plan.parts)
    if is_in_use:
        setting = _in_use(setting, plan.parts)
    if plan.policies.brake:
        setting = _with_customers(seed, setting)
    if not (is_in_use or choices.hasty):  # What these show takes several looks in a row.
        setting = shortened(seed, setting)
    if plan.incident or plan.policies.brake or plan.policies.further_brake:
        # It happens to a connection that has been in use for a while.
        return replace(setting, calm_start=True)
    return replace(setting, calm_start=setting.calm_start and not choices.from_the_start)


def _with_customers(seed: int, setting: Setting) -> Setting:
    """So many customers that some of them are few."""
    rng = random.Random(f"customers {seed}")
    first = with_more_customers(setting.companies[0], MORE_CUSTOMERS, rng)
    return replace(setting, companies=(first, *setting.companies[1:]))


def _in_use(setting: Setting, parts: Sequence[str]) -> Setting:
    """Customers are in step at first, and there is time to handle on the other side what was carried."""
    release = ("CUSTOMER", "CONTACT", *mappings_of(parts))
    return replace(setting, duration_s=2 * setting.duration_s, calm_start=True, release=release)


def _with_parts(seed: int, setting: Setting, parts: Sequence[str]) -> Setting:
    """One company with records of these parts; what Sales holds already is most often released."""
    rng = random.Random(f"records {seed}")
    first = setting.companies[0]
    records = records_of(parts, whole().records, first.records, rng)
    release = tuple(mappings_of(parts)) if rng.random() < 0.8 else ()
    return replace(
        setting,
        companies=(replace(first, records=records),),
        release=(*setting.release, *release),
    )


def _ground(seed: int, setting: Setting, choices: Choices) -> _Ground:
    plan = draw_plan(seed, choices.without)
    clock, trace = clock_of(seed, plan.parts), Trace(keep=choices.keep_trace)
    scheduler = Scheduler(clock, random.Random(f"{seed} scheduler"), trace, setting.stay)
    faults = Faults(
        scheduler, random.Random(f"{seed} faults"), setting.hostility, choices.without,
        choices.only_first_faults, choices.often,
    )  # fmt: skip
    clocks = SkewedClock(clock, setting.skews_s[0]), SkewedClock(clock, setting.skews_s[1])
    bc, sales = business_central_of(setting, clocks[0], plan.parts), dataverse_of(setting, clocks[1])
    return _Ground(
        seed, setting, scheduler, faults, Observer(clock.time), bc, sales, clocks, plan,
        package_of(plan.conflict, plan.parts, plan.policies), Veil(),
    )  # fmt: skip


def _tell(ground: _Ground, ledger: Ledger) -> None:
    """Let the observer watch, and tell the ledger and a kept trace of each write."""
    scheduler = ground.scheduler
    ground.observer.app_user = app_user_of(ground.sales)
    ground.observer.watched = tables_of(ground.plan.parts)
    ground.observer.watch(ground.bc, ground.sales)

    def wrote(write: Write) -> None:
        ledger.take(write)
        if scheduler.trace.keep:
            scheduler.trace.remark(scheduler.clock.now, scheduler.who, write.readable())

    ground.observer.on_write = wrote


def _processes(
    ground: _Ground, stores: NotedTables, queue: RestlessQueue, late: Late
) -> tuple[dict[str, Process], list[Wire]]:
    stores.ensure(TABLES)
    queue.ensure(QUEUES)
    processes: dict[str, Process] = {}
    wires: list[Wire] = []
    for number, name in enumerate(dict.fromkeys(ground.setting.workers)):
        bc, sales = (
            _wire(ground, late, name, "bc", ground.bc),
            _wire(ground, late, name, "sales", ground.sales),
        )
        skew_s = ground.setting.skews_s[2] * number
        runtime = SimulatedRuntime(ground.scheduler, ground.rng(f"runtime {name}"), skew_s)
        services: dict[str, tuple[Service, Clock]] = {
            "bc": (bc, ground.clocks[0]), "sales": (sales, ground.clocks[1]),
        }  # fmt: skip
        settings = settings_of(ground.setting, ground.plan.parts, webhooks=ground.plan.webhooks)
        processes[name] = Process(name, settings, runtime, stores, queue, services, ground.package)
        wires += [bc, sales]
    return processes, wires


def _wire(ground: _Ground, late: Late, name: str, side: str, service: Service) -> Wire:
    setting = ground.setting
    return Wire(
        side, service, ground.scheduler, ground.faults, ground.observer, late,
        ground.rng(f"wire {name} {side}"), setting.lease_s, setting.settle_s - SKEW_MARGIN_S,
        ground.veil,
    )  # fmt: skip


def _people_of(setting: Setting, bc: BusinessCentral) -> Mapping[str, Person]:
    return {
        each.entry["id"].lower(): Person(
            bc, f"/v2.0/{TENANT}/production/api/v2.0/companies({each.entry['id']})"
        )
        for each in setting.companies
    }
