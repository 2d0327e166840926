"""A company that sells: items, units, a vendor, opportunities, prices.  Small, made for the tests."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.simulators.business_central.client import RECORDS, Client, Reply

PCS = "11110000-0000-0000-0000-000000000001"
BOX = "11110000-0000-0000-0000-000000000002"
HOUR = "11110000-0000-0000-0000-000000000003"
TABLE = "22220000-0000-0000-0000-000000000001"
FURNITURE = "22220000-0000-0000-0000-000000000002"
DESK = "33330000-0000-0000-0000-000000000001"
ADVICE = "33330000-0000-0000-0000-000000000002"
BLACK = "33330000-0000-0000-0000-0000000000b1"
FABRIKAM = "44440000-0000-0000-0000-000000000001"
FABRIKAM_CONTACT = "44440000-0000-0000-0000-000000000002"
BLUE = "55550000-0000-0000-0000-000000000001"
RETAIL = "66660000-0000-0000-0000-000000000001"
RESALE = "66660000-0000-0000-0000-000000000002"
DISPUTE = "77770000-0000-0000-0000-000000000001"
STARTED = "88880000-0000-0000-0000-000000000001"
WON = "88880000-0000-0000-0000-000000000002"
SALES_ACCOUNT = "aaaa0000-0000-0000-0000-000000000001"
KATHERINE = "99990000-0000-0000-0000-000000000001"

SHOP: dict[str, list[dict[str, Any]]] = {
    **RECORDS,
    "unitsOfMeasure": [
        {"id": PCS, "code": "PCS", "displayName": "Piece", "internationalStandardCode": "EA"},
        {"id": BOX, "code": "BOX", "displayName": "Box", "internationalStandardCode": "BX"},
        {"id": HOUR, "code": "HOUR", "displayName": "Hour", "internationalStandardCode": "HUR"},
    ],
    "itemCategories": [{"id": TABLE, "code": "TABLE", "displayName": "Assorted Tables"}],
    "taxGroups": [{"id": FURNITURE, "code": "FURNITURE", "displayName": "Taxable furniture"}],
    "generalProductPostingGroups": [{"id": RETAIL, "code": "RETAIL", "description": "Retail"}],
    "inventoryPostingGroups": [{"id": RESALE, "code": "RESALE", "description": "Resale items"}],
    "locations": [{"id": BLUE, "code": "BLUE", "displayName": "Blue Warehouse"}],
    "disputeStatus": [{"id": DISPUTE, "code": "OPEN", "displayName": "Open dispute"}],
    "items": [
        {
            "id": DESK,
            "number": "1896-S",
            "displayName": "ATHENS Desk",
            "type": "Inventory",
            "unitPrice": 100,
            "unitCost": 60,
            "baseUnitOfMeasureId": PCS,
            "baseUnitOfMeasureCode": "PCS",
            "costingMethod": "FIFO",
            "grossWeight": 2.5,
            "vendorNumber": "V1",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        },
        {
            "id": ADVICE,
            "number": "ADVICE",
            "displayName": "Conseil à l'achat",
            "type": "Service",
            "unitPrice": 40,
            "baseUnitOfMeasureId": HOUR,
            "baseUnitOfMeasureCode": "HOUR",
        },
    ],
    "itemVariants": [{"id": BLACK, "itemId": DESK, "itemNumber": "1896-S", "code": "BLACK"}],
    "itemUnitsOfMeasure": [
        {"itemNumber": "1896-S", "code": "PCS", "quantityPerUnitOfMeasure": 1},
        {"itemNumber": "1896-S", "code": "BOX", "quantityPerUnitOfMeasure": 4},
        {"itemNumber": "ADVICE", "code": "HOUR", "quantityPerUnitOfMeasure": 1},
    ],
    "vendors": [
        {
            "id": FABRIKAM,
            "number": "V1",
            "displayName": "Fabrikam, Inc.",
            "blocked": " ",
            "purchaserCode": "JO",
            "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        }
    ],
    "contacts": [
        *RECORDS["contacts"],
        {
            "id": FABRIKAM_CONTACT,
            "number": "CT000009",
            "type": "Company",
            "displayName": "Fabrikam, Inc.",
            "companyNumber": "CT000009",
            "companyName": "Fabrikam, Inc.",
            "contactBusinessRelation": "Vendor",
        },
    ],
    "contactBusinessRelations": [
        *RECORDS["contactBusinessRelations"],
        {"contactId": FABRIKAM_CONTACT, "linkToTable": "Vendor", "relatedId": FABRIKAM},
    ],
    "salespeople": [
        {"code": "JO", "displayName": "Jim Olive"},
        {"code": "HR", "displayName": "Helena Ray"},
        {"code": "OLD", "displayName": "Left", "blocked": True},
    ],
    "opportunities": [
        {
            "id": STARTED,
            "number": "OP100001",
            "contactNumber": "CT000002",
            "salespersonCode": "JO",
            "description": "New tables",
            "status": "In_x0020_Progress",
            "probabilityPrc": 30,
        },
        {
            "id": WON,
            "number": "OP100002",
            "contactNumber": "CT000002",
            "salespersonCode": "JO",
            "description": "Old tables",
            "status": "Won",
            "closed": True,
        },
    ],
    "resources": [
        {
            "id": KATHERINE,
            "number": "KATHERINE",
            "displayName": "Katherine Hull",
            "type": "Person",
            "baseUnitOfMeasureCode": "HOUR",
            "unitPrice": 12.5,
            "unitCost": 6.3,
        }
    ],
    "resourceUnitsOfMeasure": [
        {"resourceNumber": "KATHERINE", "code": "HOUR", "quantityPerUnitOfMeasure": 1}
    ],
    "accounts": [
        {"id": SALES_ACCOUNT, "number": "6110", "displayName": "Sales, Retail", "directPosting": True},
        {"number": "2310", "displayName": "Customers Domestic", "directPosting": False},
    ],
    "customerPriceGroups": [{"code": "RETAIL", "displayName": "Retail", "priceIncludesTax": False}],
    "priceListHeaders": [{"code": "S001", "description": "All", "sourceType": "All_x0020_Customers"}],
    "priceListLines": [
        {"priceListCode": "S001", "assetType": "Item", "itemNumber": "1896-S", "currencyCode": "GBP"},
        {"priceListCode": "S001", "assetType": "Item", "itemNumber": "ADVICE", "currencyCode": "USD"},
    ],
    "shippingAgents": [{"code": "DHL", "displayName": "DHL Systems, Inc."}],
    "shipToAddresses": [{"customerNumber": "10000", "code": "DUDLEY", "displayName": "Cannon Group"}],
}  # fmt: skip


def shop(**options: Any) -> Client:
    """A fresh simulator with that company and Tandem's own API."""
    return Client(SHOP, **{"extension": True, **options})


def draft(bc: Client, **sent: Any) -> dict[str, Any]:
    """A draft invoice for the customer 10000, with one desk unless ``salesInvoiceLines`` says otherwise."""
    lines = [{"itemId": DESK, "quantity": 1}]
    body = {"customerNumber": "10000", "salesInvoiceLines": lines, **sent}
    reply = bc.post("salesInvoices?$expand=salesInvoiceLines", body)
    assert reply.status == 201, reply.raw
    made: dict[str, Any] = reply.json
    return made


def posted(bc: Client, **sent: Any) -> dict[str, Any]:
    """A posted invoice, made from ``draft``."""
    invoice = draft(bc, **sent)["id"]
    assert bc.post(f"salesInvoices({invoice})/Microsoft.NAV.post", None).status == 204
    row: dict[str, Any] = bc.get(f"salesInvoices({invoice})").json
    return row


def patch_extension(bc: Client, path: str, body: Any, if_match: str = "*") -> Reply:
    """A PATCH in Tandem's own API."""
    return bc.extension("PATCH", path, body, if_match=if_match)


def create(bc: Client, table: str, **sent: Any) -> Reply:
    """A creation in Tandem's own API with a key of its own."""
    return bc.extension("POST", table, {"tandemKey": str(uuid4()), "displayName": "New", **sent})
