"""Both sides beside each other, as a person with both windows open would compare them.

Every price, product, opportunity and invoice is looked at; each function gives sentences about what is equal
and raises DemoFailed where something is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.demo.failures import expect
from local.demo.kinds import EXTENSION, is_open_opportunity, is_posted
from local.demo.stage import Stage

type Record = dict[str, Any]

CENT = 0.005


def products(stage: Stage) -> Iterator[str]:
    """Each coupled item and resource: number, name and price, and the unit it is sold in."""
    units = _by(stage.sales("uom"), "uomid")
    rows = _by(stage.sales("product"), "productid")
    found = 0
    for mapping, table in (("ITEM-PRODUCT", "items"), ("RESOURCE-PRODUCT", f"{EXTENSION}resources")):
        records = _by(stage.bc(table), "id")
        for each in stage.couplings(mapping):
            record, row = records[each.bc_id], rows[each.sales_id]
            _same(row, "productnumber", record["number"], record["number"])
            _same(row, "name", record["displayName"], record["number"])
            _same(row, "price", record["unitPrice"], record["number"])
            unit = units[row["_defaultuomid_value"]]["name"]
            equal = unit == record["baseUnitOfMeasureCode"]
            expect(
                equal,
                f"Product {record['number']} should be in {record['baseUnitOfMeasureCode']}, not {unit}.",
            )
            found += 1
    yield f"{found} items and resources are products, each with its number, name, price and unit."


def prices(stage: Stage) -> Iterator[str]:
    """Each coupled price: list, product, unit, amount and currency."""
    local = stage.bc("companyInformation")[0]["currencyCode"]
    currencies = {
        each["transactioncurrencyid"]: each["isocurrencycode"] for each in stage.sales("transactioncurrency")
    }
    lists, products = _by(stage.sales("pricelevel"), "pricelevelid"), _by(stage.sales("product"), "productid")
    units, rows = (
        _by(stage.sales("uom"), "uomid"),
        _by(stage.sales("productpricelevel"), "productpricelevelid"),
    )
    lines = {_place(each): each for each in stage.bc(f"{EXTENSION}priceListLines")}
    couplings = stage.couplings("PLLINE-PRODPRICE")
    for each in couplings:
        row, line = rows[each.sales_id], lines[tuple(each.bc_id.split(";")[:4])]
        told = (
            lists[row["_pricelevelid_value"]]["name"],
            products[row["_productid_value"]]["productnumber"],
            units[row["_uomid_value"]]["name"],
        )
        wanted = line["priceListCode"], line["assetNumber"], line["unitOfMeasureCode"]
        expect(
            told == wanted, f"The price {' '.join(wanted)} should stand there; Sales has {' '.join(told)}."
        )
        _same(row, "amount", line["unitPrice"], " ".join(wanted))
        currency = currencies[row["_transactioncurrencyid_value"]]
        equal = currency == (line["currencyCode"] or local)
        expect(equal, f"The price {' '.join(wanted)} should not be in {currency}.")
    names = {lists[rows[each.sales_id]["_pricelevelid_value"]]["name"] for each in couplings}
    yield f"{len(couplings)} prices stand in {len(names)} price lists, each with its amount and currency."


def opportunities(stage: Stage) -> Iterator[str]:
    """Each coupled opportunity that is open: name, estimate, probability and owner."""
    rows, users = (
        _by(stage.sales("opportunity"), "opportunityid"),
        _by(stage.sales("systemuser"), "systemuserid"),
    )
    records = _by(stage.bc("opportunities"), "id")
    people = {each["code"]: each["displayName"] for each in stage.bc("salespeoplePurchasers")}
    couplings = [each for each in stage.couplings("OPPORTUNITY") if is_open_opportunity(records[each.bc_id])]
    owners = set()
    for each in couplings:
        record, row = records[each.bc_id], rows[each.sales_id]
        _same(row, "name", record["description"], record["number"])
        _same(row, "estimatedvalue", record["estimatedValue"], record["number"])
        _same(row, "closeprobability", record["chancesOfSuccessPrc"], record["number"])
        owner, salesperson = users[row["_ownerid_value"]]["fullname"], people[record["salespersonCode"]]
        expect(owner == salesperson, f"{record['number']} should be {salesperson}'s; it is {owner}'s.")
        owners.add(owner)
    yield (
        f"{len(couplings)} open opportunities, each with name, estimate and probability, belong to "
        f"{len(owners)} salespeople as in Business Central."
    )


def invoices(stage: Stage) -> Iterator[str]:
    """Each coupled invoice: customer, total and lines."""
    rows, accounts = _by(stage.sales("invoice"), "invoiceid"), _by(stage.sales("account"), "accountid")
    records = {key: each for key, each in _by(stage.bc("salesInvoices"), "id").items() if is_posted(each)}
    ours, theirs = (
        _lines(stage.bc("salesInvoiceLines"), "documentId"),
        _lines(stage.sales("invoicedetail"), "_invoiceid_value"),
    )
    couplings = stage.couplings("POSTEDSALESINV-INV")
    for each in couplings:
        record, row = records[each.bc_id], rows[each.sales_id]
        number = record["number"]
        _same(row, "invoicenumber", number, number)
        _same(row, "totalamount", record["totalAmountIncludingTax"], number)
        account = accounts[row["_customerid_value"]]
        _same(account, "accountnumber", record["customerNumber"], number)
        here = sorted((line["sequence"], line["quantity"]) for line in ours[each.bc_id])
        there = sorted((line["lineitemnumber"], line["quantity"]) for line in theirs[each.sales_id])
        expect(here == there, f"Invoice {number} should have its {len(here)} lines; Sales has {there}.")
    lines = sum(len(theirs[each.sales_id]) for each in couplings)
    yield f"{len(couplings)} posted invoices with {lines} lines: customers, quantities, totals to the cent."


def _by(records: Iterable[Record], key: str) -> dict[str, Record]:
    return {str(each[key]).lower(): each for each in records}


def _lines(records: Iterable[Record], key: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for each in records:
        found.setdefault(str(each[key]).lower(), []).append(each)
    return found


def _place(line: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("priceListCode", "assetNumber", "assetType", "unitOfMeasureCode")
    return tuple(str(line[name]) for name in names)


def _same(row: Record, column: str, wanted: Any, what: str) -> None:
    held = row.get(column)
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        equal = abs(float(held or 0) - float(wanted)) < CENT
    else:
        equal = held == wanted
    expect(equal, f"{what}: Sales should hold {wanted} in {column}; it holds {held}.")
