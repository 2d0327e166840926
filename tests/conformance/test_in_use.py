"""Items and resources that are blocked, and products that are retired: carried over where a company wants it.

By default a blocked item and a retired product are outside of the filters, and neither touches the other.  A
company's own mapping file may leave these filters out and say that blocked means retired.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central.control_edits import edit_row
from shared_code.core.catalogue import for_connection, parse_mapping
from shared_code.core.coupling import Coupling
from shared_code.core.features import Feature, choose
from tests.conformance.test_items import synchronised
from tests.conformance.test_prices import FOLDER
from tests.sync import worlds

IN_USE = {
    "name": "in_use",
    "type": "option",
    "bc": "blocked",
    "sales": "statecode",
    "options": {"true": 1, "false": 0},
}
FEATURES = ("extension", "unit_groups")
KINDS = {
    "ITEM-PRODUCT": ("item_product", "items", 1),
    "RESOURCE-PRODUCT": ("resource_product", "resources", 3),
}


def own_file(name: str) -> dict[str, Any]:
    """The mapping as a company's own file: without the filters on what is in use, with a field for it."""
    file, _, kind = KINDS[name]
    document = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    chosen = choose(document, frozenset({Feature.EXTENSION, Feature.UNIT_GROUPS}))
    assert chosen is not None
    chosen["bc"]["filter"] = []
    chosen["sales"]["filter"] = [
        {"field": "producttypecode", "is": kind}, {"field": "statecode", "one_of": [0, 1]},
    ]  # fmt: skip
    chosen["fields"].append(IN_USE)
    return chosen


def use(world: World, name: str, document: dict[str, Any]) -> None:
    own = for_connection(parse_mapping(document), world.at.connection)
    connections = {
        key: replace(at, mappings={**at.mappings, name: own}) for key, at in world.parts.connections.items()
    }
    world.parts = replace(world.parts, connections=connections)
    world.receiver.parts = world.parts
    worlds.cycles(world, 2)


@pytest.fixture(scope="module")
def world() -> World:
    made = synchronised(FEATURES)
    for name in KINDS:
        use(made, name, own_file(name))
    return made


def pair_of(world: World, name: str) -> Coupling:
    return next(iter(world.at.couplings(name).all_coupled()))


def block(world: World, name: str, pair: Coupling, blocked: bool) -> None:
    company = world.bc.env.companies[world.at.connection.company_id]
    table = f"tandem/{KINDS[name][1]}" if name == "RESOURCE-PRODUCT" else KINDS[name][1]
    edit_row(world.bc.env, company, {"table": table, "id": pair.bc_id, "values": {"blocked": blocked}})
    worlds.cycles(world, 2)


def is_blocked(world: World, name: str, pair: Coupling) -> bool:
    return next(
        bool(each["blocked"]) for each in worlds.bc_rows(world, KINDS[name][1]) if each["id"] == pair.bc_id
    )


def states(world: World, pair: Coupling) -> tuple[int, int]:
    row = world.person_in_sales.call("GET", f"products({pair.sales_id})")
    return row["statecode"], row["statuscode"]


ACTIVE, RETIRED = (0, 1), (1, 2)


@pytest.mark.conforms(
    "139162.BlockingResourceDeactivatesProductIfBlockedFilterIsRemoved",
    "139162.UnblockingItemActivatesProduct",
    "139162.UnblockingResourceActivatesProduct",
)
@pytest.mark.parametrize("name", KINDS)
def test_a_blocked_one_retires_its_product_and_one_in_use_again_makes_it_active(
    world: World, name: str
) -> None:
    pair = pair_of(world, name)
    block(world, name, pair, True)
    assert states(world, pair) == RETIRED
    block(world, name, pair, False)
    assert states(world, pair) == ACTIVE
    assert worlds.codes(world, name) == []


@pytest.mark.conforms(
    "139162.DeactivatingProductBlocksResourceIfActiveFilterIsRemoved",
    "139162.ActivatingProductUnblocksItem",
    "139162.ActivatingProductUnblocksResource",
)
@pytest.mark.parametrize("name", KINDS)
def test_a_retired_product_blocks_what_it_stands_for_and_an_active_one_releases_it(
    world: World, name: str
) -> None:
    pair = pair_of(world, name)
    for state, status, blocked in ((1, 2, True), (0, 1, False)):
        world.person_in_sales.edit(f"products({pair.sales_id})", statecode=state, statuscode=status)
        worlds.cycles(world, 2)
        assert is_blocked(world, name, pair) is blocked
    assert worlds.codes(world, name) == []


def test_by_default_a_blocked_item_leaves_its_product_alone() -> None:
    world = synchronised(FEATURES)
    pair = pair_of(world, "ITEM-PRODUCT")
    block(world, "ITEM-PRODUCT", pair, True)
    assert states(world, pair) == ACTIVE
