"""Price lists, their items, and discount lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.dataverse.sales import ACTIVATED, IN_EUR, RETIRED, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import EUR, USD

INACTIVE = {"statecode": 1, "statuscode": 100002}
PERCENT_OF_LIST = 2


def test_a_price_list_has_a_name_that_no_other_has(catalogue: Catalogue) -> None:
    assert catalogue.client.post("pricelevels", {"description": "x"}).code == "0x80043B0E"
    assert catalogue.client.post("pricelevels", {"name": "RETAIL "}).code == "0x80043B0F"
    other = catalogue.add_price_list("Wholesale")
    assert catalogue.client.patch(f"pricelevels({other})", {"name": "Retail"}).code == "0x80043B0F"
    assert catalogue.client.patch(f"pricelevels({other})", {"name": None}).code == "0x80043B0E"


def test_a_price_list_is_in_the_base_currency_unless_told_and_keeps_it(catalogue: Catalogue) -> None:
    row = row_of(catalogue.client, f"pricelevels({catalogue.price_list})")
    assert (row["_transactioncurrencyid_value"], row["statuscode"]) == (USD, 100001)
    assert catalogue.client.patch(f"pricelevels({catalogue.price_list})", IN_EUR).status == 400
    euro = catalogue.add_price_list("Euro", begindate="2024-01-01T00:00:00Z", **IN_EUR)
    assert row_of(catalogue.client, f"pricelevels({euro})")["exchangerate"] == 0.5


@pytest.mark.parametrize("kind", ["account", "contact", "product"])
def test_a_default_price_list_stays_active(catalogue: Catalogue, kind: str) -> None:
    client, default = catalogue.client, f"pricelevels({catalogue.price_list})"
    if kind == "product":
        client.patch(f"products({catalogue.product()})", bind(pricelevelid=default))
    else:
        getattr(client, kind)(**bind(defaultpricelevelid=default))
    assert client.patch(default, INACTIVE).code == "0x80043B04"
    assert client.patch(default, {"name": "Other"}).status == 204


def test_a_price_list_can_be_deactivated_and_activated(catalogue: Catalogue) -> None:
    address = f"pricelevels({catalogue.price_list})"
    assert catalogue.client.patch(address, INACTIVE).status == 204
    assert catalogue.client.patch(address, {"statecode": 0, "statuscode": 100001}).status == 204
    assert catalogue.client.patch(address, {"statecode": 0, "statuscode": 1}).code == "0x8004431A"


def test_an_item_follows_its_product_and_price_list(catalogue: Catalogue) -> None:
    euro = catalogue.add_price_list("Euro", **IN_EUR)
    product = catalogue.product("P-1")
    item = catalogue.price(product, 10.005, **bind(pricelevelid=f"pricelevels({euro})"))
    row = row_of(catalogue.client, f"productpricelevels({item})")
    assert (row["productnumber"], row["_uomscheduleid_value"]) == ("P-1", catalogue.group)
    assert (row["_transactioncurrencyid_value"], row["exchangerate"]) == (EUR, 0.5)
    assert (row["amount"], row["amount_base"]) == (10.01, 20.02)
    assert (row["pricingmethodcode"], row["quantitysellingcode"], row["roundingpolicycode"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("missing", "code"),
    [("pricelevelid", "0x80043B12"), ("productid", "0x80043B11"), ("uomid", "0x80043B0D")],
)
def test_an_item_needs_price_list_product_and_unit(catalogue: Catalogue, missing: str, code: str) -> None:
    assert catalogue.post_price(catalogue.product(), **{f"{missing}@odata.bind": None}).code == code


def test_a_product_and_unit_has_one_price_per_price_list(catalogue: Catalogue) -> None:
    product, box = catalogue.product(), made(catalogue.add_unit("BOX", 12))
    catalogue.price(product)
    again = catalogue.post_price(product, 11)
    assert (again.status, again.code) == (400, "0x80043B08")
    boxed = catalogue.price(product, 100, **bind(uomid=f"uoms({box})"))
    other = catalogue.add_price_list("Wholesale")
    assert catalogue.post_price(product, **bind(pricelevelid=f"pricelevels({other})")).status == 204
    moved = catalogue.client.patch(f"productpricelevels({boxed})", bind(uomid=f"uoms({catalogue.unit})"))
    assert moved.code == "0x80043B08"
    assert catalogue.client.patch(f"productpricelevels({boxed})", {"amount": 99}).status == 204


def test_the_unit_of_an_item_is_one_of_the_products_group(catalogue: Catalogue) -> None:
    _, foreign = catalogue.unit_group("Weight", "KG")
    assert catalogue.post_price(catalogue.product(), **bind(uomid=f"uoms({foreign})")).code == "0x80043B16"


def test_an_item_stays_in_its_price_list(catalogue: Catalogue) -> None:
    item, other = catalogue.price(catalogue.product()), catalogue.add_price_list("Wholesale")
    moved = bind(pricelevelid=f"pricelevels({other})")
    assert catalogue.client.patch(f"productpricelevels({item})", moved).status == 400


def test_neither_retired_products_nor_families_are_priced(catalogue: Catalogue) -> None:
    retired = catalogue.active()
    catalogue.set_state(retired, **RETIRED)
    assert catalogue.post_price(retired).code == "0x80061009"
    assert catalogue.post_price(catalogue.family()).code == "0x8004F902"


def test_the_currency_of_an_item_is_that_of_its_price_list(catalogue: Catalogue) -> None:
    product = catalogue.product()
    assert catalogue.post_price(product, **IN_EUR).status == 400
    item = catalogue.price(product)
    assert catalogue.client.patch(f"productpricelevels({item})", IN_EUR).code == "0x80048CF6"


def test_the_pricing_method_decides_which_value_is_needed(catalogue: Catalogue) -> None:
    product = catalogue.product(price=50)
    assert catalogue.post_price(product, None).code == "0x80040200"
    assert catalogue.post_price(product, 10, pricingmethodcode=PERCENT_OF_LIST).code == "0x80040200"
    assert catalogue.post_price(product, pricingmethodcode=7).code == "0x8004431A"


@pytest.mark.parametrize(("percentage", "code"), [(100_000, "0x80043B0C"), (99_999.99, None), (0, None)])
def test_percentages_end_below_100000(catalogue: Catalogue, percentage: float, code: str | None) -> None:
    answer = catalogue.post_price(
        catalogue.product(), None, pricingmethodcode=PERCENT_OF_LIST, percentage=percentage
    )
    assert (answer.status if code is None else answer.code) == (204 if code is None else code)


def test_percentages_need_the_currency_of_the_product(catalogue: Catalogue) -> None:
    product = catalogue.product(price=10, **IN_EUR)
    assert catalogue.post_price(product, 9).status == 204
    box = bind(uomid=f"uoms({made(catalogue.add_unit('BOX', 12))})")
    answer = catalogue.post_price(product, None, pricingmethodcode=PERCENT_OF_LIST, percentage=90, **box)
    assert answer.code == "0x80048CF9"


def discount_list(catalogue: Catalogue, **more: Any) -> str:
    return made(catalogue.client.post("discounttypes", {"name": "Volume", **more}))


def discount(catalogue: Catalogue, discounts: str, low: float, high: float, **more: Any) -> Any:
    body = {"name": f"{low}", "lowquantity": low, "highquantity": high}
    return catalogue.client.post(
        "discounts", body | bind(discounttypeid=f"discounttypes({discounts})") | more
    )


def test_a_discount_is_of_its_lists_type(catalogue: Catalogue) -> None:
    percent, amount = discount_list(catalogue), discount_list(catalogue, isamounttype=True, **IN_EUR)
    assert discount(catalogue, percent, 1, 9, amount=1).code == "0x80043B21"
    assert discount(catalogue, amount, 1, 9, percentage=1).code == "0x80043B20"
    assert discount(catalogue, amount, 1, 9, percentage=1, amount=1).code == "0x80043B1F"
    assert discount(catalogue, percent, 1, 9).code == "0x80040200"
    row = row_of(catalogue.client, f"discounts({made(discount(catalogue, amount, 1, 9, amount=2))})")
    assert (row["isamounttype"], row["_transactioncurrencyid_value"], row["amount_base"]) == (True, EUR, 4.0)


def test_ranges_of_quantities_do_not_overlap(catalogue: Catalogue) -> None:
    discounts = discount_list(catalogue)
    first = made(discount(catalogue, discounts, 1, 9, percentage=1))
    assert discount(catalogue, discounts, 9, 20, percentage=2).code == "0x80043B02"
    assert discount(catalogue, discounts, 20, 10, percentage=2).code == "0x80040203"
    made(discount(catalogue, discounts, 10, 20, percentage=2))
    assert catalogue.client.patch(f"discounts({first})", {"highquantity": 10}).code == "0x80043B02"
    assert catalogue.client.patch(f"discounts({first})", {"highquantity": 9.99999}).status == 204
    assert discount(catalogue, discount_list(catalogue), 9, 20, percentage=2).status == 204


def test_discount_amounts_are_in_the_currency_of_the_price_list(catalogue: Catalogue) -> None:
    product, euro = catalogue.product(), discount_list(catalogue, isamounttype=True, **IN_EUR)
    assert catalogue.post_price(product, **bind(discounttypeid=f"discounttypes({euro})")).code == "0x80048CF8"
    percent = discount_list(catalogue, **IN_EUR)
    assert catalogue.post_price(product, **bind(discounttypeid=f"discounttypes({percent})")).status == 204


def test_deleting_a_discount_list_takes_its_discounts_and_is_refused_while_used(catalogue: Catalogue) -> None:
    discounts = discount_list(catalogue)
    one = made(discount(catalogue, discounts, 1, 9, percentage=1))
    item = catalogue.price(catalogue.product(), **bind(discounttypeid=f"discounttypes({discounts})"))
    refused = catalogue.client.delete(f"discounttypes({discounts})")
    assert (refused.status, refused.code) == (405, "0x80040227")
    assert catalogue.client.get(f"discounts({one})").status == 200
    catalogue.client.delete(f"productpricelevels({item})")
    assert catalogue.client.delete(f"discounttypes({discounts})").status == 204
    assert catalogue.client.get(f"discounts({one})").status == 404


def test_an_active_product_can_be_priced_and_repriced(catalogue: Catalogue) -> None:
    product = catalogue.product()
    item = catalogue.price(product)
    catalogue.set_state(product, **ACTIVATED)
    assert catalogue.client.patch(f"productpricelevels({item})", {"amount": 12}).status == 204
    assert row_of(catalogue.client, f"productpricelevels({item})")["amount"] == 12
