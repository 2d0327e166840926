"""``contactsInformation``: contacts behind a customer or vendor, computed on each read; needs a parent."""

from __future__ import annotations

from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.relations import PARTNERS
from local.simulators.business_central.tables.rules import TableRules

_LINKED = frozenset({"Customer", "Vendor", "Bank_x0020_Account", "Employee"})


def _children(reader: Reader, parent: str, row: Row) -> list[Row]:
    if parent == "contacts":
        return _of_contact(reader, row)
    relation = next((name for name, table in PARTNERS.items() if table == parent), None)
    return _of_partner(reader, row, relation) if relation else []


def _of_partner(reader: Reader, partner: Row, relation: str) -> list[Row]:
    """The record's contact, then the persons who belong to it."""
    contacts = reader.company.tables["contacts"]
    contact_id = partner.extra.get("contactId")
    contact = contacts.find(contact_id, reader.as_of) if contact_id else None
    if contact is None:
        return []
    ids = dict.fromkeys([contact.id, *contacts.group(contact.values["number"])])
    found = (contacts.find(row_id, reader.as_of) for row_id in ids)
    return [_information(each, relation, partner.id) for each in found if each is not None]


def _of_contact(reader: Reader, contact: Row) -> list[Row]:
    links = reader.company.relations.get(contact.id, ())
    return [_information(contact, table, related) for table, related in links if table in _LINKED]


def _everything(reader: Reader) -> list[Row]:
    return [
        row
        for relation, table in PARTNERS.items()
        for partner in reader.company.tables[table].in_order(reader.as_of)
        for row in _of_partner(reader, partner, relation)
    ]


def _information(contact: Row, related_type: str, related_id: str) -> Row:
    values = {
        "contactId": contact.id,
        "contactNumber": contact.values["number"],
        "contactName": contact.values["displayName"],
        "contactType": contact.values["type"],
        "relatedId": related_id,
        "relatedType": related_type,
    }
    return Row(contact.id, values, contact.modified_ms, contact.etag, {})


RULES = {
    "contactsInformation": TableRules(
        source="contacts",
        needs_parent=(frozenset({"relatedId", "relatedType"}),),
        parent_missing="id type not specified.",
        children=_children,
        everything=_everything,
    )
}
