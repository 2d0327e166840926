"""Customers: number series, template, tax area, balance; what they share with vendors is in ``partners``."""

from __future__ import annotations

from dataclasses import replace

from local.simulators.business_central.errors import business_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.documents import KINDS, is_posted
from local.simulators.business_central.tables.financial_details import balance_due, has_documents
from local.simulators.business_central.tables.partners import (
    PAYMENT_METHOD,
    PAYMENT_TERMS,
    SHIPMENT_METHOD,
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
    require_name,
)


def _validate(edit: Edit) -> None:
    require_name(edit)
    check_relation(edit, "country", "countriesRegions")
    check_relation(edit, "salespersonCode", "salespeoplePurchasers")
    check_phone(edit, "phoneNumber")
    check_email(edit)
    check_terms(edit, PAYMENT_TERMS, SHIPMENT_METHOD, PAYMENT_METHOD)
    if edit.inserting:
        apply_template(edit, edit.session.company.customer_template)
    set_currency(edit)
    _set_tax_area(edit)
    assign_number(edit, "customers")
    give_contact(edit)


def _set_tax_area(edit: Edit) -> None:
    wanted = edit.values["taxAreaId"]
    area = edit.session.current("taxAreas", wanted)
    if wanted != EMPTY_ID and area is None and "taxAreaId" in edit.sent:
        raise invalid_relation("taxAreaId", edit.entity.table, wanted, "Tax Area")
    if "taxAreaId" in edit.sent or edit.inserting:
        edit.values["taxAreaDisplayName"] = area.values["displayName"] if area else ""


def _written(edit: Edit, row: Row) -> None:
    write_contact(edit, row, "Customer", row.values["type"])


def _deleting(session: Session, row: Row) -> None:
    """Neither a customer of an open document goes nor one to whom something was posted (Customer.OnDelete,
    MoveEntries of the Base Application)."""
    number = row.values["number"]
    for table in KINDS:
        for document in session.table(table).rows.values():
            if number not in (document.values["customerNumber"], document.values["billToCustomerNumber"]):
                continue
            if is_posted(document):
                raise business_rule(
                    f"You cannot delete Customer {number} because it has ledger entries in a fiscal year "
                    "that has not been closed yet."
                )
            raise business_rule(
                f"You cannot delete Customer {number} because there is at least one outstanding sales "
                "document for this customer."
            )


def _deleted(session: Session, row: Row) -> None:
    release_contact(session, row, "Customer")


def _with_balance(reader: Reader, row: Row) -> Row:
    if "balanceDue" not in row.values or not has_documents(reader, row.id):
        return row
    return replace(row, values={**row.values, "balanceDue": balance_due(reader, row)})


RULES = {
    "customers": TableRules(
        source="customers",
        key="number",
        references=(
            ("salesInvoices", "customerNumber"),
            ("salesInvoices", "billToCustomerNumber"),
            ("salesCreditMemos", "customerNumber"),
            ("salesCreditMemos", "billToCustomerNumber"),
            ("tandem/shipToAddresses", "customerNumber"),
        ),
        validate=_validate,
        written=_written,
        deleting=_deleting,
        deleted=_deleted,
        project=_with_balance,
    )
}
