"""Opportunities: customer, revenue, states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.dataverse.sales import IN_EUR, Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import EUR, URL, USD, Answer, Client

ACTIONS = json.loads((Path(__file__).with_name("samples") / "sales-actions.json").read_text())
PUBLISHED_ID = "b3828ac8-917a-e511-80d2-00155d2a68d2"


def opportunity(client: Client, **more: Any) -> str:
    lookups = bind(parentaccountid=f"accounts({client.account()})")
    return made(client.post("opportunities", {"name": "Ten bicycles", **lookups, **more}))


def close(client: Client, action: str, row_id: str, status: int, **more: Any) -> Answer:
    link = {"opportunityid@odata.bind": f"{URL}/api/data/v9.2/opportunities({row_id})"}
    return client.post(action, {"Status": status, "OpportunityClose": {"subject": "x", **link, **more}})


def test_customer_and_parent_stand_for_each_other(client: Client) -> None:
    account, contact = client.account(), client.contact()
    one = opportunity(
        client, **bind(parentaccountid=f"accounts({account})", parentcontactid=f"contacts({contact})")
    )
    row = row_of(client, f"opportunities({one})")
    assert (row["_customerid_value"], row["_accountid_value"], row["_contactid_value"]) == (
        account,
        account,
        None,
    )
    body = {"name": "x", **bind(customerid_contact=f"contacts({contact})")}
    other = row_of(client, f"opportunities({made(client.post('opportunities', body))})")
    assert (other["_parentcontactid_value"], other["_contactid_value"]) == (contact, contact)
    assert (other["_parentaccountid_value"], other["_accountid_value"]) == (None, None)


def test_an_opportunity_needs_a_name_and_a_customer(client: Client) -> None:
    account = bind(parentaccountid=f"accounts({client.account()})")
    assert client.post("opportunities", account).code == "0x80040200"
    answer = client.post("opportunities", {"name": "x"})
    assert (answer.code, "customerid" in answer.message) == ("0x80040200", True)
    client.service.options.strict_required = False
    assert client.post("opportunities", {"name": "x"}).status == 204


def test_an_inactive_customer_is_refused(client: Client) -> None:
    account = client.account()
    client.patch(f"accounts({account})", {"statecode": 1})
    body = {"name": "x", **bind(customerid_account=f"accounts({account})")}
    assert client.post("opportunities", body).code == "0x80040517"


def test_revenue_is_kept_in_the_base_currency_too(client: Client) -> None:
    row = row_of(client, f"opportunities({opportunity(client, estimatedvalue=100.555, **IN_EUR)})")
    assert (row["estimatedvalue"], row["estimatedvalue_base"]) == (100.56, 201.12)
    assert (row["_transactioncurrencyid_value"], row["exchangerate"]) == (EUR, 0.5)


def test_the_currency_of_an_opportunity_can_change_and_takes_the_amounts_along(client: Client) -> None:
    one = opportunity(client, estimatedvalue=100)
    client.patch(f"opportunities({one})", IN_EUR)
    row = row_of(client, f"opportunities({one})")
    assert (row["estimatedvalue"], row["estimatedvalue_base"], row["exchangerate"]) == (100, 200, 0.5)
    cleared = client.patch(f"opportunities({one})", {"transactioncurrencyid@odata.bind": None})
    assert (cleared.status, cleared.code) == (400, "0x80048CFB")


def test_the_price_list_is_in_the_currency_of_the_opportunity(catalogue: Catalogue) -> None:
    one = opportunity(catalogue.client, **IN_EUR)
    price_list = bind(pricelevelid=f"pricelevels({catalogue.price_list})")
    assert catalogue.client.patch(f"opportunities({one})", price_list).code == "0x80048CF6"
    other = opportunity(catalogue.client, **price_list)
    assert catalogue.client.patch(f"opportunities({other})", IN_EUR).code == "0x80048CF6"


def test_system_calculated_revenue_is_the_total_of_the_products(client: Client) -> None:
    one = opportunity(client, estimatedvalue=100, isrevenuesystemcalculated=True)
    assert row_of(client, f"opportunities({one})")["estimatedvalue"] == 0


def test_opportunities_begin_open_and_change_their_reason(client: Client) -> None:
    one = opportunity(client)
    row = row_of(client, f"opportunities({one})")
    assert (row["statecode"], row["statuscode"], row["_transactioncurrencyid_value"]) == (0, 1, USD)
    assert client.patch(f"opportunities({one})", {"statecode": 0, "statuscode": 2}).status == 204
    assert client.patch(f"opportunities({one})", {"statuscode": 3}).code == "0x80048408"


@pytest.mark.parametrize(("state", "status", "action"), [(1, 3, "WinOpportunity"), (2, 4, "LoseOpportunity")])
def test_a_plain_update_does_not_close(client: Client, state: int, status: int, action: str) -> None:
    answer = client.patch(f"opportunities({opportunity(client)})", {"statecode": state, "statuscode": status})
    assert (answer.status, answer.code, action in answer.message) == (400, "0x80040516", True)


def test_the_published_win_request_is_answered_as_published(client: Client) -> None:
    opportunity(client, opportunityid=PUBLISHED_ID, estimatedvalue=500)
    sample = ACTIONS["winOpportunity"]
    answer = client.send("POST", sample["request"]["path"], sample["request"]["body"])
    assert (answer.status, answer.raw) == (sample["response"]["status"], b"")
    row = row_of(client, f"opportunities({PUBLISHED_ID})")
    assert (row["statecode"], row["statuscode"]) == (1, 3)
    assert (row["actualvalue"], row["actualvalue_base"], row["actualclosedate"]) == (500, 500, "2027-01-15")


def test_a_lost_opportunity_keeps_the_revenue_told(client: Client) -> None:
    one = opportunity(client, estimatedvalue=500)
    told = {"actualrevenue": 20, "actualend": "2024-02-03T00:00:00Z"}
    assert close(client, "LoseOpportunity", one, 5, **told).status == 204
    row = row_of(client, f"opportunities({one})")
    assert (row["statecode"], row["statuscode"], row["actualvalue"], row["actualclosedate"]) == (
        2,
        5,
        20,
        "2024-02-03",
    )


def test_status_minus_one_is_the_default_of_the_state(client: Client) -> None:
    one = opportunity(client)
    close(client, "LoseOpportunity", one, -1)
    assert row_of(client, f"opportunities({one})")["statuscode"] == 4


def test_closing_asks_for_a_status_of_the_state_and_the_opportunity(client: Client) -> None:
    one = opportunity(client)
    assert close(client, "WinOpportunity", one, 4).code == "0x80048408"
    assert close(client, "WinOpportunity", one, 99).code == "0x80048408"
    assert close(client, "WinOpportunity", PUBLISHED_ID, 3).status == 404
    assert close(client, "WinOpportunity", one, 3, nosuch=1).status == 400
    assert client.post("WinOpportunity", {"Status": 3}).status == 400
    assert client.post("WinOpportunity", {"Status": 3, "OpportunityClose": "x"}).status == 400
    assert client.post("WinOpportunity", {"Status": 3, "OpportunityClose": {"subject": "x"}}).status == 400
    assert row_of(client, f"opportunities({one})")["statecode"] == 0


def test_a_closed_opportunity_is_not_closed_again_nor_edited_but_reopened(client: Client) -> None:
    one = opportunity(client)
    close(client, "WinOpportunity", one, 3)
    assert close(client, "LoseOpportunity", one, 4).code == "0x80040515"
    assert client.patch(f"opportunities({one})", {"name": "x"}).code == "0x80040230"
    assert (
        client.patch(f"opportunities({one})", {"statecode": 0, "statuscode": 1, "name": "x"}).code
        == "0x80040230"
    )
    assert client.patch(f"opportunities({one})", {"statecode": 0, "statuscode": 1}).status == 204
    assert client.patch(f"opportunities({one})", {"name": "x"}).status == 204


def test_deleting_the_customer_takes_the_opportunity(client: Client) -> None:
    account = client.account()
    one = opportunity(client, **bind(parentaccountid=f"accounts({account})"))
    parent_only = opportunity(client)
    client.patch(
        f"opportunities({parent_only})",
        bind(parentaccountid=f"accounts({account})", customerid_account=f"accounts({client.account()})"),
    )
    client.delete(f"accounts({account})")
    assert client.get(f"opportunities({one})").status == 404
    assert row_of(client, f"opportunities({parent_only})")["_parentaccountid_value"] is None
