"""What a deletion does to the rows that point at the one deleted."""

from __future__ import annotations

import pytest

from tests.simulators.dataverse.sales import IN_EUR, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import EUR, Client

IS_ASSOCIATED = "The object you tried to delete is associated with another object and cannot be deleted."


def test_an_account_with_an_invoice_stays_with_all_that_hangs_on_it(catalogue: Catalogue) -> None:
    client, account = catalogue.client, catalogue.client.account()
    contact = client.contact(**bind(parentcustomerid_account=f"accounts({account})"))
    invoice = made(catalogue.post_invoice(account))
    answer = client.delete(f"accounts({account})")
    assert (answer.status, answer.code, answer.message) == (405, "0x80040227", IS_ASSOCIATED)
    assert client.get(f"contacts({contact})").status == 200
    assert client.get(f"accounts({account})/Account_CustomerAddress/$count").status in (200, 404)
    client.delete(f"invoices({invoice})")
    assert client.delete(f"accounts({account})").status == 204
    assert client.get(f"contacts({contact})").status == 404


def test_a_restriction_further_down_stops_the_whole_deletion(catalogue: Catalogue) -> None:
    client, account = catalogue.client, catalogue.client.account()
    opportunity = made(
        client.post("opportunities", {"name": "x", **bind(customerid_account=f"accounts({account})")})
    )
    catalogue.invoice(**bind(opportunityid=f"opportunities({opportunity})"))
    assert client.delete(f"accounts({account})").code == "0x80040227"
    assert client.get(f"opportunities({opportunity})").status == 200
    assert client.get(f"accounts({account})").status == 200


@pytest.mark.parametrize("what", ["product", "unit", "group", "price list"])
def test_the_catalogue_stays_while_documents_use_it(catalogue: Catalogue, what: str) -> None:
    product, box = catalogue.active(), made(catalogue.add_unit("BOX", 12))
    catalogue.line(
        catalogue.invoice(), product, ispriceoverridden=True, priceperunit=1, **bind(uomid=f"uoms({box})")
    )
    address = {
        "product": f"products({product})", "unit": f"uoms({box})",
        "group": f"uomschedules({catalogue.group})", "price list": f"pricelevels({catalogue.price_list})",
    }[what]  # fmt: skip
    answer = catalogue.client.delete(address)
    assert (answer.status, answer.code) == (405, "0x80040227")
    assert catalogue.client.get(address).status == 200


def test_a_price_list_with_items_stays_and_an_opportunity_lets_go_of_it(catalogue: Catalogue) -> None:
    client, price_list = catalogue.client, f"pricelevels({catalogue.price_list})"
    item = catalogue.price(catalogue.product())
    assert client.delete(price_list).code == "0x80040227"
    client.delete(f"productpricelevels({item})")
    body = {"name": "x", **bind(customerid_account=f"accounts({client.account()})", pricelevelid=price_list)}
    opportunity = made(client.post("opportunities", body))
    assert client.delete(price_list).status == 204
    assert row_of(client, f"opportunities({opportunity})")["_pricelevelid_value"] is None


def test_a_unit_in_a_price_list_stays(catalogue: Catalogue) -> None:
    box = made(catalogue.add_unit("BOX", 12))
    catalogue.price(catalogue.product(), **bind(uomid=f"uoms({box})"))
    assert catalogue.client.delete(f"uoms({box})").code == "0x80040227"


def test_a_unit_takes_the_units_that_count_in_it(catalogue: Catalogue) -> None:
    box = made(catalogue.add_unit("BOX", 12))
    pallet = made(catalogue.add_unit("PALLET", 40, **bind(baseuom=f"uoms({box})")))
    assert catalogue.client.delete(f"uoms({box})").status == 204
    assert catalogue.client.get(f"uoms({pallet})").status == 404


def test_a_currency_in_use_stays(client: Client) -> None:
    account = client.account(**IN_EUR)
    assert client.delete(f"transactioncurrencies({EUR})").code == "0x80040227"
    client.delete(f"accounts({account})")
    assert client.delete(f"transactioncurrencies({EUR})").status == 204


def test_a_territory_of_an_account_stays(client: Client) -> None:
    territory = made(client.post("territories", {"name": "Northwest"}))
    account = client.account(**bind(territoryid=f"territories({territory})"))
    assert client.delete(f"territories({territory})").code == "0x80040227"
    client.patch(f"accounts({account})", {"territoryid@odata.bind": None})
    assert client.delete(f"territories({territory})").status == 204


def test_deletions_that_follow_are_tracked(catalogue: Catalogue) -> None:
    client, account = catalogue.client, catalogue.client.account()
    opportunity = made(
        client.post("opportunities", {"name": "x", **bind(customerid_account=f"accounts({account})")})
    )
    first = client.get("opportunities?$select=name", prefer="odata.track-changes").json
    client.delete(f"accounts({account})")
    assert [row["id"] for row in client.get(first["@odata.deltaLink"]).rows] == [opportunity]
