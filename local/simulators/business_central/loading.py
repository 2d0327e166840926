"""Companies from records: the shapes of ``local/data/business_central``.

Only properties of the API are kept; codes beside ids are resolved where the id is missing, and
business relations become the links between contacts, customers and vendors.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.simulators.business_central.published import LINES, file_of, records_of
from local.simulators.business_central.schema import EMPTY_ID, MODIFIED, ROW_VERSION, EntityType
from local.simulators.business_central.storage import Company, NumberSeries, Row, Table
from local.simulators.business_central.tables import RULES, STORED
from local.simulators.business_central.tables.documents import complete
from local.simulators.business_central.tables.relations import PARTNERS
from local.simulators.business_central.values import (
    etag_of,
    stamp_from_text,
    stamp_ms,
    stamp_text,
    stored_code,
)

Records = Mapping[str, list[dict[str, Any]]]
_SERIES = {
    "customers": ("CUST", "C", 5, 10),
    "contacts": ("CONT", "CT", 6, 1),
    "vendors": ("VEND", "V", 5, 10),
    "items": ("ITEM", "IT", 5, 1),
    "opportunities": ("OPP", "OP", 6, 1),
    "tandem/resources": ("RES", "R", 5, 1),
    "salesInvoices": ("S-INV", "S-INV", 6, 1),
    "salesCreditMemos": ("S-CR", "S-CR", 6, 1),
    "salesOrders": ("S-ORD", "S-ORD", 6, 1),
    "salesQuotes": ("S-QUO", "S-QUO", 6, 1),
}
_POSTED_SERIES = {"salesInvoices": ("S-INV+", "PS-INV", 6, 1), "salesCreditMemos": ("S-CR+", "PS-CR", 6, 1)}
_WITH_CURRENCY = frozenset(
    {"customers", "vendors", "salesInvoices", "salesCreditMemos", "salesOrders", "salesQuotes"}
)


def read_folder(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The records of a company's folder by file name; files that are not there are left out."""
    names = dict.fromkeys([*map(file_of, STORED), "contactBusinessRelations"])
    paths = {name: folder / f"{name}.json" for name in names}
    return {name: json.loads(path.read_text("utf-8")) for name, path in paths.items() if path.is_file()}


def company_entry(data: Path, name: str) -> dict[str, Any]:
    """The entry of ``companies.json`` for a company name; raises KeyError when there is none."""
    entries: list[dict[str, Any]] = json.loads((data / "companies.json").read_text("utf-8"))
    found = next((entry for entry in entries if entry["name"] == name), None)
    if found is None:
        raise KeyError(f"companies.json has no company {name!r}; it has {[e['name'] for e in entries]}")
    return found


def build_company(
    entry: Mapping[str, Any],
    records: Records,
    types: Mapping[str, EntityType],
    node: int,
    now: float,
    next_version: Callable[[], int],
) -> Company:
    """A company with its tables filled; ``entry`` has name and maybe id, displayName, localCurrencyCode."""
    name = entry["name"]
    company = Company(
        id=entry.get("id") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"company:{name}")),
        name=name,
        display_name=entry.get("displayName", name),
        local_currency=entry.get("localCurrencyCode", "GBP"),
        node=node,
    )
    loader = _Loader(company, records, types, now, next_version)
    for table in (*STORED, *(name for name, each in types.items() if each.is_own)):
        loader.load(table)
    loader.relate()
    for table, (code, prefix, width, step) in _SERIES.items():
        company.series[table] = _series(code, prefix, width, step, company.tables[table])
    for table, (code, prefix, width, step) in _POSTED_SERIES.items():
        posted = _series(code, prefix, width, step, company.tables[table])
        company.series[f"{table}+"] = posted
    return company


class _Loader:
    """Fills one company, table after table, in the order of ``STORED`` (set-up tables first)."""

    def __init__(
        self,
        company: Company,
        records: Records,
        types: Mapping[str, EntityType],
        now: float,
        next_version: Callable[[], int],
    ) -> None:
        self._company = company
        self._records = records
        self._types = types
        self._now = now
        self._next_version = next_version

    def load(self, name: str) -> None:
        rules = RULES[name]
        table = Table(name, rules.key, rules.group)
        self._company.tables[name] = table
        if name not in self._types:
            return
        entity = self._types[name]
        table.load([self._row(entity, record) for record in self._source(name)])

    def relate(self) -> None:
        """Link contacts with customers and vendors, which remember their contact."""
        contacts = self._company.tables["contacts"].rows
        for link in self._records.get("contactBusinessRelations", []):
            contact_id, related = str(link["contactId"]).lower(), str(link["relatedId"]).lower()
            if contact_id not in contacts:
                continue
            links = self._company.relations.get(contact_id, ())
            self._company.relations[contact_id] = (*links, (link["linkToTable"], related))
            partners = self._company.tables.get(PARTNERS.get(link["linkToTable"], ""))
            row = partners.rows.get(related) if partners else None
            if partners and row is not None:
                partners.rows[related] = replace(row, extra={**row.extra, "contactId": contact_id})

    def _source(self, name: str) -> Iterable[Mapping[str, Any]]:
        local = self._company.local_currency
        records = list(records_of(name, self._records, local))
        if records:
            return records
        singles = {
            "generalLedgerSetup": {"localCurrencyCode": local},
            "tandem/synchronizationStates": {"deletionsTrackedFrom": stamp_text(stamp_ms(self._now))},
            "companyInformation": {"displayName": self._company.display_name, "currencyCode": local},
        }
        return [singles[name]] if name in singles else []

    def _row(self, entity: EntityType, record: Mapping[str, Any]) -> Row:
        values = entity.blank_values()
        for name in values:
            value = record.get(name)
            if value is not None:
                values[name] = _stored(entity, name, value)
        row_id = str(
            record.get("id") or uuid.uuid5(uuid.UUID(self._company.id), f"{entity.name}:{record}")
        ).lower()
        values["id"] = row_id
        modified, version = self._stamp(record), self._next_version()
        if entity.stamped:
            values[MODIFIED] = stamp_text(modified)
        if ROW_VERSION in values:
            values[ROW_VERSION] = version
        if entity.name in _WITH_CURRENCY:
            self._set_currency(values)
        complete(entity.name, values)
        hidden = {name: value for name, value in record.items() if name not in values and name not in LINES}
        return Row(row_id, values, modified, etag_of(version), hidden, version)

    def _stamp(self, record: Mapping[str, Any]) -> int:
        text = record.get(MODIFIED)
        return stamp_ms(stamp_from_text(text) / 1000 if text else self._now)

    def _set_currency(self, values: dict[str, Any]) -> None:
        currency = self._company.tables["currencies"].rows.get(values["currencyId"])
        values["currencyId"] = currency.id if currency else EMPTY_ID
        values["currencyCode"] = currency.values["code"] if currency else self._company.local_currency


def _stored(entity: EntityType, name: str, value: Any) -> Any:
    prop = entity.properties[name]
    if prop.kind == "enum":
        return "_x0020_" if value in ("", " ") and "_x0020_" in prop.enum else value
    if prop.kind == "code":
        return stored_code(value)
    return value.lower() if prop.kind == "guid" else value


def _series(code: str, prefix: str, width: int, step: int, table: Table) -> NumberSeries:
    """A series that goes on after the highest number of its form in the table."""
    numbers = [key.removeprefix(prefix) for key in table.by_key if key.startswith(prefix)]
    last = max((int(number) for number in numbers if number.isdecimal() and len(number) == width), default=0)
    return NumberSeries(code, prefix, width, step, last, manual=True)
