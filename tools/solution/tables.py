"""The tables of Dataverse that the solution touches: their schema names, and whose rights hold for them.

Rights are those of Microsoft's security roles. Some tables have no rights of their own: price lists and units
are covered by Product, lines of documents by their document, an address by its account or contact.  Closing
an opportunity makes an activity.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table. `privilege` is the name in its privileges, such as Order in prvReadOrder; empty where the
    rights of the row it belongs to hold."""

    schema_name: str
    privilege: str


def _table(schema_name: str, privilege: str | None = None) -> Table:
    return Table(schema_name, schema_name if privilege is None else privilege)


TABLES = {
    table.schema_name.lower(): table
    for table in (
        _table("Account"),
        _table("ActivityPointer", "Activity"),
        _table("Annotation", "Note"),
        _table("BusinessUnit"),
        _table("Contact"),
        _table("CustomerAddress", ""),
        _table("Invoice"),
        _table("InvoiceDetail", "Invoice"),
        _table("Opportunity"),
        _table("Organization"),
        _table("PriceLevel", "Product"),
        _table("Product"),
        _table("ProductPriceLevel", "Product"),
        _table("Quote"),
        _table("QuoteDetail", "Quote"),
        _table("Role"),
        _table("SalesOrder", "Order"),
        _table("SalesOrderDetail", "Order"),
        _table("SdkMessage"),
        _table("SdkMessageProcessingStep"),
        _table("ServiceEndpoint"),
        _table("Subject"),
        _table("SystemUser", "User"),
        _table("Team"),
        _table("Territory"),
        _table("TransactionCurrency"),
        _table("UoM", "Product"),
        _table("UoMSchedule", "Product"),
    )
}
RIGHTS = {
    "create": "Create",
    "read": "Read",
    "write": "Write",
    "delete": "Delete",
    "append": "Append",
    "append_to": "AppendTo",
    "assign": "Assign",
    "share": "Share",
}
