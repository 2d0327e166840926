"""One mapping after the other is synchronised over the published records, and everything it asks is counted.

Nothing runs at the same time and nothing fails, so the numbers are the same at each run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

from local.environment.records import licensed
from local.environment.scope import WHOLE
from local.environment.starting import OPTION_COLUMNS
from local.simulation.world import World, add_options, build, published, published_in_sales
from shared_code.core.dependencies import waves
from shared_code.sync import full_sync, tombstones, views

LOOK_BACK_S = 700.0
"""More than a look overlaps the one before: then nothing of the run is seen again."""
WRITING = frozenset({"insert", "replace", "upsert", "delete", "transact"})
OPTIONS = {name: table.removeprefix("tandem/") for table, names in OPTION_COLUMNS.items() for name in names}
DOCUMENTS = {"salesInvoices": "salesInvoiceLines", "salesCreditMemos": "salesCreditMemoLines"}
WAYS = ("toSales", "fromSales")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: HTTP requests to both systems, records written there, writing transactions of storage."""

    bc: int
    sales: int
    written: int
    storage: int

    @property
    def requests(self) -> int:
        """To both systems."""
        return self.bc + self.sales


@dataclass(frozen=True, slots=True)
class MappingCosts:
    """Of one mapping: the records a full synchronisation is given (both ways), how many of them were
    inserted, modified or coupled, what the first run cost, and what one cost that found nothing changed."""

    mapping: str
    records: int
    done: int
    first: Cost
    again: Cost

    @property
    def requests_per_record(self) -> float:
        """Of the first full synchronisation."""
        return self.first.requests / self.records if self.records else 0.0


@dataclass(frozen=True, slots=True)
class Costs:
    """Of all mappings in the order they run, and of one cycle after them in which nothing changed; ``looks``
    are the mappings and sides that are looked at in it, and the list of deletions."""

    mappings: tuple[MappingCosts, ...]
    quiet: Cost
    looks: int


class Meter:
    """Counts what a world does between two readings."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._storage: Counter[str] = Counter()
        world.tables.after = self._note

    def _note(self, operation: str, _table: str) -> None:
        self._storage[operation] += 1

    def begin(self) -> None:
        """Count from zero."""
        self._storage.clear()
        self._world.reset_requests()
        self._world.bc.env.log.reset()
        self._written_before = self._in_sales()

    def read(self) -> Cost:
        """What was counted since."""
        requests = self._world.requests
        in_bc = sum(self._world.bc.env.log.summary()["writes"].values())
        return Cost(
            len(requests["bc"]),
            len(requests["sales"]),
            in_bc + self._in_sales() - self._written_before,
            sum(self._storage[name] for name in WRITING),
        )

    def _in_sales(self) -> int:
        return self._world.sales.statistics.writes.total()


def measure() -> Costs:
    """Everything, from an empty Sales organisation on."""
    world = whole_world()
    meter = Meter(world)
    order = list(chain.from_iterable(waves({n: m.depends_on for n, m in world.at.mappings.items()})))
    first = {name: _run(world, meter, name) for name in order}
    again = {name: _run(world, meter, name) for name in order}
    found = tuple(
        MappingCosts(name, first[name].given, first[name].done, first[name].cost, again[name].cost)
        for name in order
    )
    looks = sum(len(mapping.watched) for mapping in world.at.mappings.values())
    looks += tombstones.are_told(world.at.mappings.values())
    return Costs(found, _quiet(world, meter), looks)


@dataclass(frozen=True, slots=True)
class _Run:
    given: int
    done: int
    cost: Cost


def _run(world: World, meter: Meter, mapping: str) -> _Run:
    meter.begin()
    started = full_sync.start(world.parts, world.at, full_sync.Request((mapping,), release=(mapping,)))
    world.drain()
    cost = meter.read()
    found = world.at.full_syncs.get(started.id)
    assert found is not None
    (line,) = views.full_sync_view(world.at, *found)["lines"]
    names = ("inserted", "modified", "coupled")
    return _Run(
        sum(line[way]["given"] for way in WAYS), sum(line[way][name] for way in WAYS for name in names), cost
    )


def _quiet(world: World, meter: Meter) -> Cost:
    """One minute after everything has come to rest; who the systems are was asked shortly before."""
    world.settle(3, LOOK_BACK_S)
    meter.begin()
    world.cycle()
    return meter.read()


def whole_world() -> World:
    """The main company with what it has posted, and an organisation with users and currencies only."""
    company = published()
    users: list[Any] = [licensed(each) for each in (*_sales("systemusers"), *_sales("overlap_systemusers"))]
    world = build(
        [company],
        {
            "systemuser": users,
            "territory": _sales("territories"),
            "transactioncurrency": _sales("transactioncurrencies"),
        },
        mappings=WHOLE.mappings,
        features=sorted(WHOLE.features),
        bc_options={"extension": WHOLE.extension},
    )
    codes = {
        column: [str(each["code"]) for each in company.records[table]] for column, table in OPTIONS.items()
    }
    add_options(world, codes)
    _enter_persons(world)
    _post_drafts(world)
    return world


def _enter_persons(world: World) -> None:
    """All published customers are companies: some persons buy, too."""
    person = world.person_in_bc()
    for number in range(PERSONS):
        body = {"displayName": f"Ann Early {number}", "type": "Person", "email": f"ann{number}@example.com"}
        person.call("POST", "customers", body)


PERSONS = 20


def _sales(file: str) -> list[Any]:
    return list(published_in_sales(file))


def _post_drafts(world: World) -> None:
    person = world.person_in_bc()
    for table, lines in DOCUMENTS.items():
        for each in person.call("GET", f"{table}?$expand={lines}")["value"]:
            if each[lines]:
                person.call("POST", f"{table}({each['id']})/Microsoft.NAV.post")
