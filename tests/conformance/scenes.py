"""What the conformance tests share: a mapping with other rules, jobs of one minute, other clocks, refusals.

The worlds themselves come from ``tests/sync/worlds.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any

from local.simulation.world import CompanyRecords, World
from local.simulators.wire import Clock, ManualClock, Request, Response, Service
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import ConflictRule, Direction, FieldMapping, FieldType, Mapping
from shared_code.core.policies import DeletionRule
from shared_code.core.records import Side
from shared_code.sync import views
from tests.sync import worlds

type Counts = dict[str, int]
LOOKED_ONLY = {"scan", "deletions", "identity"}


def change_mapping(world: World, name: str, **changes: Any) -> None:
    """Give a mapping of the running world other properties, as another mapping file would."""
    connections = {}
    for key, at in world.parts.connections.items():
        changed = {**at.mappings, name: replace(at.mappings[name], **changes)}
        connections[key] = replace(at, mappings=changed)
    world.parts = replace(world.parts, connections=connections)
    world.receiver.parts = world.parts


def rules(
    world: World,
    conflict: ConflictRule = ConflictRule.ASK,
    deletion: DeletionRule = DeletionRule.ASK,
    creates: bool = True,
) -> None:
    """Give CUSTOMER these rules."""
    change_mapping(world, "CUSTOMER", conflict=conflict, deletion=deletion, creates=creates)


def one_way(world: World, name: str, direction: Direction) -> None:
    """Make a mapping one-way, with the fields that may flow that way."""
    mapping: Mapping = world.at.mappings[name]
    fields = tuple(replace(f, direction=direction) for f in mapping.fields if _may_flow(f, direction))
    change_mapping(world, name, direction=direction, fields=fields)


def _may_flow(each: FieldMapping, direction: Direction) -> bool:
    fixed = each.type in (FieldType.CONSTANT, FieldType.LOCAL_AMOUNT) or each.only_on_create
    return each.direction is direction if fixed else each.direction in (direction, Direction.BIDIRECTIONAL)


def without_fields(world: World, name: str, *dropped: str) -> None:
    """Leave fields out of a mapping."""
    fields = tuple(each for each in world.at.mappings[name].fields if each.name not in dropped)
    change_mapping(world, name, fields=fields)


def jobs_of(world: World, mapping: str = "CUSTOMER", seconds: float = 60.0) -> list[dict[str, Any]]:
    """The jobs of a mapping that the next minute brings."""
    before = {each.id for each in world.at.jobs.newest(200)}
    worlds.cycle(world, seconds)
    new = [each for each in world.at.jobs.newest(200) if each.id not in before]
    return [views.job_view(world.at, each) for each in new if each.mapping == mapping]


def counts(jobs: Iterable[dict[str, Any]], direction: str) -> Counts:
    """The outcomes of these jobs in one direction, those that are not zero."""
    total: Counter[str] = Counter()
    for each in jobs:
        total.update(each[direction])
    return {name: n for name, n in total.items() if n and name not in ("given", "done", "openBatches")}


def minute(world: World, mapping: str = "CUSTOMER", seconds: float = 60.0) -> tuple[Counts, Counts]:
    """The outcomes of the next minute: (to Sales, from Sales)."""
    jobs = jobs_of(world, mapping, seconds)
    return counts(jobs, "toSales"), counts(jobs, "fromSales")


def line_counts(line: dict[str, Any], direction: str) -> Counts:
    """The outcomes of a line of a full synchronisation."""
    return counts([line], direction)


def assert_nothing_to_do(world: World) -> None:
    """The next look finds nothing that it must read or write."""
    assert set(worlds.writes_of_a_cycle(world)) <= {f"{side} identity" for side in Side}


@dataclass
class OtherClock(ManualClock):
    """A clock that shows another time than the one it follows."""

    follows: ManualClock
    ahead_s: float

    def time(self) -> float:
        return self.follows.time() + self.ahead_s

    def sleep(self, seconds: float) -> None:
        self.follows.sleep(seconds)


def world_with_clocks(sales_ahead_s: float = 0.0, bc_ahead_s: float = 0.0) -> World:
    """A quiet world after its first full synchronisation in which the services' clocks differ from ours."""
    world = worlds.new_world()
    world.sales.org.clock = OtherClock(world.clock, sales_ahead_s)
    world.bc.env.clock = OtherClock(world.clock, bc_ahead_s)
    faulty = world.faults["bc"]
    faulty._service = Dated(faulty._service, world.bc.env.clock)
    worlds.full(world)
    world.settle(2)
    return world


@dataclass
class Refusing:
    """Stands before a service that answers nobody."""

    service: Service

    def handle(self, request: Request) -> Response:
        return Response(503, {"Content-Type": "application/json"}, b'{"error": {"message": "Not now."}}')


@dataclass
class Dated:
    """Stands before a service whose answers carry its own clock's date."""

    service: Service
    clock: Clock

    def handle(self, request: Request) -> Response:
        response = self.service.handle(request)
        date = formatdate(self.clock.time(), usegmt=True)
        return replace(response, headers={**response.headers, "Date": date})


def refuse_in_sales(world: World, column: str, text: str, message: str) -> None:
    """From now on Sales refuses accounts whose column contains the text, as customers' own logic does."""
    rule = {"table": "account", "column": column, "action": "refuse", "contains": text, "message": message}
    world.sales.org.options.plugins = [*world.sales.org.options.plugins, rule]


def accept_in_sales(world: World) -> None:
    """Sales refuses nothing any more."""
    world.sales.org.options.plugins = []


def company_with(**tables: list[dict[str, Any]]) -> CompanyRecords:
    """The small company with other rows in some tables."""
    small = worlds.company()
    return replace(small, records={**small.records, **tables})


def delete_account(world: World, pair: Coupling) -> None:
    world.person_in_sales.call("DELETE", f"accounts({pair.sales_id})")


def contact_pairs(world: World) -> list[Coupling]:
    return list(world.at.couplings("CONTACT").all_coupled())


def coupled(world: World, mapping: str, side: Side, record_id: str) -> Coupling | None:
    """The living coupling of a record."""
    found = world.at.couplings(mapping).load(side, [record_id]).get(record_id)
    is_living = isinstance(found, Coupling) and found.state.value == "coupled"
    return found if is_living and isinstance(found, Coupling) else None


def person_contact(world: World) -> dict[str, Any]:
    """A person of BC that is coupled with a contact of Sales."""
    pairs = {each.bc_id for each in contact_pairs(world)}
    return next(each for each in worlds.contacts(world, Side.BC) if each["id"] in pairs)
