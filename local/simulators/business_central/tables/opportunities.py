"""Opportunities.  The names of the contact and amounts are computed; stages move in the client only.

Rules: microsoft/BCApps, APIV2Opportunities, its test codeunit, and the Opportunity table.
"""

from __future__ import annotations

from local.simulators.business_central.errors import business_rule, invalid_relation
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.ledger import today_of
from local.simulators.business_central.tables.rules import TableRules, assign_number, check_relation
from local.simulators.business_central.values import stamp_text

_CLOSED = frozenset({"Won", "Lost"})
_FIXED = (
    ("contactNumber", 'The "contactNumber of a Won or Lost Opportunity cannot be changed'),
    ("salespersonCode", 'The "salespersonCode" of a Won or Lost Opportunity cannot be changed'),
)


def _validate(edit: Edit) -> None:
    _check_open(edit)
    check_relation(edit, "salespersonCode", "salespeoplePurchasers")
    _check_contact(edit)
    assign_number(edit, "opportunities")
    if edit.inserting:
        edit.values["creationDate"] = today_of(edit.session)
        edit.values["systemCreatedAt"] = stamp_text(edit.session.unit.writing.stamp_ms)


def _check_open(edit: Edit) -> None:
    """Contact and salesperson of a closed opportunity stay; a field is validated where its value differs."""
    if edit.before is None or edit.before.values["status"] not in _CLOSED:
        return
    for name, text in _FIXED:
        if name in edit.sent and edit.sent[name] != edit.before.values[name]:
            raise business_rule(text)


def _check_contact(edit: Edit) -> None:
    number = edit.sent.get("contactNumber", "")
    if not number:
        return
    contact = edit.session.by_key("contacts", number)
    if contact is None:
        raise invalid_relation("contactNumber", "Opportunity", number, "Contact")
    before = edit.session.by_key("contacts", edit.before.values["contactNumber"]) if edit.before else None
    started = edit.values["status"] == "In_x0020_Progress"
    if started and before and before.values["companyNumber"] != contact.values["companyNumber"]:
        raise business_rule(
            f"Contact {number} {contact.values['displayName']} is related to a different company than "
            f"contact {before.values['number']}."
        )
    salesperson = contact.extra.get("salespersonCode", "")
    if "salespersonCode" not in edit.sent and salesperson:
        edit.values["salespersonCode"] = salesperson


def _deleting(session: Session, row: Row) -> None:
    if row.values["status"] == "In_x0020_Progress":
        raise business_rule("You cannot delete this opportunity while it is active.")


def _with_names(reader: Reader, row: Row) -> Row:
    """Names as the contact has them now; a rename moves no stamp here."""
    contacts = reader.company.tables["contacts"]
    contact_id = contacts.by_key.get(row.values["contactNumber"])
    contact = contacts.find(contact_id, reader.as_of) if contact_id else None
    if contact is None:
        return row
    names = {
        "contactName": contact.values["displayName"],
        "contactCompanyName": contact.values["companyName"],
    }
    return Row(row.id, {**row.values, **names}, row.modified_ms, row.etag, row.extra, row.version)


RULES = {
    "opportunities": TableRules(
        source="opportunities",
        key="number",
        validate=_validate,
        deleting=_deleting,
        project=_with_names,
    )
}
