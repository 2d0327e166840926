"""A preview shows the writes that the run right after it sends: the same records, fields and values.

What stands for a record that Business Central has yet to make is put in its place before they are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from local.simulation.world import CompanyRecords, World, published
from shared_code.core.records import Side, Values
from shared_code.store.json_values import dump
from shared_code.store.previews import Kind, PlannedWrite, Preview
from shared_code.sync.full_sync import Request
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.previewing.changed import changed_since
from shared_code.sync.previewing.made import beside, numbered, symbol
from shared_code.sync.previewing.previews import parts_of
from shared_code.systems.interface import (
    Change,
    Creation,
    Refused,
    Removal,
    Removed,
    System,
    Table,
    WriteResult,
    Written,
)
from tests.sync import worlds
from tests.sync.previewing.paper_worlds import planned, previewed

type Write = tuple[Side, str, Kind, str, str]
"""Side, table, kind, record and values of one write."""


@dataclass
class Recorder:
    """Stands before a system and notes every write that is confirmed, and every one that is refused."""

    system: System
    writes: list[Write] = field(default_factory=list)
    refused: set[Write] = field(default_factory=set)
    made: dict[str, tuple[str, Values]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def create(self, table: Table, creations: Sequence[Creation]) -> list[WriteResult]:
        results = self.system.create(table, creations)
        for each, result in zip(creations, results, strict=True):
            if isinstance(result, Written):
                self.made[each.source] = result.row.id, result.row.values
                self._note(
                    table, Kind.CREATE, result.row.id, [each.values, *(line.values for line in each.lines)]
                )
        return results

    def update(self, table: Table, changes: Sequence[Change]) -> list[WriteResult]:
        results = self.system.update(table, changes)
        for each, result in zip(changes, results, strict=True):
            if isinstance(result, Written):
                self._note(table, Kind.UPDATE, each.id, [each.values])
            if isinstance(result, Refused):
                self.refused.add((self.system.side, table.name, Kind.UPDATE, each.id, texts([each.values])))
        return results

    def delete(self, table: Table, removals: Sequence[Removal]) -> list[WriteResult]:
        results = self.system.delete(table, removals)
        for each, result in zip(removals, results, strict=True):
            if isinstance(result, Removed):
                self._note(table, Kind.DELETE, each.id, [])
        return results

    def _note(self, table: Table, kind: Kind, record_id: str, values: Sequence[Values]) -> None:
        self.writes.append((self.system.side, table.name, kind, record_id, texts(values)))


def texts(values: Sequence[Values]) -> str:
    return "".join(dump(dict(sorted(each.items()))) for each in values)


def run(world: World, request: Request) -> Mapping[Side, Recorder]:
    """The full synchronisation for real, with every confirmed write."""
    recorders = {side: Recorder(each) for side, each in world.at.systems.items()}
    kept = world.parts
    world.parts = replace(kept, connections={world.at.name: replace(world.at, systems=recorders)})
    worlds.full(world, release=request.release)
    world.parts = kept
    return recorders


def differences(world: World, plan: Sequence[PlannedWrite], done: Mapping[Side, Recorder]) -> list[str]:
    """What was planned and not sent, or done and not planned; blank where both are equal.

    What a service refuses it knows alone: it is planned, and sent.
    """
    only = apart(world, plan, done)
    return [f"{what}: {each}" for what, which in only for each in sorted(which, key=str)]


def apart(
    world: World, plan: Sequence[PlannedWrite], done: Mapping[Side, Recorder]
) -> list[tuple[str, Counter[Write]]]:
    """What was planned and not sent, and what was done and not planned."""
    known = _of_symbols(world, plan, done[Side.BC])
    of_plan = Counter(_planned(world, each, known) for each in plan)
    of_run = Counter(each for recorder in done.values() for each in recorder.writes)
    refused = Counter({each for recorder in done.values() for each in recorder.refused})
    return [("planned, not done", of_plan - of_run - refused), ("done, not planned", of_run - of_plan)]


def _of_symbols(world: World, plan: Sequence[PlannedWrite], made: Recorder) -> Mapping[str, str]:
    """What Business Central made in place of each symbol."""
    known: dict[str, str] = {}
    for each in plan:
        if each.side is Side.BC and each.kind is Kind.CREATE and each.source in made.made:
            record_id, values = made.made[each.source]
            names = [name for name in numbered(world.at.mapping(each.mapping)) if name in values]
            known |= {symbol(each.record_id, name): str(values[name]) for name in names}
            known[each.record_id] = record_id
        if each.kind is Kind.CREATE and each.side is Side.SALES:
            known |= _base_units(world, each)
    return known


def _base_units(world: World, planned: PlannedWrite) -> Mapping[str, str]:
    """The unit that Sales made with a unit group, in place of its symbol."""
    table = world.at.mapping(planned.mapping).sales.table
    bases = f"isschedulebaseuom eq true and _uomscheduleid_value eq {planned.record_id}"
    return {
        each.id: world.person_in_sales.call("GET", f"uoms?$select=uomid&$filter={bases}")["value"][0]["uomid"]
        for each in beside(table, planned.record_id, planned.new)
    }


def _planned(world: World, each: PlannedWrite, known: Mapping[str, str]) -> Write:
    table, values = world.at.mapping(each.mapping).side(each.side).table, texts([each.new, *each.lines])
    for name, actual in known.items():
        values = values.replace(name, actual)
    return each.side, table, each.kind, known.get(each.record_id, each.record_id), values


@cache
def _whole() -> CompanyRecords:
    return published()


EVERYTHING = ("extension", "vendors", "unit_groups", "price_lists", "opportunities", "invoices")


def catalogue(*mappings: str, features: Sequence[str] = ()) -> tuple[World, Request]:
    """The published records of these mappings, and all that they depend on."""
    world = worlds.new_world(
        [_whole()], mappings=mappings, features=features, bc_options={"extension": "extension" in features}
    )
    return world, Request(release=tuple(world.at.mappings))


def edited() -> tuple[World, Request]:
    """Both sides have been in step; people have edited, deleted and added on both since."""
    world = worlds.synced([_few()])
    one, two = worlds.pair(world, "10000"), worlds.pair(world, "20000")
    worlds.edit_bc(world, one, phoneNumber="111", city="Here")
    worlds.edit_sales(world, one, telephone1="222", websiteurl="https://example.com")
    worlds.edit_sales(world, two, name="Renamed Ltd.")
    worlds.delete_customer(world, worlds.pair(world, "01121212").bc_id)
    worlds.new_account(world, "Newcomer Ltd.", telephone1="333")
    worlds.new_customer(world, "Another Newcomer")
    return world, Request(release=("CUSTOMER", "CONTACT"))


@cache
def _few() -> CompanyRecords:
    return worlds.company()


def overlapping_world(release: Sequence[str]) -> tuple[World, Request]:
    world = worlds.new_world(
        [_whole()], {n: worlds.sales_rows(f"overlap_{n}s") for n in ("account", "contact")}
    )
    return world, Request(release=tuple(release))


ALL_DOCUMENTS = ("VENDOR", "OPPORTUNITY", "POSTEDSALESINV-INV")
SCENES: Mapping[str, Callable[[], tuple[World, Request]]] = {
    "an empty organisation": lambda: (worlds.new_world([_few()]), Request()),
    "an organisation that holds many records": lambda: overlapping_world(["CUSTOMER", "CONTACT"]),
    "nothing released": lambda: overlapping_world([]),
    "both sides edited since": edited,
    "documents": lambda: catalogue(*ALL_DOCUMENTS, features=("vendors", "opportunities", "invoices")),
    "items, resources and price lists": lambda: catalogue("PLLINE-PRODPRICE", features=EVERYTHING),
}


@pytest.mark.bulk
@pytest.mark.parametrize("name", SCENES)
def test_the_run_after_a_preview_writes_just_what_it_showed(name: str) -> None:
    world, request = SCENES[name]()
    plan = planned(world, previewed(world, request))
    done = run(world, request)
    assert plan
    assert differences(world, plan, done) == []


@pytest.mark.bulk
def test_what_people_changed_in_between_is_listed_and_everything_else_is_written_as_shown() -> None:
    """People edit, add and delete on both sides between a preview of the published data and its run."""
    world, request = overlapping_world(["CUSTOMER", "CONTACT"])
    preview = previewed(world, request)
    plan = planned(world, preview)
    assert listed(world, preview) == set()
    world.clock.now += 60
    meanwhile = {*edited_meanwhile(world, preview, plan), worlds.new_customer(world, "Newcomer Ltd.")}
    meanwhile.add(worlds.new_account(world, "Another Newcomer"))
    found = listed(world, preview)
    assert found == meanwhile
    done = run(world, request)
    concerned = found | {each.record_id for each in plan if each.source in found} | partners(world, found)
    differing = [write for _, writes in apart(world, plan, done) for write in writes]
    assert {write[3] for write in differing} & concerned
    assert [write for write in differing if write[3] not in concerned] == []


UPDATED = ("CUSTOMER", Kind.UPDATE)


def edited_meanwhile(world: World, preview: Preview, plan: Sequence[PlannedWrite]) -> set[str]:
    """An account that was to become a customer is renamed, another one deleted; a customer that has a twin
    moves, and one that has none."""
    made = [each for each in plan if each.mapping == "CUSTOMER" and each.kind is Kind.CREATE]
    alone = [each.source for each in made if each.side is Side.BC and not has_people(world, each)]
    renamed, deleted, *_ = alone
    [account, *_] = [each.record_id for each in made if each.side is Side.SALES]
    moved = paper_of(world, preview).couplings("CUSTOMER").load(Side.SALES, [account])[account].bc_id
    twin = next(
        each.record_id for each in plan if (each.mapping, each.kind) == UPDATED and each.side is Side.BC
    )
    world.person_in_sales.edit(f"accounts({renamed})", name="Renamed Ltd.")
    world.person_in_sales.call("DELETE", f"accounts({deleted})")
    for customer in (moved, twin):
        world.person_in_bc().edit(f"customers({customer})", city="Elsewhere")
    return {renamed, deleted, moved, twin}


def has_people(world: World, write: PlannedWrite) -> bool:
    """Whether contacts belong to the account that a customer was to be made of."""
    of_account = f"contacts?$filter=_parentcustomerid_value eq {write.source}"
    return bool(world.person_in_sales.call("GET", of_account)["value"])


def paper_of(world: World, preview: Preview) -> ConnectionParts:
    return parts_of(world.parts, world.at, preview).connection(world.at.name)


def listed(world: World, preview: Preview) -> set[str]:
    on_paper = paper_of(world, preview)
    return {each.record_id for name in world.at.mappings for each in changed_since(world.at, on_paper, name)}


def partners(world: World, ids: set[str]) -> set[str]:
    """The partners of these records after the run."""
    pairs = [pair for name in world.at.mappings for pair in world.at.couplings(name).all_coupled()]
    return {p.bc_id for p in pairs if p.sales_id in ids} | {p.sales_id for p in pairs if p.bc_id in ids}


def test_an_option_that_is_missing_is_told_and_not_made_on_paper() -> None:
    """Nobody but an administrator adds options; a preview that did would promise what the run refuses."""
    world = worlds.new_world(options=False)
    preview = previewed(world)
    plan = planned(world, preview)
    assert [each for each in plan if world.at.mapping(each.mapping).is_option_set] == []
    assert differences(world, plan, run(world, Request())) == []
    assert "option_missing" in worlds.codes(world, "PAYMENT TERMS")
