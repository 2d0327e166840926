"""Customers, vendors, contacts, items and opportunities with the fields that API v2.0 lacks.

They show the rows of API v2.0.  What that API gives as an id is a code here; what it lacks stands in the
row's ``extra``.  A creation needs a ``tandemKey`` that was never used for its table, and stores it in the
same transaction; the key outlives the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule, field_rule, invalid_relation
from local.simulators.business_central.schema import EMPTY_ID, EXTENSION, ROW_VERSION, EntityType
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row
from local.simulators.business_central.table_numbers import TABLE_NUMBERS
from local.simulators.business_central.tables.extension.contact_persons import check_new, with_person
from local.simulators.business_central.tables.financial_details import (
    balance,
    balance_due,
    outstanding_orders,
    shipped_not_invoiced,
)
from local.simulators.business_central.tables.ledger import inventory_of
from local.simulators.business_central.tables.planned import outstanding
from local.simulators.business_central.tables.relations import RELATION_OF
from local.simulators.business_central.tables.rules import TableRules

RECORD_KEYS = "tandem/recordKeys"
_OWN = ("tandemKey", "templateCode")
_NAME_PARTS = ("firstName", "middleName", "surname")
_TEMPLATE_TABLES = {
    "customers": "Customer Template",
    "vendors": "Vendor Template",
    "items": "Item Template",
    "contacts": "Config. Template Header",
}


@dataclass(frozen=True, slots=True)
class View:
    """How a set shows a table of API v2.0.

    ``codes``: property to (the id's property there, the table it points to).  ``checked``: property to the
    table that must have its code.  ``computed``: properties made from the row.
    """

    source: str
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    checked: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Callable[[Reader, Row], Any]] = field(default_factory=dict)
    prepare: Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] = lambda sent, _: sent

    @property
    def name(self) -> str:
        return f"{EXTENSION}{self.source}"

    @property
    def has_person(self) -> bool:
        """Customers and vendors name a contact person."""
        return self.source in RELATION_OF

    def project(self, reader: Reader, row: Row) -> Row:
        """The row as the extension shows it."""
        entity = reader.types[self.name]
        values = {name: self._value(reader, row, entity, name) for name in entity.properties}
        return Row(row.id, values, row.modified_ms, row.etag, row.extra, row.version)

    def _value(self, reader: Reader, row: Row, entity: EntityType, name: str) -> Any:
        if name == ROW_VERSION:
            return row.version
        if name in self.computed:
            return self.computed[name](reader, row)
        if name == "currencyCode":
            code = row.values.get(name, row.extra.get(name, ""))
            return "" if code == reader.company.local_currency else code
        if name in self.codes:
            id_name, table = self.codes[name]
            target = reader.company.tables[table].rows.get(row.values[id_name])
            return target.values["code"] if target else ""
        if name in row.values:
            return row.values[name]
        return row.extra.get(name, entity.properties[name].blank)

    def to_source(self, session: Session, row: Row, sent: Mapping[str, Any]) -> dict[str, Any]:
        """A PATCH as one of the row behind; numbers, keys and templates stay as they are."""
        if sent.get("number", row.values["number"]) != row.values["number"]:
            raise field_rule(f"No. must be equal to '{row.values['number']}'.")
        held = row.extra.get("tandemKey", EMPTY_ID)
        if sent.get("tandemKey", held) != held:
            raise business_rule('The "tandemKey" of a record cannot be changed.')
        if sent.get("templateCode"):
            raise business_rule('A "templateCode" can be given at creation only.')
        kept = {name: value for name, value in sent.items() if name not in (*_OWN, "number")}
        translated = self._translated(session, self.prepare(kept, row.extra))
        return with_person(session, self.source, row, translated) if self.has_person else translated

    def create(self, session: Session, sent: Mapping[str, Any]) -> Edit:
        """A creation as one of the row behind; what was sent wins over the template."""
        key = sent.get("tandemKey", EMPTY_ID)
        check_key(session, self.source, key)
        given = self.prepare({name: value for name, value in sent.items() if name not in _OWN}, {})
        if not given.get("displayName"):
            raise business_rule('A "displayName" must be provided.')
        if self.has_person:
            check_new(session, self.source, given)
        template = _template(session, self.source, sent.get("templateCode", ""))
        translated = self._translated(session, {**template, **given})
        entity = session.types[self.source]
        row_id = session.new_id()
        values = {name: value for name, value in translated.items() if name in entity.properties}
        extra = {name: value for name, value in translated.items() if name not in entity.properties}
        remember_key(session, self.source, key, row_id)
        return Edit(
            session,
            entity,
            row_id,
            translated,
            {**entity.blank_values(), **values, "id": row_id},
            {**extra, "tandemKey": key},
            None,
        )

    def _translated(self, session: Session, sent: Mapping[str, Any]) -> dict[str, Any]:
        translated: dict[str, Any] = {}
        for name, value in sent.items():
            if name in self.codes:
                id_name, table = self.codes[name]
                translated[id_name] = id_of(session, self.name, name, table, value)
            else:
                if name in self.checked and value and session.by_key(self.checked[name], value) is None:
                    raise no_relation(session, self.name, name, self.checked[name], value)
                translated[name] = value
        return translated

    def rules(self) -> TableRules:
        """The set's rules; those of the table behind hold besides."""
        return TableRules(
            source=self.source, project=self.project, to_source=self.to_source, create=self.create
        )


def id_of(session: Session, view: str, name: str, table: str, code: str) -> str:
    """The id of the row with a code; raises 400 where there is none."""
    if not code:
        return EMPTY_ID
    row = session.by_key(table, code)
    if row is None:
        raise no_relation(session, view, name, table, code)
    return row.id


def no_relation(session: Session, view: str, name: str, table: str, code: str) -> ApiError:
    """400 for a code that no row of the table has."""
    return invalid_relation(name, session.types[view].table, code, session.types[table].table)


def check_key(session: Session, table: str, key: str) -> None:
    """Refuse a creation without a key, or with one that was used."""
    if key == EMPTY_ID:
        raise business_rule('A "tandemKey" must be provided.')
    used = session.table(RECORD_KEYS)
    for row_id in used.group(key):
        row = used.rows[row_id]
        if row.values["tableNumber"] == TABLE_NUMBERS[table]:
            raise business_rule(
                f'A record with this "tandemKey" was created already: {row.values["recordId"]}.'
            )


def remember_key(session: Session, table: str, key: str, record_id: str) -> None:
    """Keep the key of a record that was just created."""
    row_id = session.new_id()
    values = {"id": row_id, "tableNumber": TABLE_NUMBERS[table], "tandemKey": key, "recordId": record_id}
    session.put(RECORD_KEYS, row_id, {**session.types[RECORD_KEYS].blank_values(), **values}, {})


def _template(session: Session, table: str, code: str) -> Mapping[str, Any]:
    if not code:
        return {}
    found = session.company.templates.get(table, {}).get(code)
    if found is None:
        raise ApiError(
            400,
            "Internal_RecordNotFound",
            f"The {_TEMPLATE_TABLES[table]} does not exist. Identification fields and values: Code='{code}'",
        )
    return found


def _with_full_name(sent: dict[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """The name of a person follows its parts where only these were sent."""
    if "displayName" in sent or not sent.keys() & set(_NAME_PARTS):
        return sent
    parts = (sent.get(name, held.get(name, "")) for name in _NAME_PARTS)
    return {**sent, "displayName": " ".join(part for part in parts if part)}


def _inventory(reader: Reader, row: Row) -> Any:
    return inventory_of(reader, row.values["number"])


def _company_of_contact(reader: Reader, row: Row) -> str:
    contacts = reader.company.tables["contacts"]
    contact = contacts.rows.get(contacts.by_key.get(row.values["contactNumber"], ""))
    return str(contact.values["companyNumber"]) if contact else ""


def _company_contact(reader: Reader, row: Row) -> str:
    """The number of the contact that stands behind a customer or vendor."""
    contact = reader.company.tables["contacts"].find(row.extra.get("contactId", EMPTY_ID), reader.as_of)
    return str(contact.values["number"]) if contact else ""


def _bill_to(reader: Reader, row: Row) -> str:
    """The id of the customer that pays for a customer."""
    customers = reader.company.tables["customers"]
    return customers.by_key.get(row.extra.get("billToCustomerNumber", ""), EMPTY_ID)


def _probability(_: Reader, row: Row) -> Any:
    return row.extra.get("probabilityPrc", 0)


_TERMS = {
    "paymentTermsCode": ("paymentTermsId", "paymentTerms"),
    "paymentMethodCode": ("paymentMethodId", "paymentMethods"),
}
_CURRENCY = {"currencyCode": "currencies"}
_SHIPPING = {"shippingAgentCode": "tandem/shippingAgents", "locationCode": "locations"}
_CONTACT = {"primaryContactNumber": "contacts"}
CUSTOMERS = View(
    "customers",
    {
        **_TERMS,
        "shipmentMethodCode": ("shipmentMethodId", "shipmentMethods"),
        "taxAreaCode": ("taxAreaId", "taxAreas"),
    },
    {
        **_CURRENCY,
        **_SHIPPING,
        **_CONTACT,
        "billToCustomerNumber": "customers",
        "customerPriceGroup": "tandem/customerPriceGroups",
    },
    {
        "balance": balance,
        "balanceDue": balance_due,
        "outstandingOrders": outstanding_orders,
        "shippedNotInvoiced": shipped_not_invoiced,
        "companyContactNumber": _company_contact,
        "billToCustomerId": _bill_to,
    },
)
VENDORS = View(
    "vendors",
    _TERMS,
    {
        **_CURRENCY,
        **_SHIPPING,
        **_CONTACT,
        "purchaserCode": "salespeoplePurchasers",
        "shipmentMethodCode": "shipmentMethods",
    },
    {"companyContactNumber": _company_contact},
)
CONTACTS = View(
    "contacts",
    {},
    {**_CURRENCY, "salespersonCode": "salespeoplePurchasers"},
    prepare=_with_full_name,
)
ITEMS = View(
    "items",
    {},
    {"vendorNumber": "vendors"},
    {
        "inventory": _inventory,
        "quantityOnSalesOrders": lambda reader, row: outstanding(reader, row, "Sale"),
        "quantityOnPurchaseOrders": lambda reader, row: outstanding(reader, row, "Purchase"),
    },
)
OPPORTUNITIES = View(
    "opportunities", {}, {}, {"contactCompanyNumber": _company_of_contact, "probabilityPercent": _probability}
)
MOVEMENTS = View("itemLedgerEntries")
RULES = {view.name: view.rules() for view in (CUSTOMERS, VENDORS, CONTACTS, ITEMS, OPPORTUNITIES)} | {
    MOVEMENTS.name: TableRules(source=MOVEMENTS.source, project=MOVEMENTS.project)
}
