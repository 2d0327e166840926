"""What customers and vendors have in common: currency, terms, templates, and the contact each has.

Creating one creates its contact (linked by a business relation) and a change of one is written to the
other, as the Customer-Contact and Vendor-Contact updates of Business Central do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.relations import (
    SHARED,
    refresh_relations,
    rename_employer,
    shared_changed,
)

PAYMENT_TERMS = ("paymentTermsId", "paymentTerms", "Payment Terms")
SHIPMENT_METHOD = ("shipmentMethodId", "shipmentMethods", "Shipment Method")
PAYMENT_METHOD = ("paymentMethodId", "paymentMethods", "Payment Method")


def apply_template(edit: Edit, template: Mapping[str, Any]) -> None:
    """The template fills what the caller did not send, so the reply differs from the request."""
    company = edit.session.company
    filled = {"country": company.default_country} if company.default_country else {}
    for name, value in {**filled, **template}.items():
        if name not in edit.sent:
            edit.values[name] = value


def check_terms(edit: Edit, *terms: tuple[str, str, str]) -> None:
    """Ids of terms and methods that were sent must exist; each is (property, table, caption)."""
    for name, table, caption in terms:
        wanted = edit.sent.get(name, EMPTY_ID)
        if wanted != EMPTY_ID and edit.session.current(table, wanted) is None:
            raise business_rule(f'The "{name}" does not match to a {caption}.')


def set_currency(edit: Edit) -> None:
    """``currencyId`` and ``currencyCode`` must agree; blank is the local currency, shown with its code."""
    session, local = edit.session, edit.session.company.local_currency
    wanted_id = edit.sent.get("currencyId", EMPTY_ID)
    by_id = session.current("currencies", wanted_id)
    if wanted_id != EMPTY_ID and by_id is None:
        raise business_rule('The "currencyId" does not match to a Currency.')
    code = edit.sent.get("currencyCode")
    if code is not None:
        code = "" if code.strip().upper() == local else code.strip().upper()
    by_code = session.by_key("currencies", code) if code else None
    if by_id is not None and code is not None and by_id.values["code"] != code:
        raise business_rule("The currency values do not match to a specific Currency.")
    if code and by_code is None:
        raise business_rule('The "currencyCode" does not match to a Currency.')
    if "currencyId" in edit.sent or code is not None:
        store_currency(edit, by_id or by_code)
    elif not edit.values["currencyCode"]:
        store_currency(edit, session.current("currencies", edit.values["currencyId"]))


def store_currency(edit: Edit, currency: Row | None) -> None:
    """Set id and code; None is the local currency."""
    edit.values["currencyId"] = currency.id if currency else EMPTY_ID
    edit.values["currencyCode"] = currency.values["code"] if currency else edit.session.company.local_currency


def give_contact(edit: Edit) -> None:
    """Reserve the id of the contact that a new record gets."""
    if edit.inserting:
        edit.extra["contactId"] = edit.session.new_id()


def write_contact(edit: Edit, row: Row, relation: str, contact_type: str) -> None:
    """Create or update the contact of a record; ``relation`` is Customer or Vendor."""
    shared = {name: row.values[name] for name in SHARED}
    contact_id = row.extra.get("contactId")
    if edit.inserting:
        _create_contact(edit.session, row, shared, relation, contact_type)
    elif edit.before is not None and not shared_changed(edit.before.values, row.values):
        return
    elif contact_id is not None and edit.session.current("contacts", contact_id) is not None:
        _update_contact(edit.session, contact_id, shared)


def release_contact(session: Session, row: Row, relation: str) -> None:
    """The contact of a deleted record stays and loses its relation."""
    contact_id = row.extra.get("contactId")
    if contact_id is None:
        return
    links = session.company.relations.get(contact_id, ())
    session.relate(contact_id, tuple(link for link in links if link != (relation, row.id)))
    refresh_relations(session, contact_id)


def _create_contact(
    session: Session, partner: Row, shared: dict[str, str], relation: str, contact_type: str
) -> None:
    contact_id = partner.extra["contactId"]
    number = session.next_number("contacts", "contacts")
    values = session.types["contacts"].blank_values() | shared
    values |= {"id": contact_id, "number": number, "type": contact_type}
    values["searchName"] = shared["displayName"].upper()
    values["contactBusinessRelation"] = relation
    if contact_type == "Company":
        values |= {"companyNumber": number, "companyName": shared["displayName"]}
    session.relate(contact_id, ((relation, partner.id),))
    session.put("contacts", contact_id, values, {})


def _update_contact(session: Session, contact_id: str, shared: dict[str, str]) -> None:
    before = session.table("contacts").rows[contact_id].values
    changes = dict(shared)
    if before["searchName"] == before["displayName"].upper():
        changes["searchName"] = shared["displayName"].upper()
    if before["type"] == "Company":
        changes["companyName"] = shared["displayName"]
    session.change("contacts", contact_id, changes)
    if before["type"] == "Company" and before["displayName"] != shared["displayName"]:
        rename_employer(session, before["number"], shared["displayName"])
