"""Where the published records of ``local/data/business_central`` differ from the shape of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.simulators.business_central.schema import EXTENSION

Record = Mapping[str, Any]
_FILES: Final = {"salespeoplePurchasers": "salespeople"}
LINES: Final = {
    "salesInvoiceLines": "salesInvoices",
    "salesCreditMemoLines": "salesCreditMemos",
    "salesOrderLines": "salesOrders",
    "salesQuoteLines": "salesQuotes",
}
"""Lines stand inside their document's record: table to the table of the documents."""
_RENAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "salespeoplePurchasers": {"phoneNo": "phoneNumber", "commisionPercent": "commissionPercent"},
    "salesInvoices": {"invoiceDate": "documentDate"},
    "salesCreditMemos": {"creditMemoDate": "documentDate"},
    "tandem/customerPriceGroups": {"description": "displayName", "pricesIncludeTax": "priceIncludesTax"},
    "tandem/priceListLines": {
        "assetNumber": "itemNumber",
        "assetId": "itemId",
        "sourceNumber": "customerPriceGroup",
        "allowLineDiscount": "allowLineDisc",
        "allowInvoiceDiscount": "allowInvoiceDisc",
    },
}
_CONSTANT: Final[Mapping[str, Record]] = {
    "tandem/priceListHeaders": {"priceType": "Sale", "amountType": "Price"},
    "tandem/priceListLines": {"priceType": "Sale", "amountType": "Price", "status": "Active"},
}
_LOCAL_CURRENCY_IS_BLANK: Final = frozenset({"tandem/priceListHeaders", "tandem/priceListLines"})


def file_of(table: str) -> str:
    """The name, without ending, of the file that holds a table's records."""
    source = LINES.get(table, table)
    return _FILES.get(source, source.removeprefix(EXTENSION))


def records_of(
    table: str, records: Mapping[str, list[dict[str, Any]]], local_currency: str
) -> Iterator[Record]:
    """The records of a table, their properties called as in the API."""
    found: list[dict[str, Any]] = records.get(file_of(table), [])
    if table in LINES:
        found = [line for document in found for line in document.get(table, [])]
    numbers: dict[str, int] = {}
    for record in found:
        shaped = {**record, **_CONSTANT.get(table, {})}
        for name, published in _RENAMED.get(table, {}).items():
            if published in record:
                shaped[name] = shaped.pop(published)
        if table in _LOCAL_CURRENCY_IS_BLANK and shaped.get("currencyCode") == local_currency:
            shaped["currencyCode"] = ""
        if table == "tandem/priceListLines" and "lineNumber" not in shaped:
            code = shaped["priceListCode"]
            numbers[code] = shaped["lineNumber"] = numbers.get(code, 0) + 10_000
        yield shaped
