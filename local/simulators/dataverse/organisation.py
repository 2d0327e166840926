"""Everything one simulated organisation consists of, and small questions about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from local.simulators.dataverse.options import Options
from local.simulators.dataverse.people import Caller, People
from local.simulators.dataverse.roles import TEMPLATES, Roles
from local.simulators.dataverse.schema import Column, Schema, Table, load_schema
from local.simulators.dataverse.store import Row, Store
from local.simulators.dataverse.values import formatted, moment_text
from local.simulators.wire import Clock

SYSTEM_USER_NAME = "SYSTEM"
FIRST_NUMBER = 1000
OWN_PRECISION, PRICING_PRECISION = 0, 1
MESSAGES = ("Create", "Update", "Delete")
BULK_MESSAGES = ("CreateMultiple", "UpdateMultiple", "UpsertMultiple")


@dataclass(frozen=True)
class Event:
    """A committed write, as webhooks tell it.  ``changed`` holds the properties written and their values."""

    message: str
    table: str
    row_id: str
    caller: Caller
    time: float
    changed: Mapping[str, Any]
    kinds: Mapping[str, str]


@dataclass
class Organisation:
    """Schema, rows, people, options and clock of one environment; not locked."""

    clock: Clock
    options: Options
    schema: Schema
    store: Store
    people: People
    organisation_id: str
    business_unit_id: str = ""
    base_currency_id: str | None = None
    system_user_id: str = ""
    imports: list[Any] = field(default_factory=list)
    """Imports of solutions that are under way."""
    uncommitted_events: list[Event] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda event: None
    _ids: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The service root, without a trailing slash."""
        return f"{self.options.org_url.rstrip('/')}/api/data/v9.2"

    def now_text(self) -> str:
        return moment_text(self.clock.time())

    def new_id(self) -> str:
        """A new row id; the same sequence in every run."""
        self._ids += 1
        return str(uuid.uuid5(uuid.UUID(self.organisation_id), f"id {self._ids}"))

    def next_document_number(self, prefix_setting: str) -> str:
        """The next number of a kind of document: prefix, counter, six characters against collisions."""
        count = self._numbers[prefix_setting] = self._numbers.get(prefix_setting, FIRST_NUMBER - 1) + 1
        suffix = self.fixed_id(f"{prefix_setting} {count}")[:6].upper()
        return f"{self.setting(prefix_setting)}-{count:05}-{suffix}"

    def currency_of(self, values: Mapping[str, Any]) -> Row | None:
        """The currency a row's amounts are in."""
        currency_id = values.get("_transactioncurrencyid_value") or self.base_currency_id
        return self.store.get("transactioncurrency", currency_id) if currency_id else None

    def rate_of(self, values: Mapping[str, Any]) -> Decimal:
        """Units of the row's currency per unit of the base currency."""
        currency = self.currency_of(values)
        return Decimal(str(currency.values.get("exchangerate", 1))) if currency else Decimal(1)

    def setting(self, name: str) -> Any:
        """A value of the organisation's settings row."""
        row = self.store.get("organization", self.organisation_id)
        return None if row is None else row.values.get(name)

    def money_digits(self, column: Column, values: Mapping[str, Any]) -> int:
        """How many decimals an amount of a row is kept with."""
        if column.precision_source == PRICING_PRECISION:
            return int(self.setting("pricingdecimalprecision"))
        if column.precision_source == OWN_PRECISION:
            return column.precision or 0
        currency = self.currency_of(values)
        return int(currency.values.get("currencyprecision", 2)) if currency else 2

    def target_of(self, column: Column, row: Row) -> tuple[str, str] | None:
        """(table, id) that a lookup points at."""
        target = row.values.get(column.read_name)
        if target is None:
            return None
        return row.kinds.get(column.read_name) or column.targets[0], target

    def label_of(self, table: str, row_id: str) -> str | None:
        """The primary name of a row."""
        found = self.store.get(table, row_id) if table in self.schema.tables else None
        return None if found is None else found.values.get(self.schema.tables[table].name_column)

    def formatted(self, table: Table, column: Column, row: Row, value: Any) -> str | None:
        """The formatted-value annotation of a property."""
        if column.is_lookup:
            target = self.target_of(column, row)
            return self.label_of(*target) if target else None
        if column.type != "Money":
            return formatted(column, value)
        currency = self.currency_of(row.values)
        return formatted(column, value, currency.values.get("currencysymbol", "") if currency else "")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction, part of that one."""
        if self.store.in_transaction:
            yield
            return
        self.store.begin()
        try:
            yield
        except BaseException:
            self.store.rollback()
            self.uncommitted_events.clear()
            raise
        self.store.commit()
        self.commit_events()

    def commit_events(self) -> None:
        """Hand the events of a finished transaction on."""
        events, self.uncommitted_events = self.uncommitted_events, []
        for event in events:
            self.on_event(event)

    def refresh_message_filters(self) -> None:
        """Make ``sdkmessagefilters`` say which tables take which messages, bulk ones as in the options."""
        for message in (*MESSAGES, *BULK_MESSAGES):
            self._seed("sdkmessage", f"message {message}", {"name": message})
        for table in self.schema.tables.values():
            for message in (*MESSAGES, *BULK_MESSAGES):
                self._seed_filter(table, message)

    def _seed_filter(self, table: Table, message: str) -> None:
        wanted = message in MESSAGES or self.options.bulk.get(table.name, False)
        row_id = self.fixed_id(f"filter {message} {table.name}")
        if not wanted:
            if self.store.get("sdkmessagefilter", row_id):
                self.store.remove("sdkmessagefilter", row_id, self.clock.time())
            return
        values = {
            "_sdkmessageid_value": self.fixed_id(f"message {message}"),
            "primaryobjecttypecode": table.name,
            "secondaryobjecttypecode": "none",
        }
        self._seed("sdkmessagefilter", f"filter {message} {table.name}", values)

    def fixed_id(self, name: str) -> str:
        """The id of a row that every organisation has."""
        return _fixed_id(self.organisation_id, name)

    def _seed(self, table: str, name: str, values: dict[str, Any]) -> str:
        row_id = self.fixed_id(name)
        if self.store.get(table, row_id) is None:
            stamped = {"createdon": self.now_text(), "modifiedon": self.now_text()}
            self.store.put(table, row_id, {self.schema.tables[table].id_name: row_id} | values | stamped, {})
        return row_id


@lru_cache(10_000)
def _fixed_id(organisation_id: str, name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(organisation_id), name))


def found_organisation(clock: Clock, options: Options, tenant_id: str) -> Organisation:
    """A new, empty organisation: root business unit, SYSTEM user, settings row, messages."""
    schema = load_schema(options.columns, options.keys, options.tables)
    store = Store(schema)
    organisation_id = str(uuid.uuid5(uuid.NAMESPACE_URL, options.org_url))
    people = People(store, options, tenant_id, Roles(schema))
    org = Organisation(clock, options, schema, store, people, organisation_id)
    org.business_unit_id = org._seed("businessunit", "root unit", {"name": options.org_name})
    org.system_user_id = org._seed(
        "systemuser",
        "SYSTEM",
        {"fullname": SYSTEM_USER_NAME, "lastname": SYSTEM_USER_NAME, "isdisabled": True, "accessmode": 3,
         "_businessunitid_value": org.business_unit_id},
    )  # fmt: skip
    for name, template in TEMPLATES.items():
        values = {"name": name, "_roletemplateid_value": template, "ismanaged": True,
                  "_businessunitid_value": org.business_unit_id}  # fmt: skip
        people.roles.templates[org._seed("role", f"role {name}", values)] = template
    _seed_settings(org)
    org.refresh_message_filters()
    return org


def set_base_currency(org: Organisation) -> None:
    """Take the loaded currency with the organisation's ISO code as base, or make it."""
    code = org.options.base_currency
    rows = org.store.tables["transactioncurrency"].rows.values()
    found = next((row.id for row in rows if row.values.get("isocurrencycode") == code), None)
    org.base_currency_id = found or org._seed(
        "transactioncurrency",
        f"currency {code}",
        {"isocurrencycode": code, "currencyname": code, "currencysymbol": code, "currencyprecision": 2,
         "exchangerate": 1.0, "statecode": 0, "statuscode": 1},
    )  # fmt: skip
    settings = org.store.get("organization", org.organisation_id)
    if settings is not None and settings.values.get("_basecurrencyid_value") != org.base_currency_id:
        values = settings.values | {"_basecurrencyid_value": org.base_currency_id}
        org.store.put("organization", org.organisation_id, values, {})


def _seed_settings(org: Organisation) -> None:
    values = {
        "organizationid": org.organisation_id,
        "name": org.options.org_name,
        "oobpricecalculationenabled": 1,
        "discountcalculationmethod": 0,
        "pricingdecimalprecision": 2,
        "currencydecimalprecision": 2,
        "createproductswithoutparentinactivestate": 0,
        "useinbuiltrulefordefaultpricelistselection": True,
        "quoteprefix": "QUO",
        "orderprefix": "ORD",
        "invoiceprefix": "INV",
        "isauditenabled": False,
        "languagecode": 1033,
        "expiresubscriptionsindays": 90,
        "expirechangetrackingindays": org.options.expire_change_tracking_days,
        "createdon": org.now_text(),
        "modifiedon": org.now_text(),
    }
    org.store.put("organization", org.organisation_id, values, {})
