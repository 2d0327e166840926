"""What a person does with one pair, in every table that the built-in integration offers it for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World, build
from shared_code.core.coupling import Coupling
from shared_code.core.mapping import Condition
from shared_code.core.records import Side
from shared_code.sync import coupling_api
from shared_code.sync.api import answering
from tests.conformance import scenes
from tests.sync import worlds
from tests.sync.test_opportunities import _company as company_with_opportunities

pytestmark = pytest.mark.bulk

MAPPINGS = (
    "SALESPEOPLE", "CUSTOMER", "CONTACT", "CURRENCY", "OPPORTUNITY", "ITEM-PRODUCT", "RESOURCE-PRODUCT",
    "UNIT GROUP", "CUSTPRCGRP-PRICE",
)  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    """Everything there is in step; nothing runs any more but what the tests ask for."""
    company = company_with_opportunities()
    whole = worlds._published(company.name, company.entry["name"]).records
    for table in ("items", "itemUnitsOfMeasure", "unitsOfMeasure", "resources", "resourceUnitsOfMeasure"):
        company.records[table] = list(whole[table])
    company.records["customerPriceGroups"] = [{"code": "RETAIL", "description": "Retail"}]
    users = [each | {"islicensed": True} for each in worlds.sales_rows("overlap_systemusers")]
    made = build(
        [company], worlds.sales_setup() | {"systemuser": users}, mappings=MAPPINGS,
        features=("extension", "unit_groups", "opportunities"), bc_options={"extension": True},
    )  # fmt: skip
    columns = {"paymenttermscode": "paymentTerms", "address1_freighttermscode": "shipmentMethods"}
    codes = {column: [row["code"] for row in whole[table]] for column, table in columns.items()}
    worlds.add_options(made, codes)
    worlds.full(made, release=MAPPINGS)
    worlds.settled(made)
    return made


def first(world: World, mapping: str) -> Coupling:
    return next(iter(world.at.couplings(mapping).all_coupled()))


def post(world: World, route: Any, mapping: str, body: object) -> dict[str, Any]:
    answer = answering(lambda: route(world.parts, mapping, json.dumps(body).encode(), {}))
    assert answer.status in (200, 202), answer.text()
    shown: dict[str, Any] = answer.body
    return shown


@pytest.mark.conforms(
    "139174.LookupCouplingRecordForContact",
    "139174.LookupCouplingRecordForSalesperson",
    "139174.LookupCouplingRecordForItem",
    "139174.LookupCouplingRecordForResource",
    "139174.LookupCouplingRecordForUOM",
)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_the_partner_of_a_record_is_found(world: World, mapping: str) -> None:
    pair = first(world, mapping)
    for side in Side:
        query = {"side": side.value}
        own = pair.id_on(side)
        shown = answering(lambda: coupling_api.get_pair(world.parts, mapping, own, query)).body  # noqa: B023
        assert (shown["bc"], shown["sales"]) == (pair.bc_id, pair.sales_id)
    assert shown["bcName"]
    assert shown["salesName"]


@pytest.mark.conforms(
    "139198.CustomerCardUncouple",
    "139198.SalespersonsPurchasersUncoupleMultiple",
    "139198.SalespersonsPurchaserCardUncouple",
    "139198.ItemListUncoupleSingle",
    "139198.ItemListUncoupleMultiple",
    "139198.OpportunityListUncoupleMultiple",
    "139198.OpportunityListUncoupleSingle",
    "139198.OpportunityCardUncouple",
    "139198.CurrencyListUncoupleMultiple",
    "139198.CurrencyListUncoupleSingle",
    "139198.ContactListUncoupleMultiple",
    "139198.ContactListUncoupleSingle",
    "139198.ContactCardUncouple",
    "139198.ResourceListUncoupleSingle",
    "139198.ResourceCardUncouple",
    "139198.UnitsOfMeasureUncoupleMultiple",
    "139198.UnitsOfMeasureUncoupleSingle",
    "139198.CustomerPriceGroupsUncoupleMultiple",
)
@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_pair_is_uncoupled_and_coupled_again(world: World, mapping: str, count: int) -> None:
    pairs = list(world.at.couplings(mapping).all_coupled())[:count]
    ids = [each.bc_id for each in pairs]
    shown = post(world, coupling_api.uncouple, mapping, {"side": "bc", "ids": ids})
    assert shown["queued"] == len(pairs)
    worlds.deliver(world)
    for each in pairs:
        assert scenes.coupled(world, mapping, Side.BC, each.bc_id) is None
        assert scenes.coupled(world, mapping, Side.SALES, each.sales_id) is None
    named = [{"bc": each.bc_id, "sales": each.sales_id} for each in pairs]
    again = post(world, coupling_api.couple, mapping, {"pairs": named, "then": "bc_values"})
    assert [each["result"] for each in again["pairs"]] == ["coupled"] * len(pairs), again
    worlds.deliver(world)
    assert {each.bc_id for each in world.at.couplings(mapping).all_coupled()} >= set(ids)
    listed = {each["id"] for each in worlds.problems(world, mapping) if each["code"] == "uncoupled"}
    assert not listed & {*ids, *(each.sales_id for each in pairs)}


@pytest.mark.conforms(
    "139174.LookupFilteredCRMRecordForContact",
    "139174.LookupFilteredCRMRecordForSalesperson",
    "139174.LookupFilteredCRMRecordForItem",
    "139174.LookupFilteredCRMRecordForResource",
    "139174.LookupFilteredCRMRecordForCustomerPriceGroup",
)
@pytest.mark.parametrize(
    ("mapping", "table", "name", "outside"),
    [
        ("CONTACT", "contacts", "fullname", {"statecode": 1, "statuscode": 2}),
        ("SALESPEOPLE", "systemusers", "fullname", {"isdisabled": True}),
        ("ITEM-PRODUCT", "products", "productnumber", {"statecode": 1, "statuscode": 2}),
        ("RESOURCE-PRODUCT", "products", "productnumber", {"statecode": 1, "statuscode": 2}),
        ("CUSTPRCGRP-PRICE", "pricelevels", "name", {"description": "For invoices of Business Central"}),
    ],
)
def test_records_are_offered_by_name_inside_the_filter_only(
    world: World, mapping: str, table: str, name: str, outside: dict[str, object]
) -> None:
    pair = first(world, mapping)
    row = world.person_in_sales.call("GET", f"{table}({pair.sales_id})")
    query = {"side": "sales", "text": row[name]}

    def offered() -> list[dict[str, Any]]:
        shown = answering(lambda: coupling_api.find_records(world.parts, mapping, query)).body
        found: list[dict[str, Any]] = shown["records"]
        return found

    assert (pair.sales_id, pair.bc_id) in {(each["id"], each["coupledWith"]) for each in offered()}
    before = {key: row[key] for key in outside}
    world.person_in_sales.edit(f"{table}({pair.sales_id})", **outside)
    assert pair.sales_id not in {each["id"] for each in offered()}
    world.person_in_sales.edit(f"{table}({pair.sales_id})", **before)


@pytest.mark.conforms("139174.LookupFilteredCRMRecordForCurrency")
def test_a_filter_of_a_companys_own_holds_for_what_is_offered_too(world: World) -> None:
    pair = first(world, "CURRENCY")
    row = world.person_in_sales.call("GET", f"transactioncurrencies({pair.sales_id})")
    query = {"side": "sales", "text": row["currencyname"]}

    def offered() -> list[str]:
        shown = answering(lambda: coupling_api.find_records(world.parts, "CURRENCY", query)).body
        return [each["id"] for each in shown["records"]]

    assert offered() == [pair.sales_id]
    rule = world.at.mapping("CURRENCY").sales
    others = Condition("isocurrencycode", "is_not", (row["isocurrencycode"],))
    scenes.change_mapping(world, "CURRENCY", sales=replace(rule, filter=(others,)))
    assert offered() == []
    scenes.change_mapping(world, "CURRENCY", sales=rule)


@pytest.mark.conforms(
    "139182.CRMSystemUserPageCoupletoSalesperson",
    "139182.CRMSystemUserPageShowsCoupledSalesperson",
    "139182.CRMSystemUserPageCoupleSalespersonToOtherCRMUser",
)
def test_a_salesperson_is_given_to_another_user(world: World) -> None:
    one, two, *_ = world.at.couplings("SALESPEOPLE").all_coupled()
    pairs = [{"bc": one.bc_id, "sales": two.sales_id}]
    taken = post(world, coupling_api.couple, "SALESPEOPLE", {"pairs": pairs})
    assert taken["pairs"][0]["result"] == "already_coupled"
    assert "is already coupled to" in taken["pairs"][0]["message"]
    moved = post(world, coupling_api.couple, "SALESPEOPLE", {"pairs": pairs, "move": True})
    assert moved["coupled"] == 1
    query = {"side": "sales"}
    shown = answering(lambda: coupling_api.get_pair(world.parts, "SALESPEOPLE", two.sales_id, query)).body
    assert shown["bc"] == one.bc_id
    assert scenes.coupled(world, "SALESPEOPLE", Side.SALES, one.sales_id) is None
    assert scenes.coupled(world, "SALESPEOPLE", Side.BC, two.bc_id) is None
