"""Products: number, units, life cycle."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.dataverse import Options
from tests.simulators.dataverse.sales import ACTIVATED, IN_EUR, RETIRED, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import USD, Client, make

DRAFT = {"statecode": 2, "statuscode": 0}
REVISED = {"statecode": 3, "statuscode": 3}


def test_a_new_product_is_a_draft_whatever_is_sent(catalogue: Catalogue) -> None:
    row = row_of(catalogue.client, f"products({catalogue.product(statecode=0, statuscode=1)})")
    assert (row["statecode"], row["statuscode"], row["productstructure"]) == (2, 0, 1)
    assert (row["_transactioncurrencyid_value"], row["exchangerate"]) == (USD, 1.0)


def test_the_organisation_can_let_products_without_family_begin_active(catalogue: Catalogue) -> None:
    org = catalogue.client.get("organizations?$select=name").rows[0]["organizationid"]
    catalogue.client.patch(f"organizations({org})", {"createproductswithoutparentinactivestate": 1})
    assert row_of(catalogue.client, f"products({catalogue.product()})")["statecode"] == 0
    child = catalogue.product("P-2", **bind(parentproductid=f"products({catalogue.family()})"))
    assert row_of(catalogue.client, f"products({child})")["statecode"] == 2


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("productnumber", "0x80043B05"),
        ("name", "0x80040200"),
        ("defaultuomscheduleid@odata.bind", "0x80043B13"),
        ("defaultuomid@odata.bind", "0x80043B0D"),
        ("quantitydecimal", "0x80040200"),
    ],
)
def test_a_product_needs_number_name_units_and_decimals(
    catalogue: Catalogue, missing: str, code: str
) -> None:
    without: dict[str, Any] = {missing: None}
    answer = catalogue.post_product(**without)
    assert (answer.status, answer.code) == (400, code)


def test_a_family_needs_number_and_name_only(catalogue: Catalogue) -> None:
    assert row_of(catalogue.client, f"products({catalogue.family()})")["_defaultuomid_value"] is None


def test_numbers_are_unique(catalogue: Catalogue) -> None:
    product = catalogue.product("P-1")
    assert catalogue.post_product("p-1 ").code == "0x80043B06"
    other = catalogue.product("P-2")
    assert catalogue.client.patch(f"products({other})", {"productnumber": "P-1"}).code == "0x80043B06"
    assert catalogue.client.patch(f"products({product})", {"productnumber": "P-1"}).status == 204


def test_the_default_unit_is_one_of_the_unit_group(catalogue: Catalogue) -> None:
    _, foreign = catalogue.unit_group("Weight", "KG")
    unit = bind(defaultuomid=f"uoms({foreign})")
    assert catalogue.post_product(**unit).code == "0x80043B16"
    product = catalogue.product()
    assert catalogue.client.patch(f"products({product})", unit).code == "0x80043B16"
    box = made(catalogue.add_unit("BOX", 12))
    assert catalogue.client.patch(f"products({product})", bind(defaultuomid=f"uoms({box})")).status == 204


def test_the_unit_group_of_a_product_stays(catalogue: Catalogue) -> None:
    group, unit = catalogue.unit_group("Weight", "KG")
    moved = bind(defaultuomscheduleid=f"uomschedules({group})", defaultuomid=f"uoms({unit})")
    assert catalogue.client.patch(f"products({catalogue.product()})", moved).code == "0x80040203"


@pytest.mark.parametrize(
    "body",
    [
        {"quantitydecimal": 6},
        {"quantitydecimal": -1},
        {"price": -1},
        {"quantityonhand": -1},
        {"currentcost": 1e13},
        {"producttypecode": 5},
        {"productnumber": "x" * 101},
        {"validfromdate": "2024-01-01T00:00:00Z"},
        {"price_base": 1},
        {"pricelevelid@odata.bind": "/pricelevels(00000000-0000-0000-0000-000000000001)"},
    ],
)
def test_values_that_do_not_fit_are_refused(catalogue: Catalogue, body: dict[str, Any]) -> None:
    assert catalogue.post_product(**body).status == 400


def test_structure_and_family_are_set_on_creation_only(catalogue: Catalogue) -> None:
    family, product = catalogue.family(), catalogue.product()
    for body in ({"productstructure": 2}, bind(parentproductid=f"products({family})")):
        assert catalogue.client.patch(f"products({product})", body).status == 400


def test_only_families_can_be_parents(catalogue: Catalogue) -> None:
    parent = bind(parentproductid=f"products({catalogue.product()})")
    assert catalogue.post_product("P-2", **parent).code == "0x8004F973"


def test_the_default_price_list_is_set_after_creation(catalogue: Catalogue) -> None:
    default = bind(pricelevelid=f"pricelevels({catalogue.price_list})")
    assert catalogue.post_product(**default).status == 400
    product = catalogue.product()
    assert catalogue.client.patch(f"products({product})", default).status == 204


def test_amounts_are_kept_with_the_pricing_precision_of_the_organisation(catalogue: Catalogue) -> None:
    org = catalogue.client.get("organizations?$select=name").rows[0]["organizationid"]
    catalogue.client.patch(f"organizations({org})", {"pricingdecimalprecision": 4})
    product = catalogue.product(price=1.23456, currentcost=2, standardcost=3, quantityonhand=7.126, **IN_EUR)
    row = row_of(catalogue.client, f"products({product})")
    assert (row["price"], row["price_base"], row["quantityonhand"]) == (1.2346, 2.4692, 7.13)
    assert (row["exchangerate"], row["currentcost_base"], row["standardcost_base"]) == (0.5, 4.0, 6.0)


STATES = {
    "draft": (),
    "active": (ACTIVATED,),
    "retired": (ACTIVATED, RETIRED),
    "revised": (ACTIVATED, REVISED),
}


@pytest.mark.parametrize(
    ("begin", "wanted", "code"),
    [
        ("draft", ACTIVATED, None),
        ("active", RETIRED, None),
        ("active", REVISED, None),
        ("revised", ACTIVATED, None),
        ("revised", RETIRED, None),
        ("retired", ACTIVATED, None),
        ("draft", RETIRED, "0x8004F978"),
        ("draft", REVISED, "0x8004F913"),
        ("draft", DRAFT, "0x8004F981"),
        ("active", DRAFT, "0x8004F912"),
        ("active", ACTIVATED, "0x8004F982"),
        ("retired", DRAFT, "0x8004F979"),
        ("retired", REVISED, "0x8004F913"),
        ("retired", RETIRED, "0x8004F980"),
        ("revised", DRAFT, "0x80061035"),
        ("revised", REVISED, "0x8004F883"),
    ],
)
def test_state_transitions(
    catalogue: Catalogue, begin: str, wanted: dict[str, int], code: str | None
) -> None:
    product = catalogue.product()
    for state in STATES[begin]:
        assert catalogue.set_state(product, **state).status == 204
    answer = catalogue.set_state(product, **wanted)
    assert answer.status == (204 if code is None else 400)
    assert code is None or answer.code == code
    state = row_of(catalogue.client, f"products({product})")
    assert code is not None or (state["statecode"], state["statuscode"]) == tuple(wanted.values())


def test_state_and_status_of_a_product_are_a_pair(catalogue: Catalogue) -> None:
    assert catalogue.set_state(catalogue.product(), statecode=0, statuscode=0).code == "0x80048408"
    product = catalogue.product("P-2")
    assert catalogue.set_state(product, statecode=0).status == 204
    assert row_of(catalogue.client, f"products({product})")["statuscode"] == 1


def test_an_active_product_can_be_edited_and_a_retired_one_not(catalogue: Catalogue) -> None:
    product = catalogue.active()
    assert catalogue.client.patch(f"products({product})", {"quantityonhand": 5}).status == 204
    catalogue.set_state(product, **RETIRED)
    assert catalogue.client.patch(f"products({product})", {"quantityonhand": 6}).code == "0x8004F995"
    catalogue.client.service.options.retired_products_are_read_only = False
    assert catalogue.client.patch(f"products({product})", {"quantityonhand": 6}).status == 204


def test_a_published_family_cannot_be_edited(catalogue: Catalogue) -> None:
    family = catalogue.family()
    assert catalogue.client.patch(f"products({family})", {"name": "Bikes"}).status == 204
    publish = f"products({family})/Microsoft.Dynamics.CRM.PublishProductHierarchy"
    assert catalogue.client.post(publish, {}).status == 204
    assert catalogue.client.patch(f"products({family})", {"name": "Cars"}).code == "0x8004F995"


def test_a_family_is_published_by_its_action_with_the_drafts_below(catalogue: Catalogue) -> None:
    family = catalogue.family()
    child = catalogue.product(**bind(parentproductid=f"products({family})"))
    assert catalogue.set_state(family, **ACTIVATED).code == "0x8004F90A"
    assert catalogue.client.post(f"products({family})/PublishProductHierarchy", {}).message == (
        "Request message has unresolved parameters."
    )
    publish = f"products({family})/Microsoft.Dynamics.CRM.PublishProductHierarchy"
    assert catalogue.client.post(publish, {"x": 1}).status == 400
    assert catalogue.client.post(publish, {}).status == 204
    assert [row_of(catalogue.client, f"products({one})")["statecode"] for one in (family, child)] == [0, 0]
    assert catalogue.client.post(publish, {}).code == "0x8004F90A"


def test_retired_families_and_their_products_stay_retired(catalogue: Catalogue) -> None:
    family = catalogue.family()
    child = catalogue.product(**bind(parentproductid=f"products({family})"))
    catalogue.client.post(f"products({family})/Microsoft.Dynamics.CRM.PublishProductHierarchy", {})
    assert catalogue.set_state(family, **RETIRED).code == "0x8004F910"
    assert catalogue.set_state(child, **RETIRED).status == 204
    assert catalogue.set_state(family, **RETIRED).status == 204
    assert catalogue.set_state(family, **ACTIVATED).code == "0x8004F977"
    assert catalogue.set_state(child, **ACTIVATED).code == "0x8004F977"


def test_a_product_in_an_active_price_list_is_not_retired(catalogue: Catalogue) -> None:
    product = catalogue.active()
    item = catalogue.price(product)
    assert catalogue.set_state(product, **RETIRED).code == "0x8004F915"
    catalogue.client.patch(f"pricelevels({catalogue.price_list})", {"statecode": 1, "statuscode": 100002})
    assert catalogue.set_state(product, **RETIRED).status == 204
    assert catalogue.client.get(f"productpricelevels({item})").status == 200
    client = Client(make(Options(products_in_price_lists_stay=False)))
    lax = Catalogue(client)
    product = lax.active()
    lax.price(product)
    assert lax.set_state(product, **RETIRED).status == 204


def test_the_currency_stays_while_percentages_depend_on_it(catalogue: Catalogue) -> None:
    product = catalogue.product(price=10)
    item = catalogue.price(product, None, pricingmethodcode=2, percentage=90)
    assert catalogue.client.patch(f"products({product})", IN_EUR).code == "0x80048CFA"
    catalogue.client.delete(f"productpricelevels({item})")
    assert catalogue.client.patch(f"products({product})", IN_EUR).status == 204


def test_deleting_a_family_takes_its_products_and_their_prices(catalogue: Catalogue) -> None:
    family = catalogue.family()
    child = catalogue.product(**bind(parentproductid=f"products({family})"))
    item = catalogue.price(child)
    assert catalogue.client.delete(f"products({family})").status == 204
    assert catalogue.client.get(f"products({child})").status == 404
    assert catalogue.client.get(f"productpricelevels({item})").status == 404
