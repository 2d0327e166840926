"""Customers: number series, templates, currency, and the contact each customer has.

Creating a customer creates its contact (linked by a business relation) and a change of one is
written to the other, as the Customer-Contact update of Business Central does.
"""

from __future__ import annotations

from local.simulators.business_central.errors import business_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.relations import (
    SHARED,
    refresh_relations,
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

_TERMS = (
    ("paymentTermsId", "paymentTerms", "Payment Terms"),
    ("shipmentMethodId", "shipmentMethods", "Shipment Method"),
    ("paymentMethodId", "paymentMethods", "Payment Method"),
)


def _validate(edit: Edit) -> None:
    require_name(edit)
    check_relation(edit, "country", "countriesRegions")
    check_relation(edit, "salespersonCode", "salespeoplePurchasers")
    check_phone(edit, "phoneNumber")
    check_email(edit)
    _check_terms(edit)
    if edit.inserting:
        _apply_template(edit)
    _set_currency(edit)
    _set_tax_area(edit)
    assign_number(edit, "customers")
    if edit.inserting:
        edit.extra["contactId"] = edit.session.new_id()


def _apply_template(edit: Edit) -> None:
    """The template fills what the caller did not send, so the reply differs from the request."""
    company = edit.session.company
    filled = {"country": company.default_country} if company.default_country else {}
    for name, value in {**filled, **company.customer_template}.items():
        if name not in edit.sent:
            edit.values[name] = value


def _check_terms(edit: Edit) -> None:
    for name, table, caption in _TERMS:
        wanted = edit.sent.get(name, EMPTY_ID)
        if wanted != EMPTY_ID and edit.session.current(table, wanted) is None:
            raise business_rule(f'The "{name}" does not match to a {caption}.')


def _set_currency(edit: Edit) -> None:
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
        _store_currency(edit, by_id or by_code)
    elif not edit.values["currencyCode"]:
        _store_currency(edit, session.current("currencies", edit.values["currencyId"]))


def _store_currency(edit: Edit, currency: Row | None) -> None:
    edit.values["currencyId"] = currency.id if currency else EMPTY_ID
    edit.values["currencyCode"] = currency.values["code"] if currency else edit.session.company.local_currency


def _set_tax_area(edit: Edit) -> None:
    wanted = edit.values["taxAreaId"]
    area = edit.session.current("taxAreas", wanted)
    if wanted != EMPTY_ID and area is None and "taxAreaId" in edit.sent:
        raise invalid_relation("taxAreaId", edit.entity.table, wanted, "Tax Area")
    if "taxAreaId" in edit.sent or edit.inserting:
        edit.values["taxAreaDisplayName"] = area.values["displayName"] if area else ""


def _written(edit: Edit, row: Row) -> None:
    shared = {name: row.values[name] for name in SHARED}
    contact_id = row.extra.get("contactId")
    if edit.inserting:
        _create_contact(edit.session, row, shared)
    elif edit.before is not None and not shared_changed(edit.before.values, row.values):
        return
    elif contact_id is not None and edit.session.current("contacts", contact_id) is not None:
        _update_contact(edit.session, contact_id, shared)


def _create_contact(session: Session, customer: Row, shared: dict[str, str]) -> None:
    contact_id = customer.extra["contactId"]
    number = session.next_number("contacts", "contacts")
    values = session.types["contacts"].blank_values() | shared
    values |= {"id": contact_id, "number": number, "type": customer.values["type"]}
    values["searchName"] = shared["displayName"].upper()
    values["contactBusinessRelation"] = "Customer"
    if values["type"] == "Company":
        values |= {"companyNumber": number, "companyName": shared["displayName"]}
    session.relate(contact_id, (("Customer", customer.id),))
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


def _deleted(session: Session, row: Row) -> None:
    """The contact stays and loses its relation."""
    contact_id = row.extra.get("contactId")
    if contact_id is None:
        return
    links = session.company.relations.get(contact_id, ())
    session.relate(contact_id, tuple(link for link in links if link != ("Customer", row.id)))
    refresh_relations(session, contact_id)


RULES = {
    "customers": TableRules(
        source="customers", key="number", validate=_validate, written=_written, deleted=_deleted
    )
}
