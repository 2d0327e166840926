"""Quotes and their lines: numbers and revisions, states, what is read only, and the order of a won one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.dataverse.sales import Catalogue, bind, made, row_of
from tests.simulators.dataverse.support import Answer

ACTIVATED = {"statecode": 1, "statuscode": 2}
CLOSE_TYPE = {"@odata.type": "Microsoft.Dynamics.CRM.quoteclose"}


def post_quote(catalogue: Catalogue, **more: Any) -> Answer:
    lookups = bind(
        customerid_account=f"accounts({catalogue.client.account()})",
        pricelevelid=f"pricelevels({catalogue.price_list})",
    )
    return catalogue.client.post("quotes", {"name": "Bicycles", **lookups, **more})


def post_line(catalogue: Catalogue, quote_id: str, **more: Any) -> Answer:
    lookups = bind(quoteid=f"quotes({quote_id})")
    body = {"quantity": 1, "isproductoverridden": True, "productdescription": "Assembly", "priceperunit": 10}
    return catalogue.client.post("quotedetails", {**body, **lookups, **more})


def quote(catalogue: Catalogue, *, state: dict[str, int] | None = None, **more: Any) -> str:
    """A quote with one line of 20 in a state."""
    quote_id = made(post_quote(catalogue, **more))
    made(post_line(catalogue, quote_id, quantity=2))
    if state:
        assert change(catalogue, quote_id, state).status == 204
    return quote_id


def read(catalogue: Catalogue, quote_id: str) -> dict[str, Any]:
    return row_of(catalogue.client, f"quotes({quote_id})")


def change(catalogue: Catalogue, quote_id: str, values: dict[str, Any]) -> Answer:
    return catalogue.client.patch(f"quotes({quote_id})", values)


def close(catalogue: Catalogue, action: str, quote_id: str, status: int = -1) -> Answer:
    closing = {**CLOSE_TYPE, "subject": "Closed", **bind(quoteid=f"quotes({quote_id})")}
    return catalogue.client.post(action, {"Status": status, "QuoteClose": closing})


def act(catalogue: Catalogue, action: str, quote_id: str) -> Answer:
    return catalogue.client.post(action, {"QuoteId": quote_id, "ColumnSet": {"AllColumns": True}})


def test_a_quote_gets_a_number_and_begins_as_a_draft(catalogue: Catalogue) -> None:
    row = read(catalogue, quote(catalogue))
    assert row["quotenumber"].startswith("QUO-01000-")
    assert (row["statecode"], row["statuscode"], row["revisionnumber"]) == (0, 1, 0)
    assert (row["totallineitemamount"], row["totalamount"]) == (20, 20)


def test_a_number_is_taken_once_for_each_revision(catalogue: Catalogue) -> None:
    quote(catalogue, quotenumber="Q-1")
    assert post_quote(catalogue, quotenumber="Q-1").code == "0x80040237"


def test_an_active_quote_is_read_only_and_so_are_its_lines(catalogue: Catalogue) -> None:
    quote_id = quote(catalogue, state=ACTIVATED)
    (line,) = catalogue.client.get("quotedetails").rows
    assert line["quotestatecode"] == 1
    refused = [
        change(catalogue, quote_id, {"name": "Other"}),
        catalogue.client.patch(f"quotedetails({line['quotedetailid']})", {"quantity": 2}),
        post_line(catalogue, quote_id),
    ]
    assert {answer.code for answer in refused} == {"0x80040230"}


@pytest.mark.parametrize(("state", "action"), [(2, "WinQuote"), (3, "CloseQuote")])
def test_a_quote_is_closed_by_an_action_only(catalogue: Catalogue, state: int, action: str) -> None:
    quote_id = quote(catalogue, state=ACTIVATED)
    assert action in change(catalogue, quote_id, {"statecode": state, "statuscode": state + 2}).message
    assert close(catalogue, action, quote_id).status == 204
    assert read(catalogue, quote_id)["statecode"] == state
    assert read(catalogue, quote_id)["closedon"]
    assert close(catalogue, action, quote_id).code == "0x80040233"


def test_a_draft_cannot_be_won_and_an_active_quote_is_no_draft_again(catalogue: Catalogue) -> None:
    draft, active = quote(catalogue), quote(catalogue, state=ACTIVATED)
    assert close(catalogue, "WinQuote", draft).code == "0x80040233"
    assert change(catalogue, active, {"statecode": 0, "statuscode": 1}).code == "0x80040233"


def test_a_revised_quote_is_closed_and_lives_on_in_a_draft_of_its_number(catalogue: Catalogue) -> None:
    old = quote(catalogue, state=ACTIVATED)
    new = str(act(catalogue, "ReviseQuote", old).json["quoteid"])
    assert (read(catalogue, old)["statecode"], read(catalogue, old)["statuscode"]) == (3, 7)
    row = read(catalogue, new)
    assert (row["quotenumber"], row["revisionnumber"]) == (read(catalogue, old)["quotenumber"], 1)
    assert (row["statecode"], row["totalamount"]) == (0, 20)
    assert "another quote" in act(catalogue, "ReviseQuote", old).message


def test_a_won_quote_becomes_an_order_with_its_lines(catalogue: Catalogue) -> None:
    quote_id = quote(catalogue, state=ACTIVATED, discountamount=1)
    assert act(catalogue, "ConvertQuoteToSalesOrder", quote_id).code == "0x80040233"
    close(catalogue, "WinQuote", quote_id)
    order_id = act(catalogue, "ConvertQuoteToSalesOrder", quote_id).json["salesorderid"]
    order = row_of(catalogue.client, f"salesorders({order_id})")
    assert (order["_quoteid_value"], order["statecode"], order["totalamount"]) == (quote_id, 0, 19)
    (line,) = catalogue.client.get("salesorderdetails").rows
    assert (line["quantity"], line["productdescription"]) == (2, "Assembly")
    assert line["_quotedetailid_value"]


def test_lines_are_read_with_their_quote(catalogue: Catalogue) -> None:
    quote_id = quote(catalogue)
    (found,) = catalogue.client.get("quotes?$select=name&$expand=quote_details($select=quantity)").rows
    assert [line["quantity"] for line in found["quote_details"]] == [2]
    assert catalogue.client.delete(f"quotes({quote_id})").status == 204
    assert catalogue.client.get("quotedetails").rows == []
