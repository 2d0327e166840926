"""Vendors.  The API page asks for no name: a vendor may be created with nothing but its number."""

from __future__ import annotations

from local.simulators.business_central.session import Edit, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.partners import (
    PAYMENT_METHOD,
    PAYMENT_TERMS,
    apply_template,
    check_terms,
    give_contact,
    release_contact,
    set_currency,
    write_contact,
)
from local.simulators.business_central.tables.rules import (
    TableRules,
    assign_number,
    check_email,
    check_phone,
    check_relation,
)


def _validate(edit: Edit) -> None:
    check_relation(edit, "country", "countriesRegions")
    check_phone(edit, "phoneNumber")
    check_email(edit)
    check_terms(edit, PAYMENT_TERMS, PAYMENT_METHOD)
    if edit.inserting:
        apply_template(edit, edit.session.company.vendor_template)
    set_currency(edit)
    assign_number(edit, "vendors")
    give_contact(edit)


def _written(edit: Edit, row: Row) -> None:
    write_contact(edit, row, "Vendor", "Company")


def _deleted(session: Session, row: Row) -> None:
    release_contact(session, row, "Vendor")


RULES = {
    "vendors": TableRules(
        source="vendors",
        key="number",
        references=(("items", "vendorNumber"), ("tandem/resources", "vendorNumber")),
        validate=_validate,
        written=_written,
        deleted=_deleted,
    )
}
