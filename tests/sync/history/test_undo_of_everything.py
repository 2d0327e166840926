"""Undo of a first full synchronisation of the published data: both systems are as they were before.

What is not is listed record by record, with the service's words and what can be done instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.core.undo import REMAINS, Why
from shared_code.sync.api import answering
from shared_code.sync.full_sync import Request
from shared_code.sync.history import undo_api
from shared_code.sync.problem_actions import Action, act_on_group
from tests.sync import worlds
from tests.sync.history.test_undos import begin, checked, run
from tests.sync.previewing.test_equal_writes import (
    ALL_DOCUMENTS,
    EVERYTHING,
    catalogue,
    overlapping_world,
)

type Snapshot = Mapping[tuple[Side, str, str], Mapping[str, Any]]
"""Every row of both systems by side, table and id, as it is stored there."""

OF_EVERY_WRITE = frozenset(("createdon", "modifiedon", "_modifiedby_value", "lastModifiedDateTime"))
"""What tells that and when a row was written, not what is in it."""


def snapshot(world: World) -> Snapshot:
    company = world.bc.env.companies[world.at.connection.company_id]
    rows = {
        (Side.BC, table, each.id): each.values
        for table, held in company.tables.items()
        for each in held.rows.values()
    } | {
        (Side.SALES, table, each.id): each.values
        for table, held in world.sales.org.store.tables.items()
        for each in held.rows.values()
    }
    return {place: _content(values) for place, values in rows.items()}


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in values.items() if n not in OF_EVERY_WRITE and v is not None}


def apart(before: Snapshot, after: Snapshot) -> dict[tuple[Side, str, str], list[str]]:
    """The rows that are not as they were, each with the columns that tell it; ``gone`` and ``new`` rows."""
    found: dict[tuple[Side, str, str], list[str]] = {}
    for place in before.keys() | after.keys():
        one, two = before.get(place), after.get(place)
        if one is None or two is None:
            found[place] = ["new" if one is None else "gone"]
        elif columns := sorted(n for n in one.keys() | two.keys() if one.get(n) != two.get(n)):
            found[place] = columns
    return found


def all_records(world: World, undo: str) -> list[dict[str, Any]]:
    """What an undo tells of each record, page by page."""
    found, query = list[dict[str, Any]](), {"limit": "500"}
    while True:
        page = page_of(world, undo, query)
        found += page["records"]
        if page["next"] is None:
            return found
        query = {name: values[0] for name, values in parse_qs(urlsplit(page["next"]).query).items()}


def page_of(world: World, undo: str, query: Mapping[str, str]) -> dict[str, Any]:
    answer = answering(lambda: undo_api.records(world.parts, undo, query))
    return checked("get", "/undos/{id}/records", answer)


def synchronised(world: World, request: Request) -> str:
    """The full synchronisation that ran, by its id."""
    worlds.full(world, release=request.release)
    return next(each.full_sync for each in world.at.jobs.newest(200) if each.full_sync)


SCENES: Mapping[str, Callable[[], tuple[World, Request]]] = {
    "an organisation that holds many records": lambda: overlapping_world(["CUSTOMER", "CONTACT"]),
    "documents": lambda: catalogue(*ALL_DOCUMENTS, features=("vendors", "opportunities", "invoices")),
    "items, resources and price lists": lambda: catalogue("PLLINE-PRODPRICE", features=EVERYTHING),
}


@pytest.mark.bulk
@pytest.mark.parametrize("name", SCENES)
def test_both_systems_are_as_they_were_and_the_preview_told_so(name: str) -> None:
    world, request = SCENES[name]()
    world.clock.now += 60
    before = snapshot(world)
    full_sync = synchronised(world, request)
    written = apart(before, snapshot(world))
    world.clock.now += 60
    undo = begin(world, fullSynchronization=full_sync)
    told = all_records(world, undo)
    assert apart(before, snapshot(world)) == written
    run(world, undo)
    assert all_records(world, undo) == told
    assert {each["why"] for record in told for each in record["left"]} <= REMAINS
    kept = sum(each["why"] == Why.CONTACT_STAYS for record in told for each in record["left"])
    assert left_behind(before, snapshot(world)) == ["a contact"] * kept
    worlds.settled(world)
    assert left_behind(before, snapshot(world)) == ["a contact"] * kept


def left_behind(before: Snapshot, after: Snapshot) -> list[str]:
    """What is not as it was, but for what Business Central does by itself: it keeps the contact of a customer
    that is gone, and writes the customer's e-mail address into it whenever the customer is written."""
    found = []
    for (side, table, own), columns in apart(before, after).items():
        if (side, table) == (Side.BC, "tandem/deletions"):
            continue  # The log of what was deleted.
        is_company = table == "contacts" and after.get((side, table, own), {}).get("type") == "Company"
        if side is Side.BC and is_company and columns in (["new"], ["email"]):
            found += ["a contact"] if columns == ["new"] else []
        else:
            found.append(f"{side} {table} {own}: {columns}")
    return found


def test_what_was_undone_is_made_again_where_a_person_wants_it() -> None:
    """Unit groups go with the base units that Sales makes; nobody is told of a deletion, all comes back."""
    world, request = SCENES["items, resources and price lists"]()
    world.clock.now += 60
    before = snapshot(world)
    full_sync = synchronised(world, request)
    made = rows_made(before, snapshot(world))
    world.clock.now += 60
    run(world, begin(world, fullSynchronization=full_sync))
    worlds.settled(world)
    told = {each["code"] for each in worlds.listed(world.at)}
    assert told <= {"uncoupled", "waits_for_lookup", "not_carried"}
    for mapping in world.at.mappings.values():
        act_on_group(world.parts, world.at, mapping, Action.RETRY, "uncoupled", "")
        worlds.deliver(world)
    worlds.full(world, release=request.release)
    world.settle(3)
    assert {each["code"] for each in worlds.listed(world.at)} <= {"not_carried"}
    assert rows_made(before, snapshot(world)) == made


def rows_made(before: Snapshot, after: Snapshot) -> Mapping[tuple[Side, str], int]:
    """How many rows of each table came."""
    return Counter(
        (side, table) for (side, table, _), what in apart(before, after).items() if what == ["new"]
    )
