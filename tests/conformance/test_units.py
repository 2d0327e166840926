"""Units and what is sold by them, coupled by hand; prices that come behind them; carriers as options."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.simulation.world import World, build
from local.simulators.business_central.control_edits import edit_row
from shared_code.core.records import Side
from shared_code.sync import coupling_api
from shared_code.sync.api import answering
from shared_code.sync.dispatch import handle
from shared_code.sync.full_sync import Request, start
from shared_code.sync.messages import QUEUES
from tests.conformance import scenes
from tests.conformance.test_items import new_product, rows, synchronised
from tests.sync import price_worlds, worlds
from tests.sync.extended_worlds import person_in_bc
from tests.sync.extended_worlds import synced as extended

FEATURES = ("extension", "unit_groups")


@pytest.fixture(scope="module")
def world() -> World:
    return synchronised(FEATURES)


def couple(world: World, mapping: str, bc: str, sales: str, **how: object) -> dict[str, Any]:
    body = json.dumps({"pairs": [{"bc": bc, "sales": sales}], **how}).encode()
    answer = answering(lambda: coupling_api.couple(world.parts, mapping, body, {}))
    assert answer.status == 200, answer.text()
    (pair,) = answer.body["pairs"]
    worlds.deliver(world)
    return dict(pair)


def enter(world: World, table: str, **values: object) -> str:
    """Somebody enters a record in Business Central's client; its id."""
    company = world.bc.env.companies[world.at.connection.company_id]
    edit_row(world.bc.env, company, {"table": table, "values": values})
    (made,) = [
        each
        for each in worlds.bc_rows(world, table.removeprefix("tandem/"))
        if values.items() <= each.items()
    ]
    return str(made["id"])


@pytest.mark.conforms("139182.CoupleItem")
def test_an_item_is_coupled_with_a_product_that_was_there(world: World) -> None:
    unit = worlds.bc_rows(world, "items")[0]["baseUnitOfMeasureCode"]
    made = enter(world, "items", displayName="A stool", baseUnitOfMeasureCode=unit)
    product = new_product(world, "STOOL", 1)
    shown = couple(world, "ITEM-PRODUCT", made, product, then="bc_values")
    assert shown["result"] == "coupled"
    assert shown["bcName"].endswith("A stool")
    assert world.person_in_sales.call("GET", f"products({product})")["name"] == "A stool"
    pair = scenes.coupled(world, "ITEM-PRODUCT", Side.BC, made)
    assert pair is not None
    assert pair.sales_id == product


@pytest.mark.conforms("139182.CoupleItemWithBlankBaseUoM", "139182.CoupleResourceWithBlankBaseUoM")
@pytest.mark.parametrize(
    ("mapping", "table", "kind", "code"),
    [
        ("ITEM-PRODUCT", "items", 1, "conflict"),
        ("RESOURCE-PRODUCT", "tandem/resources", 3, "refused"),
    ],
)
def test_one_without_a_base_unit_changes_no_product_and_is_listed_with_the_unit_as_the_reason(
    world: World, mapping: str, table: str, kind: int, code: str
) -> None:
    made = enter(world, table, displayName=f"Product NO-UNIT-{kind}", number=f"NO-UNIT-{kind}")
    product = new_product(world, f"NO-UNIT-{kind}", kind)
    before = world.person_in_sales.call("GET", f"products({product})")["_defaultuomid_value"]
    shown = couple(world, mapping, made, product, then="merge")
    (unit,) = [each for each in shown["differences"] if each["group"] == "unit"]
    assert unit["bc"]["unit"] is None
    assert unit["sales"]["unit"]
    worlds.cycles(world, 4)
    (problem,) = [each for each in worlds.problems(world, mapping) if each["id"] == made]
    assert (problem["code"], "unit" in problem["message"]) == (code, True)
    after = world.person_in_sales.call("GET", f"products({product})")["_defaultuomid_value"]
    assert after == before


def new_group(world: World, name: str) -> str:
    """A salesperson enters a unit group; its id."""
    body = {"name": name, "baseuomname": "EACH"}
    made = world.person_in_sales.call("POST", "uomschedules", body, prefer="return=representation")
    return str(made["uomscheduleid"])


@pytest.mark.conforms("139182.CoupleUnitOfMeasure", "139182.CoupleItemUnitGroupWithCRMUomschedule")
@pytest.mark.parametrize("features", [(), FEATURES], ids=["plain", "unit groups"])
def test_a_unit_group_is_coupled_with_another_one_once_a_person_says_move(features: tuple[str, ...]) -> None:
    world = synchronised(features)
    mapping = "UNIT GROUP" if features else "UNIT OF MEASURE"
    pair = next(iter(world.at.couplings(mapping).all_coupled()))
    other = new_group(world, "Another group")
    kept = couple(world, mapping, pair.bc_id, other)
    assert kept["result"] == "already_coupled"
    moved = couple(world, mapping, pair.bc_id, other, move=True)
    assert moved["result"] == "coupled"
    now = scenes.coupled(world, mapping, Side.BC, pair.bc_id)
    assert now is not None
    assert now.sales_id == other
    assert scenes.coupled(world, mapping, Side.SALES, pair.sales_id) is None


@pytest.mark.conforms("139173.TestGetUnitGroupName")
def test_a_unit_group_is_called_as_the_unit_and_one_of_that_name_is_not_doubled() -> None:
    group = {"uomscheduleid": "5a1f8a08-3a4d-5a0e-9d0e-6a0a5e0f9b11", "name": "PCS", "baseuomname": "PCS"}
    world = build(
        [price_worlds.company()], {**worlds.sales_setup(), "uomschedule": [group]}, mappings=["BASE UNIT"]
    )
    worlds.full(world, release=list(world.at.mappings))
    codes = sorted(each["code"] for each in world.person_in_bc().call("GET", "unitsOfMeasure")["value"])
    assert "PCS" in codes
    assert sorted(each["name"] for each in rows(world, "uomschedules")) == codes


@pytest.mark.conforms(
    "139187.T154_StartSyncWhenWave1And2ParentsAreFinishedExtendedPrices",
    "139187.T158_StartSyncWhenWave1And2ParentsAreFinished",
)
@pytest.mark.parametrize(
    ("features", "lists"),
    [(price_worlds.LISTS, "PLHEADER-PRICE"), (price_worlds.CLASSIC, "CUSTPRCGRP-PRICE")],
)
def test_prices_start_once_their_lists_and_items_are_finished(features: tuple[str, ...], lists: str) -> None:
    name = price_worlds.of(features)
    company = price_worlds.company(customerPriceGroups=[{"code": "RETAIL"}])
    world = build(
        [company], worlds.sales_setup(), mappings=[name], features=features, bc_options={"extension": True}
    )
    full_sync = start(world.parts, world.at, Request(release=list(world.at.mappings))).id
    seen: set[tuple[bool, str]] = set()
    while sum(world.queue.length(queue) for queue in QUEUES):
        found = {name: line["jobQueueEntryStatus"] for name, line in worlds.lines(world, full_sync).items()}
        parents = world.at.mapping(name).depends_on
        assert {lists, "ITEM-PRODUCT"} <= set(parents)
        seen.add((all(found[each] == "Finished" for each in parents if each in found), found[name]))
        for queue in QUEUES:
            for message in world.queue.receive(queue, 1, 600):
                handle(world.parts, queue, message.body)
                world.queue.delete(queue, message)
    assert {status for ready, status in seen if not ready} == {"Ready"}
    assert "In Process" in {status for ready, status in seen if ready}
    assert worlds.lines(world, full_sync)[name]["jobQueueEntryStatus"] == "Finished"


@pytest.mark.conforms("139183.ShippingAgentMappedToShippingMethodCodeEnum")
def test_a_shipping_agent_becomes_the_shipping_method_of_its_account() -> None:
    world = extended()
    pair = worlds.pair(world)
    agents = worlds.bc_rows(world, "shippingAgents")
    assert len(agents) > 1
    for each in agents[:2]:
        coupled = scenes.coupled(world, "SHIPPING AGENT", Side.BC, each["id"])
        assert coupled is not None
        person_in_bc(world).edit(f"customers({pair.bc_id})", shippingAgentCode=each["code"])
        worlds.cycles(world, 2)
        assert worlds.account_of(world, pair)["address1_shippingmethodcode"] == int(coupled.sales_id)
