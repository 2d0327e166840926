"""Item categories are subjects of Sales, by which its products are sorted."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World, build
from tests.sync import invoicing, worlds
from tests.sync.copies import copied
from tests.sync.invoicing import BICYCLE, CHAIR

NAME, ITEMS = "ITEM CATEGORY", "ITEM-PRODUCT"
DEFAULT = {"subjectid": "11111111-aaaa-4000-8000-000000000001", "title": "Default Subject"}
BOTH = pytest.mark.parametrize(
    "features",
    [("item_categories",), ("item_categories", "extension", "unit_groups")],
    ids=["plain", "extension"],
)


@copied
def synchronised(features: tuple[str, ...] = ("item_categories",)) -> World:
    world = build(
        [invoicing.company()], {**worlds.sales_setup(), "subject": [DEFAULT]}, mappings=[ITEMS],
        features=features, bc_options={"extension": "extension" in features},
    )  # fmt: skip
    worlds.full(world, release=[name for name in world.at.mappings if name != NAME])
    world.settle(2)
    return world


def subjects(world: World) -> dict[str, str]:
    """The titles of all subjects by their ids."""
    rows = world.person_in_sales.call("GET", "subjects")["value"]
    return {each["subjectid"]: each["title"] for each in rows}


def subject_of(world: World, item: str) -> str | None:
    rows = world.person_in_sales.call("GET", "products")["value"]
    found = next(each for each in rows if each["productnumber"] == item)
    return subjects(world).get(found["_subjectid_value"] or "")


def categories(world: World) -> dict[str, dict[str, Any]]:
    return {each["code"]: each for each in world.person_in_bc().call("GET", "itemCategories")["value"]}


def item(world: World, number: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = world.person_in_bc().call("GET", "items")["value"]
    return next(each for each in rows if each["number"] == number)


@BOTH
def test_each_category_is_a_subject_and_each_product_has_its_own(features: tuple[str, ...]) -> None:
    """Nobody has to release the mapping, though Sales has a subject from the first day."""
    world = synchronised(features)
    known = categories(world)
    assert known
    titles = {each["displayName"] or code for code, each in known.items()}
    assert set(subjects(world).values()) == {DEFAULT["title"], *titles}
    code = item(world, CHAIR)["itemCategoryCode"]
    assert code
    assert subject_of(world, CHAIR) == known[code]["displayName"]
    assert worlds.codes(world, NAME) == worlds.codes(world, ITEMS) == []
    worlds.assert_quiet(world)


@BOTH
def test_an_item_of_another_category_is_sorted_anew(features: tuple[str, ...]) -> None:
    world = synchronised(features)
    misc = categories(world)["MISC"]
    world.person_in_bc().edit(f"items({item(world, CHAIR)['id']})", itemCategoryCode="MISC")
    world.cycle()
    assert subject_of(world, CHAIR) == misc["displayName"]


def test_a_category_with_another_name_is_the_same_subject(world: World) -> None:
    before = len(subjects(world))
    world.person_in_bc().edit(f"itemCategories({categories(world)['MISC']['id']})", displayName="Various")
    world.cycle()
    assert "Various" in subjects(world).values()
    assert len(subjects(world)) == before


def test_a_category_without_a_name_is_called_by_its_code(world: World) -> None:
    world.person_in_bc().call("POST", "itemCategories", {"code": "NEW"})
    world.cycle()
    assert "NEW" in subjects(world).values()


def test_a_new_item_waits_for_its_new_category(world: World) -> None:
    person = world.person_in_bc()
    person.call("POST", "itemCategories", {"code": "TOYS", "displayName": "Toys"})
    world.at.schedules.change(NAME, 60, disabled_because="not looked at yet")
    person.edit(f"items({item(world, BICYCLE)['id']})", itemCategoryCode="TOYS")
    world.cycle()
    assert worlds.codes(world, ITEMS) == ["waits_for_lookup"]
    world.at.schedules.change(NAME, 60, disabled_because="")
    worlds.cycles(world, 3)
    assert subject_of(world, BICYCLE) == "Toys"
    assert worlds.codes(world, ITEMS) == []


def test_the_subject_that_a_person_chose_for_an_item_without_a_category_stays(world: World) -> None:
    person = world.person_in_bc()
    person.edit(f"items({item(world, CHAIR)['id']})", itemCategoryCode="")
    world.cycle()
    rows = world.person_in_sales.call("GET", "products")["value"]
    product = next(each["productid"] for each in rows if each["productnumber"] == CHAIR)
    bind = {"subjectid@odata.bind": f"/subjects({DEFAULT['subjectid']})"}
    world.person_in_sales.call("PATCH", f"products({product})", bind, if_match="*")
    person.edit(f"items({item(world, CHAIR)['id']})", unitPrice=17)
    worlds.cycles(world, 2)
    assert subject_of(world, CHAIR) == DEFAULT["title"]
    assert worlds.codes(world, ITEMS) == []


def test_a_subject_of_the_same_title_is_taken_for_the_same() -> None:
    known = {"subjectid": "11111111-aaaa-4000-8000-000000000002", "title": "Miscellaneous"}
    world = build(
        [invoicing.company()], {**worlds.sales_setup(), "subject": [DEFAULT, known]}, mappings=[ITEMS],
        features=("item_categories",),
    )  # fmt: skip
    worlds.full(world, release=[name for name in world.at.mappings if name != NAME])
    assert sorted(subjects(world).values()).count("Miscellaneous") == 1


def test_without_the_feature_subjects_are_left_alone() -> None:
    world = build([invoicing.company()], {**worlds.sales_setup(), "subject": [DEFAULT]}, mappings=[ITEMS])
    assert NAME not in world.at.mappings
    assert "subjectid" not in str(world.at.mapping(ITEMS).fields)


@pytest.fixture
def world() -> World:
    return synchronised()
