"""Contacts: company and person contacts, and the ``customerContacts`` view on persons of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import business_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.relations import (
    PARTNERS,
    SHARED,
    links_of,
    relation_of,
    rename_employer,
    shared_changed,
)
from local.simulators.business_central.tables.rules import (
    TableRules,
    assign_number,
    check_email,
    check_phone,
    check_relation,
    require_name,
)


def _validate(edit: Edit) -> None:
    require_name(edit)
    check_relation(edit, "country", "countriesRegions")
    check_phone(edit, "phoneNumber", "mobilePhoneNumber")
    check_email(edit)
    if edit.inserting and "country" not in edit.sent:
        edit.values["country"] = edit.session.company.default_country
    assign_number(edit, "contacts")
    _set_employer(edit)
    _set_search_name(edit)
    _set_name_parts(edit)
    relation = relation_of(edit.session.company, edit.row_id, edit.values)
    edit.values["contactBusinessRelation"] = relation


def _set_employer(edit: Edit) -> None:
    """A company contact is its own company; a person's company name follows the company number."""
    values = edit.values
    if values["type"] == "Company":
        values["companyNumber"], values["companyName"] = values["number"], values["displayName"]
        return
    if "companyNumber" not in edit.sent and edit.sent.get("companyName"):
        values["companyNumber"] = _number_of_company(edit, edit.sent["companyName"])
    name_cleared = edit.sent.get("companyName") == "" and "companyNumber" not in edit.sent
    if not values["companyNumber"] or name_cleared:
        values["companyNumber"], values["companyName"] = "", ""
        return
    employer = edit.session.by_key("contacts", values["companyNumber"])
    if employer is None or employer.values["type"] != "Company":
        raise invalid_relation("companyNumber", "Contact", values["companyNumber"], "Contact")
    values["companyName"] = employer.values["displayName"]


def _number_of_company(edit: Edit, name: str) -> str:
    for row in edit.session.table("contacts").rows.values():
        if row.values["type"] == "Company" and row.values["displayName"] == name:
            return str(row.values["number"])
    raise invalid_relation("companyName", "Contact", name, "Contact")


def _set_search_name(edit: Edit) -> None:
    """The search name follows the name as long as nobody chose another one."""
    before = edit.before.values if edit.before else {"searchName": "", "displayName": ""}
    follows = before["searchName"] in ("", before["displayName"].upper())
    if not edit.values["searchName"] or ("searchName" not in edit.sent and follows):
        edit.values["searchName"] = edit.values["displayName"].upper()


def _set_name_parts(edit: Edit) -> None:
    if edit.sent.keys() & {"firstName", "middleName", "surname"}:
        return
    if "displayName" in edit.sent and edit.values["type"] == "Person":
        *first, last = edit.values["displayName"].split() or [""]
        middle = first.pop() if len(first) > 1 else ""
        edit.extra |= {"firstName": " ".join(first)[:30], "middleName": middle[:30], "surname": last[:30]}


def _written(edit: Edit, row: Row) -> None:
    before = edit.before.values if edit.before else row.values
    if row.values["type"] == "Company" and before["displayName"] != row.values["displayName"]:
        rename_employer(edit.session, row.values["number"], row.values["displayName"])
    if not shared_changed(before, row.values):
        return
    shared = {name: row.values[name] for name in SHARED}
    for relation, related_id in edit.session.company.relations.get(row.id, ()):
        table = PARTNERS.get(relation)
        if table is not None and edit.session.current(table, related_id) is not None:
            edit.session.change(table, related_id, shared)


def _deleted(session: Session, row: Row) -> None:
    """With a company contact its persons go too; customers and vendors exist on without a contact."""
    session.relate(row.id, ())
    if row.values["type"] == "Company":
        for row_id in session.table("contacts").group(row.values["number"]):
            session.relate(row_id, ())
            session.remove("contacts", row_id)


def _customer_of(reader: Reader, row: Row) -> Row | None:
    for table, related_id in links_of(reader.company, row.id, row.values):
        customer = reader.company.tables["customers"].find(related_id, reader.as_of)
        if table == "Customer" and customer is not None:
            return customer
    return None


def _as_customer_contact(reader: Reader, row: Row) -> Row | None:
    if row.values["type"] != "Person":
        return None
    customer = _customer_of(reader, row)
    if customer is None:
        return None
    values = {
        "id": row.id,
        "email": row.values["email"],
        "firstName": row.extra.get("firstName", ""),
        "lastName": row.extra.get("surname", ""),
        "professionalTitle": row.values["jobTitle"],
        "customerId": customer.id,
        "customerName": customer.values["displayName"],
        "primaryPhoneNumber": row.values["phoneNumber"],
    }
    return Row(row.id, values, row.modified_ms, row.etag, row.extra)


_SAME = {"email": "email", "professionalTitle": "jobTitle", "primaryPhoneNumber": "phoneNumber"}


def _to_contact(session: Session, row: Row, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A PATCH of a customer contact as one of its contact."""
    changes = {_SAME[name]: value for name, value in sent.items() if name in _SAME}
    if "firstName" in sent or "lastName" in sent:
        first = sent.get("firstName", row.extra.get("firstName", ""))
        last = sent.get("lastName", row.extra.get("surname", ""))
        changes["displayName"] = f"{first} {last}".strip()
    if "customerId" in sent:
        changes["companyNumber"] = _company_number(session, sent["customerId"])
    return changes


def _company_number(session: Session, customer_id: str) -> str:
    customer = session.current("customers", customer_id)
    contact_id = customer.extra.get("contactId", EMPTY_ID) if customer else EMPTY_ID
    contact = session.current("contacts", contact_id)
    if contact is None:
        raise business_rule(f"Customer with provided id - {customer_id} does not exist")
    return str(contact.values["number"])


RULES = {
    "contacts": TableRules(
        source="contacts",
        key="number",
        group="companyNumber",
        references=(
            ("contacts", "companyNumber"),
            ("opportunities", "contactNumber"),
            ("customers", "primaryContactNumber"),
            ("vendors", "primaryContactNumber"),
        ),
        validate=_validate,
        written=_written,
        deleted=_deleted,
    ),
    "customerContacts": TableRules(
        source="contacts", project=_as_customer_contact, to_source=_to_contact, deleted=_deleted
    ),
}
