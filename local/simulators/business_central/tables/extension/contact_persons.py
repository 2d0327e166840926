"""The contact person of a customer or vendor: its name (``contact``) and its ``primaryContactNumber``.

Rules of the tables Customer and Vendor (microsoft/BCApps): a name entered where there was neither a name nor
a primary contact creates a person contact; that rule writes to the stored record, so it fails for a record
that is not stored yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule
from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.relations import RELATION_OF, SHARED, links_of

_NAME, _PRIMARY = "contact", "primaryContactNumber"


def check_new(session: Session, table: str, given: Mapping[str, Any]) -> None:
    """A record that is created can have neither: raises 400 where one is given."""
    caption = session.types[table].table
    if given.get(_NAME):
        raise ApiError(400, "Internal_RecordNotFound", f"The {caption} does not exist.")
    if session.by_key("contacts", given.get(_PRIMARY, "")) is not None:
        raise _not_related(caption, given[_PRIMARY])


def with_person(session: Session, table: str, row: Row, sent: dict[str, Any]) -> dict[str, Any]:
    """What is sent, with name and primary contact following each other; raises 400 for a foreign contact."""
    if sent.get(_PRIMARY):
        return {_NAME: _name_of(session, table, row, sent[_PRIMARY]), **sent}
    if _PRIMARY in sent:
        return {_NAME: "", **sent}
    if not sent.get(_NAME) or row.extra.get(_NAME) or row.extra.get(_PRIMARY):
        return sent
    return {**sent, _PRIMARY: _create_person(session, row, sent[_NAME])}


def _name_of(session: Session, table: str, row: Row, number: str) -> str:
    contact = session.by_key("contacts", number)
    if contact is None:
        return ""
    if (RELATION_OF[table], row.id) not in links_of(session.company, contact.id, contact.values):
        raise _not_related(session.types[table].table, number)
    return str(contact.values["displayName"]) if contact.values["type"] == "Person" else ""


def _create_person(session: Session, row: Row, name: str) -> str:
    """A person of the record's company contact, with its address; '' where there is no such contact."""
    company = session.current("contacts", row.extra.get("contactId", ""))
    if company is None:
        return ""
    number = session.next_number("contacts", "contacts")
    values = session.types["contacts"].blank_values() | {shared: company.values[shared] for shared in SHARED}
    values |= {
        "id": session.new_id(),
        "number": number,
        "type": "Person",
        "displayName": name,
        "searchName": name.upper(),
        "email": "",
        "companyNumber": company.values["number"],
        "companyName": company.values["displayName"],
        "contactBusinessRelation": company.values["contactBusinessRelation"],
    }
    first, _, last = name.rpartition(" ")
    session.put("contacts", values["id"], values, {"firstName": first[:30], "surname": last[:30]})
    return number


def _not_related(caption: str, number: str) -> ApiError:
    return business_rule(f"Contact {number} is not related to this {caption.lower()}.")
