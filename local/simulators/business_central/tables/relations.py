"""Business relations of contacts: which customer, vendor or bank stands behind a contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.session import Session
from local.simulators.business_central.storage import Company, Table

SHARED = (
    "displayName",
    "addressLine1",
    "addressLine2",
    "city",
    "state",
    "country",
    "postalCode",
    "phoneNumber",
    "email",
    "website",
    "taxRegistrationNumber",
)
"""What a customer or vendor and its contact have in common; a change of one is written to the other."""
PARTNERS = {"Customer": "customers", "Vendor": "vendors"}
"""The table behind a business relation, where it is simulated."""
RELATION_OF = {table: relation for relation, table in PARTNERS.items()}


def shared_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change touches what customer and contact have in common; only then all of it is copied."""
    return any(before[name] != after[name] for name in SHARED)


def links_of(company: Company, contact_id: str, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The relations of a contact: its own and, for a person, those of the company it belongs to."""
    own = company.relations.get(contact_id, ())
    employer = company.tables["contacts"].by_key.get(values["companyNumber"])
    if employer is None or employer == contact_id:
        return own
    return own + tuple(link for link in company.relations.get(employer, ()) if link not in own)


def relation_of(company: Company, contact_id: str, values: Mapping[str, Any]) -> str:
    """The computed ``contactBusinessRelation``: one relation's table, Other, Multiple or None."""
    links = links_of(company, contact_id, values)
    if not links:
        return "None"
    if len(links) > 1:
        return "Multiple"
    table = links[0][0]
    return "Other" if table == "None" else table


def refresh_relations(session: Session, contact_id: str) -> None:
    """Write the computed relation of a contact and of the persons in it where it changed."""
    contacts: Table = session.table("contacts")
    row = contacts.rows.get(contact_id)
    if row is None:
        return
    for row_id in dict.fromkeys([contact_id, *contacts.group(row.values["number"])]):
        values = contacts.rows[row_id].values
        relation = relation_of(session.company, row_id, values)
        session.change("contacts", row_id, {"contactBusinessRelation": relation})


def rename_employer(session: Session, number: str, name: str) -> None:
    """Persons show their company's present name."""
    for row_id in session.table("contacts").group(number):
        session.change("contacts", row_id, {"companyName": name})
