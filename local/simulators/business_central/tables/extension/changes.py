"""The pages ``...Changes``: ids and row versions of a table.

Read with a filter on ``rowVersion`` from the last cursor up to, and without, the minimum active row version
that ``synchronizationStates`` gives.  They are read-only and read from the primary, committed data only.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from local.simulators.business_central.schema import EXTENSION, MODIFIED, ROW_VERSION
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.amounts import header_of
from local.simulators.business_central.tables.documents import ORDER
from local.simulators.business_central.tables.posted import HEADERS, LINES
from local.simulators.business_central.tables.rules import TableRules
from local.simulators.business_central.values import stamp_text

_TABLES = {
    "contactChanges": "contacts",
    "countryRegionChanges": "countriesRegions",
    "currencyChanges": "currencies",
    "customerChanges": "customers",
    "customerPriceGroupChanges": "tandem/customerPriceGroups",
    "itemChanges": "items",
    "itemUnitOfMeasureChanges": "tandem/itemUnitsOfMeasure",
    "itemVariantChanges": "itemVariants",
    "locationChanges": "locations",
    "opportunityChanges": "opportunities",
    "paymentTermChanges": "paymentTerms",
    "priceListHeaderChanges": "tandem/priceListHeaders",
    "priceListLineChanges": "tandem/priceListLines",
    "resourceChanges": "tandem/resources",
    "resourceUnitOfMeasureChanges": "tandem/resourceUnitsOfMeasure",
    "salesOrderChanges": "salesOrders",
    "salesOrderLineChanges": "salesOrderLines",
    "salesPriceChanges": "tandem/salesPrices",
    "salespersonPurchaserChanges": "salespeoplePurchasers",
    "shipToAddressChanges": "tandem/shipToAddresses",
    "shipmentMethodChanges": "shipmentMethods",
    "shippingAgentChanges": "tandem/shippingAgents",
    "unitGroupChanges": "tandem/unitGroups",
    "unitOfMeasureChanges": "unitsOfMeasure",
    "vendorChanges": "vendors",
    "postedSalesInvoiceChanges": HEADERS,
    "postedSalesInvoiceLineChanges": LINES,
}


def _change(name: str, reader: Reader, row: Row) -> Row:
    is_order = _TABLES[name.removeprefix(EXTENSION)] == ORDER.table
    stamp, etag, version = header_of(row) if is_order else (row.modified_ms, row.etag, row.version)
    known: dict[str, Any] = {
        **row.values,
        "id": row.id,
        MODIFIED: stamp_text(stamp),
        ROW_VERSION: version,
    }
    if "documentNumber" in reader.types[name].properties and "documentId" in row.values:
        known |= {"documentNumber": _number_of(reader, row), "lineNumber": row.values["sequence"]}
    values = {column: known[column] for column in reader.types[name].properties}
    return Row(row.id, values, stamp, etag, row.extra, version)


def _number_of(reader: Reader, line: Row) -> str:
    order = reader.company.tables[ORDER.table].rows.get(line.values["documentId"])
    return str(order.values["number"]) if order else ""


def _rules(name: str, source: str) -> TableRules:
    return TableRules(source=source, project=partial(_change, name))


RULES = {f"{EXTENSION}{name}": _rules(f"{EXTENSION}{name}", source) for name, source in _TABLES.items()}
