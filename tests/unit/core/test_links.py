"""Links: the address of a record's page, made of what is known of it and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.compose import default_mappings
from shared_code.core.features import Feature
from shared_code.core.links import Addresses, link_to
from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side

OPENED = Addresses(
    "https://businesscentral.dynamics.com/contoso/production", "CRONUS & Söhne", "https://contoso.crm.dynamics.com"
)  # fmt: skip
ID = "0e3dca8a-2b5a-4b61-9bd3-7d2f02a1c0aa"
ALL = {
    each.name: each
    for features in (frozenset(Feature), frozenset(Feature) - {Feature.PRICE_LISTS}, frozenset[Feature]())
    for each in default_mappings(features)
}
CUSTOMER = ALL["CUSTOMER"]


def query(address: str | None) -> dict[str, str]:
    assert address is not None
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_customer_opens_on_its_card_by_its_id_alone() -> None:
    address = link_to(OPENED, CUSTOMER, Side.BC, ID)
    assert address is not None
    assert address.startswith("https://businesscentral.dynamics.com/contoso/production/?company=CRONUS%20%26")
    assert query(address) == {
        "company": "CRONUS & Söhne", "page": "21", "filter": f"'Customer'.'SystemId' IS '{ID}'",
    }  # fmt: skip


def test_an_account_opens_on_its_form_by_its_id_alone() -> None:
    expected = f"https://contoso.crm.dynamics.com/main.aspx?pagetype=entityrecord&etn=account&id={ID}"
    assert link_to(OPENED, CUSTOMER, Side.SALES, ID) == expected


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_record_of_the_catalogue_has_a_page_in_business_central(name: str) -> None:
    mapping = ALL[name]
    shown = {"number": "1000", "priceListCode": "S1", "itemNumber": "1000", "orderNumber": "1000"}
    assert query(link_to(OPENED, mapping, Side.BC, ID, shown))["page"].isdecimal()


FORMLESS = {name for name, each in ALL.items() if each.is_option_set} | {"ITEM CATEGORY"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_row_of_the_catalogue_but_choices_and_subjects_has_a_form(name: str) -> None:
    mapping, address = ALL[name], link_to(OPENED, ALL[name], Side.SALES, ID)
    assert (address is None) is (name in FORMLESS)
    if address:
        entity_set = mapping.sales.table
        logical = query(address)["etn"]
        assert entity_set in (f"{logical}s", f"{logical}es", f"{logical[:-1]}ies")


def test_a_posted_invoice_is_found_by_its_number_and_has_no_link_where_that_is_not_known() -> None:
    invoice = ALL["POSTEDSALESINV-INV"]
    found = query(link_to(OPENED, invoice, Side.BC, ID, {"number": "103001"}))
    assert (found["page"], found["filter"]) == ("132", "'Sales Invoice Header'.'No.' IS '103001'")
    assert link_to(OPENED, invoice, Side.BC, ID) is None


@pytest.mark.parametrize("number", ["A*", "1..9", "O'Neil", "a|b", "<>x", "@x", "", "x\n"])
def test_a_value_that_a_filter_would_read_otherwise_makes_no_link(number: str) -> None:
    assert link_to(OPENED, ALL["POSTEDSALESINV-INV"], Side.BC, ID, {"number": number}) is None


@pytest.mark.parametrize("missing", ["web_client", "company"])
def test_without_client_or_company_there_is_no_link_rather_than_a_wrong_one(missing: str) -> None:
    assert link_to(replace(OPENED, **{missing: ""}), CUSTOMER, Side.BC, ID) is None
    assert link_to(replace(OPENED, **{missing: ""}), CUSTOMER, Side.SALES, ID)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("record_id", [None, ""])
def test_no_record_has_no_link(side: Side, record_id: str | None) -> None:
    assert link_to(OPENED, CUSTOMER, side, record_id) is None


def test_the_local_currency_has_no_page_in_business_central() -> None:
    assert link_to(OPENED, ALL["CURRENCY"], Side.BC, ZERO_ID) is None
    assert link_to(OPENED, ALL["CURRENCY"], Side.SALES, ID)


def test_a_mapping_of_ones_own_without_a_page_has_a_link_to_sales_only() -> None:
    own: Mapping = replace(
        CUSTOMER, bc=replace(CUSTOMER.bc, page=None), sales=replace(CUSTOMER.sales, key="new_bookid")
    )
    assert link_to(OPENED, own, Side.BC, ID) is None
    assert query(link_to(OPENED, own, Side.SALES, ID))["etn"] == "new_book"


@given(st.text(max_size=40), st.text(max_size=40))
def test_odd_texts_stay_in_their_place(company: str, record_id: str) -> None:
    opened = replace(OPENED, company=company)
    for side in Side:
        address = link_to(opened, CUSTOMER, side, record_id)
        if address is None:
            continue
        parts = urlsplit(address)
        assert parts.hostname in ("businesscentral.dynamics.com", "contoso.crm.dynamics.com")
        assert not parts.fragment
        assert address.isascii()
        given_names = {each.partition("=")[0] for each in parts.query.split("&")}
        assert given_names in ({"company", "page", "filter"}, {"pagetype", "etn", "id"})
        if side is Side.BC:
            assert unquote(parts.query.split("&")[0]) == f"company={company}"
