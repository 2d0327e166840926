"""Values for new records: by condition on the record they are made for, on both sides, written once."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.features import Feature
from shared_code.core.mapping_file import FileRefused
from shared_code.sync.mapping_files import put_file
from tests.sync import worlds
from tests.sync.test_mapping_files import later

TO_SALES = """
[[sales.new]]
when = 'city = "Leeds"'
set = { description = "Of Leeds", industrycode = 7 }
[[sales.new]]
set = { description = "From Business Central" }
"""
TO_BC = """
[[bc.new]]
when = 'name starts with "Big" and customertypecode = 3'
set = { taxLiable = true, creditLimit = 1000 }
"""


def with_templates(world: World, text: str) -> World:
    customer = world.parts.catalogue.texts["CUSTOMER"]
    at = customer.index("[[match]]")
    put_file(world.parts, "CUSTOMER", customer[:at] + text + "\n" + customer[at:])
    return later(world)


def account(world: World, name: str) -> dict[str, Any]:
    return worlds.account(world, name)


@pytest.mark.bulk
def test_new_rows_of_sales_get_the_values_of_the_first_template_that_fits() -> None:
    world = with_templates(worlds.synced(), TO_SALES)
    worlds.cycles(world, 3)
    worlds.new_customer(world, "Ada Lovelace", city="Leeds")
    worlds.new_customer(world, "Analytical Engines")
    worlds.cycles(world, 3)
    ada, engines = account(world, "Ada Lovelace"), account(world, "Analytical Engines")
    assert (ada["description"], ada["industrycode"]) == ("Of Leeds", 7)
    assert (engines["description"], engines["industrycode"]) == ("From Business Central", None)
    before = worlds.account_of(world, worlds.pair(world))
    assert before["description"] != "From Business Central", "it was there already"


def test_what_a_person_writes_there_later_stays() -> None:
    world = with_templates(worlds.synced(), TO_SALES)
    worlds.cycles(world, 3)
    key = worlds.new_customer(world, "Analytical Engines")
    worlds.cycles(world, 3)
    row = account(world, "Analytical Engines")
    world.person_in_sales.edit(f"accounts({row['accountid']})", description="Ours")
    world.person_in_bc().edit(f"customers({key})", phoneNumber="1")
    worlds.cycles(world, 3)
    found = account(world, "Analytical Engines")
    assert (found["description"], found["telephone1"]) == ("Ours", "1")
    worlds.assert_quiet(world)


def test_new_customers_get_values_by_what_their_account_holds() -> None:
    world = with_templates(worlds.synced(), TO_BC)
    worlds.cycles(world, 3)
    for name in ("Big Bakery", "Small Bakery"):
        worlds.new_account(world, name)
    worlds.cycles(world, 3)
    customers = {each["displayName"]: each for each in worlds.customers(world)}
    assert customers["Big Bakery"]["creditLimit"] == 1000
    assert customers["Small Bakery"]["creditLimit"] == 0


WRONG: list[tuple[str, str]] = [
    ("[[sales.new]]\nset = { industrycod = 7 }\n", "there is no field industrycod"),
    ('[[sales.new]]\nset = { industrycode = "Banking" }\n', "cannot hold “Banking”"),
    ("[[sales.new]]\nset = { industrycode = 4711 }\n", "cannot hold “4711”"),
    ('[[sales.new]]\nset = { ownerid = "x" }\n', "is a lookup"),
    ('[[sales.new]]\nset = { telephone1 = "1" }\n', "telephone1 is written by the field"),
    ("[[sales.new]]\nset = { statecode = 1 }\n", "would be outside of sales.filter"),
    ("[[sales.new]]\nwhen = 'typ = \"Person\"'\nset = { industrycode = 7 }\n", "has no field typ"),
    ("[[sales.new]]\nwhen = 'type = \"Persn\"'\nset = { industrycode = 7 }\n", "never holds “Persn”"),
    ("[[sales.new]]\nwhen = 'type ='\nset = { industrycode = 7 }\n", "it ends at character"),
    ("[[sales.new]]\nwhen = 'blocked is blank'\n", "sales.new.set is missing"),
    ("[[bc.new]]\nset = { balanceDue = 1 }\n", "cannot be written at creation"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_template_that_cannot_be_meant_is_refused(text: str, told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        with_templates(worlds.new_world(), text)
    assert told in str(refused.value)


@pytest.mark.conforms("139165.ConfigTemplateIsAppliedIfPresent")
def test_with_the_extension_a_template_of_business_central_fills_the_new_customer() -> None:
    text = '[[bc.new]]\nwhen = \'name starts with "Big"\'\nset = { templateCode = "EU" }\n'
    world = worlds.synced(features=frozenset({Feature.EXTENSION}), bc_options={"extension": True})
    worlds.company_settings(world, templates={"customers": {"EU": {"faxNumber": "9", "city": "Rome"}}})
    world = with_templates(world, text)
    worlds.cycles(world, 3)
    worlds.new_account(world, "Big Bakery", address1_city="Oslo")
    worlds.new_account(world, "Small Bakery")
    worlds.cycles(world, 3)
    rows = {each["displayName"]: each for each in worlds.bc_rows(world, "customers")}
    assert (rows["Big Bakery"]["faxNumber"], rows["Big Bakery"]["city"]) == ("9", "Oslo")
    assert rows["Small Bakery"]["faxNumber"] == ""


@pytest.mark.conforms("139165.MissingConfigTemplateThrowsError")
def test_a_template_that_business_central_does_not_have_is_told_and_nothing_is_made() -> None:
    world = worlds.synced(features=frozenset({Feature.EXTENSION}), bc_options={"extension": True})
    world = with_templates(world, '[[bc.new]]\nset = { templateCode = "NOPE" }\n')
    worlds.cycles(world, 3)
    worlds.new_account(world, "Big Bakery")
    worlds.cycles(world, 3)
    assert "Big Bakery" not in {each["displayName"] for each in worlds.customers(world)}
    (problem,) = [each for each in worlds.problems(world) if each["side"] == "sales"]
    assert (problem["code"], problem["details"]["name"]) == ("refused", "Big Bakery")
    assert "NOPE" in problem["message"]
