"""A world with items, stock and order lines, and questions about them as callers of the API ask."""

from __future__ import annotations

import json
from typing import Any

from local.simulation.world import World, build
from local.simulators.business_central import control_edits
from shared_code.sync.api import Answer, answering
from shared_code.sync.availability import availability_api
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.invoicing import BICYCLE

EXTENSION = ("extension", "unit_groups", "item_variants")


@copied
def new_shop(features: tuple[str, ...] = EXTENSION, *, synchronised: bool = False) -> World:
    """Bicycles: five on hand anywhere, twenty in the blue warehouse."""
    world = build(
        [invoicing.company()],
        worlds.sales_setup(),
        mappings=["ITEM VARIANT-PRODUCT" if "item_variants" in features else "ITEM-PRODUCT"],
        features=features,
        bc_options={"extension": "extension" in features},
    )
    body = {"itemNumber": BICYCLE, "code": "RED", "description": "Red"}
    world.person_in_bc().call("POST", "itemVariants", body)
    if synchronised:
        worlds.full(world, release=list(world.at.mappings))
        world.settle(2)
    move(world, BICYCLE, 5)
    move(world, BICYCLE, 20, location="BLUE")
    world.reset_requests()
    return world


def move(world: World, item: str, quantity: float, **more: object) -> None:
    """A storekeeper posts a movement of stock."""
    company = world.bc.env.companies[world.at.connection.company_id]
    control_edits.post_stock(world.bc.env, company, {"item": item, "quantity": quantity, **more})


def plan(world: World, kind: str, quantity: float, day: str, **more: object) -> None:
    """Somebody enters a line of an order for bicycles."""
    company = world.bc.env.companies[world.at.connection.company_id]
    line = {"item": BICYCLE, "type": kind, "quantity": quantity, "date": day, **more}
    control_edits.plan_line(world.bc.env, company, line)


def ask(world: World, item: str = BICYCLE, **query: str) -> Answer:
    """GET /items/{number}/availability."""
    return answering(lambda: availability_api.get(world.parts, item, query))


def ask_many(world: World, document: object, **query: str) -> Answer:
    """POST /items/availability."""
    body = json.dumps(document).encode()
    return answering(lambda: availability_api.post(world.parts, body, query))


def told(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The answer as it goes over the wire."""
    assert answer.status == status, answer.body
    found: dict[str, Any] = json.loads(answer.text())
    return found
