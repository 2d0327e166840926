"""From a record to its partner in the other system, with one click."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.simulation import world as simulation
from local.simulation.world import World
from shared_code.compose import addresses_of
from shared_code.core.coupling import Coupling
from shared_code.core.records import ZERO_ID, Side
from shared_code.settings import read_settings
from shared_code.sync import coupling_api
from shared_code.sync.api import answering
from tests.conformance.test_by_hand import world as everything_in_step
from tests.conformance.test_connection import GIVEN
from tests.sync import worlds

whole = everything_in_step


def shown(world: World, mapping: str, side: Side, record_id: str) -> dict[str, Any]:
    """A pair as a person looks it up from one of its records."""
    query = {"side": side.value}
    found: dict[str, Any] = answering(
        lambda: coupling_api.get_pair(world.parts, mapping, record_id, query)
    ).body
    return found


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def first(world: World, mapping: str) -> Coupling:
    """A pair of two records; the local currency is none in Business Central."""
    return next(each for each in world.at.couplings(mapping).all_coupled() if each.bc_id != ZERO_ID)


@pytest.mark.bulk
@pytest.mark.conforms(
    "139162.HyperlinkForCustomer",
    "139162.HyperlinkForSalesPerson",
    "139162.HyperlinkForContact",
    "139177.TestNavigateToCRMAccountFromCustomerCard",
    "139177.TestNavigateToCRMTransactionCurrencyFromCurrencyCard",
)
@pytest.mark.parametrize(
    ("mapping", "table"),
    [
        ("CUSTOMER", "account"),
        ("SALESPEOPLE", "systemuser"),
        ("CONTACT", "contact"),
        ("CURRENCY", "transactioncurrency"),
    ],
)
def test_a_record_of_business_central_leads_to_its_row_in_sales(
    whole: World, mapping: str, table: str
) -> None:
    pair = first(whole, mapping)
    address = shown(whole, mapping, Side.BC, pair.bc_id)["salesLink"]
    assert address.startswith(f"{simulation.ORG}/main.aspx?")
    assert query_of(address) == {"pagetype": "entityrecord", "etn": table, "id": pair.sales_id}


@pytest.mark.bulk
@pytest.mark.conforms(
    "139162.OpenCurrencyCardPageForCoupledCRMCurrency",
    "139162.OpenCustPriceGroupListPageForCoupledCRMPricelevel",
    "139162.OpenItemCardPageForCoupledCRMProduct",
    "139162.OpenResourceCardPageForCoupledCRMProduct",
    "139162.OpenUOMListPageForCoupledCRMUOM",
)
@pytest.mark.parametrize(
    ("mapping", "page", "table"),
    [
        ("CURRENCY", "495", "Currency"),
        ("CUSTPRCGRP-PRICE", "7", "Customer Price Group"),
        ("ITEM-PRODUCT", "30", "Item"),
        ("RESOURCE-PRODUCT", "76", "Resource"),
        ("ITEM UOM", "5404", "Item Unit of Measure"),
    ],
)
def test_a_row_of_sales_leads_to_its_page_in_business_central(
    whole: World, mapping: str, page: str, table: str
) -> None:
    pair = first(whole, mapping)
    address = shown(whole, mapping, Side.SALES, pair.sales_id)["bcLink"]
    company = whole.bc.env.companies[whole.at.connection.company_id].name
    assert urlsplit(address).path == f"/{simulation.TENANT}/production/"
    assert query_of(address) == {
        "company": company, "page": page, "filter": f"'{table}'.'SystemId' IS '{pair.bc_id}'",
    }  # fmt: skip


@pytest.mark.bulk
@pytest.mark.conforms(
    "139177.TestNavigateToCRMAccountFromFoundationCustomerCard",
    "139177.TestNavigateToCRMAccountFromFoundationCustomerList",
)
def test_whoever_looks_a_customer_up_by_number_or_name_gets_both_links(whole: World) -> None:
    pair = first(whole, "CUSTOMER")
    customer = worlds.customer_of(whole, pair)
    for text in (customer["number"], customer["displayName"]):
        query = {"text": text}
        found = answering(lambda: coupling_api.find_records(whole.parts, "CUSTOMER", query)).body  # noqa: B023
        (one,) = found["records"]
        assert pair.bc_id in query_of(one["bcLink"])["filter"]
        assert query_of(one["salesLink"])["id"] == pair.sales_id


@pytest.mark.conforms(
    "139162.ShowCoupleCRMEntityAsksIfNotCoupled", "139162.ShowCoupledCRMEntityStartsCouplingIfNotCoupled"
)
def test_a_record_without_a_partner_has_its_own_link_only_and_its_partners_once_that_is_made() -> None:
    world = worlds.synced()
    made = worlds.new_customer(world, "Linked Ltd.")

    def found() -> dict[str, Any]:
        answer = answering(
            lambda: coupling_api.find_records(world.parts, "CUSTOMER", {"text": "Linked Ltd."})
        )
        (one,) = answer.body["records"]
        return dict(one)

    before = found()
    assert (before["coupledWith"], before["salesLink"]) == (None, None)
    assert made in query_of(before["bcLink"])["filter"]
    body = json.dumps({"side": "bc", "ids": [made]}).encode()
    assert (
        answering(lambda: coupling_api.create_partners(world.parts, "CUSTOMER", body, {})).body["queued"] == 1
    )
    worlds.deliver(world)
    assert query_of(found()["salesLink"])["id"] == worlds.account(world, "Linked Ltd.")["accountid"]


@pytest.mark.bulk
@pytest.mark.conforms("139162.HyperlinkForUnsupportedEntity")
def test_a_table_that_is_not_synchronised_is_refused_by_name(whole: World) -> None:
    answer = answering(lambda: coupling_api.get_pair(whole.parts, "SALES HEADER", "1", {}))
    assert answer.status == 404
    assert "SALES HEADER" in answer.text()


@pytest.mark.conforms("139160.ResetWebClientURLAction")
def test_the_web_clients_address_is_a_setting_and_without_it_the_one_of_the_environment() -> None:
    own = read_settings({**GIVEN, "WEB_CLIENT_URL": "https://bc.contoso.com/BC250/"})
    assert addresses_of(own).web_client == "https://bc.contoso.com/BC250"
    online = f"https://businesscentral.dynamics.com/{GIVEN['TENANT_ID']}/production"
    assert addresses_of(read_settings(GIVEN)).web_client == online
