"""Companies from records: the shapes of ``local/data/business_central``.

Only properties of the API are kept; codes beside ids are resolved where the id is missing, and
business relations become the links between contacts and customers.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from local.simulators.business_central.schema import EMPTY_ID, MODIFIED, EntityType
from local.simulators.business_central.storage import Company, NumberSeries, Row, Table
from local.simulators.business_central.tables import RULES, STORED
from local.simulators.business_central.values import (
    etag_of,
    stamp_from_text,
    stamp_ms,
    stamp_text,
    stored_code,
)

Records = Mapping[str, list[dict[str, Any]]]
_FILES = {name: name for name in STORED} | {"salespeoplePurchasers": "salespeople"}
_RENAMED = {"salespeoplePurchasers": {"phoneNo": "phoneNumber", "commisionPercent": "commissionPercent"}}


def read_folder(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The records of a company's folder by file name; files that are not there are left out."""
    names = [*_FILES.values(), "contactBusinessRelations"]
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
    for table in STORED:
        loader.load(table)
    loader.relate()
    company.series = {
        "customers": _series("CUST", "C", 5, 10, company.tables["customers"]),
        "contacts": _series("CONT", "CT", 6, 1, company.tables["contacts"]),
    }
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
        """Link contacts with customers; the customer remembers its contact."""
        customers = self._company.tables["customers"]
        contacts = self._company.tables["contacts"].rows
        for link in self._records.get("contactBusinessRelations", []):
            contact_id, related = str(link["contactId"]).lower(), str(link["relatedId"]).lower()
            if contact_id not in contacts:
                continue
            links = self._company.relations.get(contact_id, ())
            self._company.relations[contact_id] = (*links, (link["linkToTable"], related))
            row = customers.rows.get(related)
            if link["linkToTable"] == "Customer" and row is not None:
                extra = {**row.extra, "contactId": contact_id}
                customers.rows[related] = Row(row.id, row.values, row.modified_ms, row.etag, extra)

    def _source(self, name: str) -> Iterable[Mapping[str, Any]]:
        records = self._records.get(_FILES[name], [])
        if records:
            return records
        local = self._company.local_currency
        singles = {
            "generalLedgerSetup": {"localCurrencyCode": local},
            "companyInformation": {"displayName": self._company.display_name, "currencyCode": local},
        }
        return [singles[name]] if name in singles else []

    def _row(self, entity: EntityType, record: Mapping[str, Any]) -> Row:
        renamed = _RENAMED.get(entity.name, {})
        values = entity.blank_values()
        for name in values:
            value = record.get(renamed.get(name, name))
            if value is not None:
                values[name] = _stored(entity, name, value)
        row_id = str(
            record.get("id") or uuid.uuid5(uuid.UUID(self._company.id), f"{entity.name}:{record}")
        ).lower()
        values["id"] = row_id
        modified = self._stamp(record)
        if entity.stamped:
            values[MODIFIED] = stamp_text(modified)
        if entity.name == "customers":
            self._set_currency(values)
        extra = {name: record[name] for name in ("firstName", "surname") if name in record}
        return Row(row_id, values, modified, etag_of(self._next_version()), extra)

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
        return "_x0020_" if value in ("", " ") else value
    if prop.kind == "code":
        return stored_code(value)
    return value.lower() if prop.kind == "guid" else value


def _series(code: str, prefix: str, width: int, step: int, table: Table) -> NumberSeries:
    """A series that goes on after the highest number of its form in the table."""
    numbers = [key.removeprefix(prefix) for key in table.by_key if key.startswith(prefix)]
    last = max((int(number) for number in numbers if number.isdecimal() and len(number) == width), default=0)
    return NumberSeries(code, prefix, width, step, last, manual=True)
