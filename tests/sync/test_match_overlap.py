"""The matching report on twins of published records: every pair that its keys can find, none that is wrong.

Each twin tells which record it was made from and what was changed in it, so what a key can find is known.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from local.simulation.world import World, build, published
from shared_code.core.fields import FieldType
from shared_code.core.matching import key_value
from shared_code.core.merging import Known
from shared_code.core.records import Row, Side
from shared_code.sync import match_api
from shared_code.sync.api import answering
from shared_code.sync.parts import table_of
from shared_code.sync.processing.knowing import known_of
from shared_code.sync.processing.links import LinkTable
from tests.sync import worlds

CASES = {
    "CUSTOMER": ("account", "overlap_accounts", "customers"),
    "CONTACT": ("contact", "overlap_contacts", "contacts"),
    "ITEM-PRODUCT": ("product", "overlap_products", "items"),
}


@cache
def twins(name: str) -> list[dict[str, Any]]:
    return worlds.sales_rows(CASES[name][1])


@cache
def world_of(name: str) -> World:
    """A company with its published records and the twins in Sales, strangers among them."""
    sales = {**worlds.sales_setup()}
    for each in ("CUSTOMER", name):
        table, file, _ = CASES[each]
        sales[table] = [_plain(row) for row in worlds.sales_rows(file)]
    sales["account"] += [_plain(row) for row in worlds.sales_rows("accounts")]
    if name == "ITEM-PRODUCT":
        sales |= {"uom": worlds.sales_rows("uoms"), "uomschedule": worlds.sales_rows("uomschedules")}
    made = build([published()], sales, mappings=[name])
    for mapping in made.at.mappings:
        made.at.schedules.change(mapping, 60, disabled_because="not looked at in this test")
    return made


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "@derived"}


@cache
def report_of(name: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of the report with the mapping's own criteria, by side and id."""
    world = world_of(name)
    body = json.dumps({"mapping": name}).encode()
    report = str(answering(lambda: match_api.begin(world.parts, body, {})).body["id"])
    worlds.deliver(world)
    answer = answering(lambda: match_api.get(world.parts, report, {}))
    assert answer.body["status"] == "Finished", answer.text()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    query = {"limit": "1000"}
    while True:
        page = answering(lambda: match_api.lines(world.parts, report, query)).body
        found |= {(each["side"], each["id"]): each for each in page["lines"]}
        if page["next"] is None:
            return found
        query["cursor"] = page["cursor"]


def key_of(name: str, row: Mapping[str, Any]) -> str:
    return str(row[{"CUSTOMER": "accountid", "CONTACT": "contactid", "ITEM-PRODUCT": "productid"}[name]])


def expected(name: str) -> dict[str, str]:
    """The BC record of each twin, by the twin's id."""
    return {key_of(name, each): each["@derived"]["bcId"] for each in twins(name)}


@pytest.mark.parametrize("name", CASES)
def test_no_pair_is_wrong(name: str) -> None:
    wanted = expected(name)
    proposed = [each for each in report_of(name).values() if each["result"] in ("exact", "possible")]
    assert proposed
    wrong = [
        (each["name"], each["candidates"][0]["name"])
        for each in proposed
        if wanted.get(each["candidates"][0]["id"]) != each["id"]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", CASES)
def test_every_pair_that_a_key_can_find_is_found(name: str) -> None:
    """A key can find a pair whose value both records hold and no other record of either side does.

    Records outside the filter count, too, but not for a number: that is made to tell records apart.
    """
    world, found = world_of(name), report_of(name)
    known = {side: known_records(world, name, side) for side in Side}
    missed = []
    for sales_id, bc_id in expected(name).items():
        ids = {Side.BC: bc_id, Side.SALES: sales_id}
        inside = all(own in known[side] and known[side][own].inside for side, own in ids.items())
        if inside and findable(world, name, known, ids):
            line = found.get(("bc", bc_id))
            if line is None or line["result"] != "exact" or line["candidates"][0]["id"] != sales_id:
                missed.append((bc_id, sales_id, line))
    assert missed == []


@pytest.mark.parametrize("name", CASES)
def test_second_copies_are_left_to_a_person(name: str) -> None:
    """Where a record has two twins, neither is coupled unless a sure key names just one of them."""
    by_bc: dict[str, list[str]] = defaultdict(list)
    for sales_id, bc_id in expected(name).items():
        by_bc[bc_id].append(sales_id)
    found = report_of(name)
    for bc_id, copies in by_bc.items():
        line = found.get(("bc", bc_id))
        if len(copies) > 1 and line is not None and line["result"] == "exact":
            assert "suggests" not in line["candidates"][0]["reason"]
            others = [found["sales", each] for each in copies if each != line["candidates"][0]["id"]]
            assert all(each["result"] in ("several", "none") for each in others)


def known_records(world: World, name: str, side: Side) -> dict[str, Known]:
    """Every record of a table, read from the service as the report does not."""
    mapping, system = world.at.mapping(name), world.at.systems[side]
    table, ids, cursor = table_of(mapping, side), list[str](), None
    while True:
        page = system.scan(table, cursor)
        ids += [each.id for each in page.seen]
        cursor = page.next
        if cursor is None:
            break
    links = LinkTable(world.at, mapping)
    rows: dict[str, Row] = {}
    for start in range(0, len(ids), 500):
        rows |= system.read(table, ids[start : start + 500])
    links.load(side, rows.values())
    return {own: known_of(world.at, mapping, links, side, row) for own, row in rows.items()}


def findable(
    world: World, name: str, known: Mapping[Side, Mapping[str, Known]], ids: Mapping[Side, str]
) -> bool:
    mapping = world.at.mapping(name)
    for key in mapping.match:
        if key.hints:
            continue
        is_number = any(f.name == key.field and f.type is FieldType.CODE for f in mapping.fields)
        own = [key_value(key, known[side][ids[side]].values) for side in Side]
        counts = {
            side: Counter(key_value(key, k.values) for k in known[side].values() if k.inside or not is_number)
            for side in Side
        }
        if own[0] is not None and counts[Side.SALES][own[0]] and own[0] != own[1]:
            return False  # An earlier key names another record: a person corrects it.
        if own[0] is not None and own[0] == own[1]:
            return all(counts[side][own[0]] == 1 for side in Side)
    return False
