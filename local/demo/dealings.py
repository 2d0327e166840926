"""What people do with prices, opportunities and invoices, and what must come of it.

As in ``trials``: each makes its edits and returns a check for the time when Tandem has looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.demo import compared
from local.demo.failures import expect
from local.demo.kinds import EXTENSION
from local.demo.stage import Stage
from local.demo.trials import MERGED, Check, one, pair

ITEM, LIST, PRICE = "1936-S", "SALESPRICE", 149.5
"""The item whose price in the list is changed: BERLIN Guest Chair."""
SOLD = (("1000", 2), ("1936-S", 12))
"""Items and quantities of a new invoice: bicycles and chairs."""
NEW_OPPORTUNITY, ESTIMATE = "Fittings for the new showroom", 48_500.0
PAID = (2, 100001)
"""State and status of an invoice in Sales that was paid as a whole (Complete)."""
WON = (1, 3)

type Record = dict[str, Any]


def new_price(stage: Stage) -> Check:
    """A bookkeeper changes a price."""
    table = f"{EXTENSION}priceListLines"
    lines = [each for each in stage.bc(table) if (each["priceListCode"], each["assetNumber"]) == (LIST, ITEM)]
    expect(len(lines) == 1, f"There should be one line for {ITEM} in {LIST}.")
    stage.environment.bc_control.edit(stage.company, table, {"unitPrice": PRICE}, lines[0]["id"])

    def check() -> Iterator[str]:
        product = one(stage.sales("product"), "productnumber", ITEM)
        listed = one(stage.sales("pricelevel"), "name", LIST)
        place = product["productid"], listed["pricelevelid"]
        rows = [
            each
            for each in stage.sales("productpricelevel")
            if (each["_productid_value"], each["_pricelevelid_value"]) == place
        ]
        expect(
            [each["amount"] for each in rows] == [PRICE], f"{ITEM} should cost {PRICE} in {LIST} of Sales."
        )
        yield (
            f"{product['name']} costs {PRICE:.2f} in the price list {LIST} now, instead of "
            f"{lines[0]['unitPrice']:.2f}."
        )

    return check


def new_invoice(stage: Stage) -> Check:
    """A bookkeeper enters an invoice with two lines and posts it."""
    bc = stage.environment.people.bc
    draft = bc.create("salesInvoices", {"customerNumber": MERGED})
    for number, quantity in SOLD:
        line = {"lineType": "Item", "lineObjectNumber": number, "quantity": quantity}
        bc.talk.json("POST", f"salesInvoices({draft['id']})/salesInvoiceLines", line)
    bc.talk.send("POST", f"salesInvoices({draft['id']})/Microsoft.NAV.post")

    def check() -> Iterator[str]:
        record = one(stage.bc("salesInvoices"), "id", draft["id"])
        row = one(stage.sales("invoice"), "invoicenumber", record["number"])
        lines = [
            each for each in stage.sales("invoicedetail") if each["_invoiceid_value"] == row["invoiceid"]
        ]
        expect(len(lines) == len(SOLD), f"The invoice should have {len(SOLD)} lines, it has {len(lines)}.")
        list(compared.invoices(stage))
        total = record["totalAmountIncludingTax"]
        yield f"Invoice {record['number']} is in Sales: {len(lines)} lines and a total of {total:,.2f}."

    return check


def payment(stage: Stage) -> Check:
    """A customer pays an invoice that is in Sales for some time."""
    coupled = {each.bc_id for each in stage.couplings("POSTEDSALESINV-INV")}
    earlier = (
        each for each in stage.bc("salesInvoices") if each["id"] in coupled and each["status"] == "Open"
    )
    invoice = min(earlier, key=lambda each: str(each["number"]))
    stage.environment.bc_control.pay(stage.company, invoice["id"])

    def check() -> Iterator[str]:
        row = one(stage.sales("invoice"), "invoicenumber", invoice["number"])
        state = row["statecode"], row["statuscode"]
        expect(state == PAID, f"Invoice {invoice['number']} should be paid in Sales; its state is {state}.")
        yield f"Invoice {invoice['number']} is paid in Sales, too."

    return check


def new_opportunity(stage: Stage) -> Check:
    """A salesperson enters an opportunity of an account."""
    _, account = pair(stage, MERGED)
    owner = next(each for each in stage.couplings("SALESPEOPLE"))
    values = {
        "name": NEW_OPPORTUNITY,
        "estimatedvalue": ESTIMATE,
        "parentaccountid@odata.bind": f"/accounts({account})",
        "ownerid@odata.bind": f"/systemusers({owner.sales_id})",
    }
    made = stage.environment.people.sales.create("opportunities", values)

    def check() -> Iterator[str]:
        record = one(stage.bc("opportunities"), "description", NEW_OPPORTUNITY)
        coupled = {each.sales_id: each.bc_id for each in stage.couplings("OPPORTUNITY")}
        expect(coupled.get(made["opportunityid"]) == record["id"], f"{NEW_OPPORTUNITY} should be coupled.")
        person = one(stage.bc("salespeoplePurchasers"), "code", record["salespersonCode"])
        expect(person["id"] == owner.bc_id, "The salesperson should be the opportunity's owner in Sales.")
        yield (
            f"“{NEW_OPPORTUNITY}” is opportunity {record['number']} in Business Central, of "
            f"{record['contactName']} and with {person['displayName']} as salesperson."
        )

    return check


def won(stage: Stage) -> Check:
    """An opportunity is won in Business Central."""
    rows = {each["opportunityid"]: each for each in stage.sales("opportunity")}
    coupling = next(each for each in stage.couplings("OPPORTUNITY") if rows[each.sales_id]["statecode"] == 0)
    values = {"status": "Won", "closed": True, "dateClosed": "2026-11-20"}
    stage.environment.bc_control.edit(stage.company, "opportunities", values, coupling.bc_id)

    def check() -> Iterator[str]:
        row = one(stage.sales("opportunity"), "opportunityid", coupling.sales_id)
        state = row["statecode"], row["statuscode"]
        expect(state == WON, f"{row['name']} should be won in Sales; its state is {state}.")
        yield f"“{row['name']}” is closed as won in Sales, too."

    return check
