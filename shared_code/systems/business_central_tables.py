"""How rows of Business Central's API become records: columns asked for, derived values, versions.  Pure.

A *derived* column is no property of the entity.  ``companyContactNumber`` of customers and vendors is the
number of the company contact in ``contactsInformation``, or of the person that the customer is.  Only API
v2.0 has derived columns: other APIs have properties of these names.  A *late* one comes from another request:
``currencies.exchangeRate``, the columns of an opportunity's contact and those of an invoice's posted record
have modules of their own, as have those that are computed of an invoice and its lines, or told of a variant's
item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared_code.core.descriptions import Kind
from shared_code.core.records import ZERO_ID, Row, Value, Values, Version
from shared_code.systems import business_central_invoices as invoices
from shared_code.systems import business_central_orders as orders
from shared_code.systems import business_central_variants as variants
from shared_code.systems import odata
from shared_code.systems.business_central_invoices import OF_RECORD, Computed
from shared_code.systems.interface import ORDER_LINES, Sighting, Table

EXTENSION = "tandem/sync/v1.0"
MODIFIED = "lastModifiedDateTime"
COMPANY_CONTACT = "companyContactNumber"
EXCHANGE_RATE = "exchangeRate"
CONTACT_COLUMNS = {
    "contactCompanyNumber": "companyNumber",
    "contactBusinessRelation": "contactBusinessRelation",
}
"""What an opportunity tells of its contact, by the contact's own names."""
POSTED_COLUMNS = {"shipmentDate": Kind.DAY, "shippingAgentCode": Kind.TEXT, "workDescription": Kind.TEXT}
"""What only the extension tells of a posted invoice, and what that holds."""
_WITH_CONTACT = ("customers", "vendors")
_LATE = {
    "currencies": {EXCHANGE_RATE},
    "opportunities": {*CONTACT_COLUMNS},
    "salesInvoices": {*POSTED_COLUMNS},
}
_ORDER = {
    "orderStatus": Computed(("status", "fullyShipped"), orders.status_in_v2, of_lines=orders.QUANTITIES)
}
_COMPUTED: Mapping[str, Mapping[str, Computed]] = {
    **invoices.COMPUTED,
    **variants.COMPUTED,
    "salesOrders": _ORDER,
    "salesQuotes": {"quoteStatus": Computed(("status",), orders.quote_status)},
}
_OF_EXTENSION: Mapping[str, Mapping[str, Computed]] = {
    "salesOrders": {
        "orderStatus": Computed(orders.STATUS_IN_EXTENSION, orders.status_in_extension),
        ORDER_LINES: Computed((), orders.no_lines),
    }
}
_NONE: frozenset[str] = frozenset()
_DERIVED: Mapping[str, frozenset[str]] = {
    **{name: frozenset({COMPANY_CONTACT}) for name in _WITH_CONTACT},
    **{name: frozenset({*_COMPUTED.get(name, ()), *_LATE.get(name, ())}) for name in (*_COMPUTED, *_LATE)},
}
_DERIVED_OF_EXTENSION: Mapping[str, frozenset[str]] = {
    name: frozenset(columns) for name, columns in _OF_EXTENSION.items()
}
_EXPANDS = {
    COMPANY_CONTACT: "contactsInformation",
    **dict.fromkeys(variants.COMPUTED["itemVariants"], variants.EXPAND),
}
CALCULATED = {EXCHANGE_RATE: Kind.DECIMAL, **POSTED_COLUMNS} | {
    name: column.holds for columns in _COMPUTED.values() for name, column in columns.items()
}
"""What derived columns hold; those that are not here hold text."""


@dataclass(frozen=True, slots=True)
class Order:
    """The first ``count`` records by a column."""

    column: str
    count: int

    @property
    def options(self) -> Mapping[str, str]:
        """What says so in an address."""
        return {"orderby": odata.name(self.column), "top": str(self.count)}


def derived(table: Table) -> frozenset[str]:
    """The names of the table's derived columns."""
    if table.api:
        return _DERIVED_OF_EXTENSION.get(table.name, _NONE) if table.api == EXTENSION else _NONE
    return _DERIVED.get(table.name, _NONE)


def computed(table: Table) -> Mapping[str, Computed]:
    """The columns that are computed of a table's properties."""
    of = {"": _COMPUTED, EXTENSION: _OF_EXTENSION}.get(table.api, {})
    return of.get(table.name, {})


def column_names(table: Table) -> list[str]:
    """The names of everything a record of ``table`` is read with."""
    return [column.name for column in table.columns]


def has_exchange_rate(table: Table) -> bool:
    """Whether the records of ``table`` carry a derived exchange rate."""
    return EXCHANGE_RATE in derived(table) and EXCHANGE_RATE in column_names(table)


def has_contact_columns(table: Table) -> bool:
    """Whether the records of ``table`` carry columns of their contact."""
    return not (derived(table) & CONTACT_COLUMNS.keys()).isdisjoint(column_names(table))


def posted_columns(table: Table) -> list[str]:
    """The columns of ``table`` that the posted record of an invoice tells, in the extension."""
    made = derived(table) & POSTED_COLUMNS.keys()
    return [name for name in column_names(table) if name in made]


def select(table: Table, names: Iterable[str]) -> str:
    """``$select`` of the key, the stamp and the properties that ``names`` are or are computed of."""
    told = [orders.LINES_VERSION] if orders.has_lines_apart(table) else []
    return ",".join(dict.fromkeys([table.key, MODIFIED, *told, *_properties(table, names)]))


def _properties(table: Table, names: Iterable[str]) -> list[str]:
    made, told, names = derived(table), computed(table), list(names)
    plain = [odata.name(one) for one in names if one not in made]
    return plain + [need for one in names if one in made and one in told for need in told[one].needs]


def expand(table: Table, names: Iterable[str]) -> str | None:
    """``$expand`` for the derived ones of ``names``, or ``None``."""
    made = derived(table)
    wanted = (_EXPANDS[one] for one in names if one in made and one in _EXPANDS)
    return ",".join(dict.fromkeys(wanted)) or None


def expand_with_lines(table: Table, names: Iterable[str]) -> str | None:
    """``$expand`` for reading whole records: the derived ones of ``names``, and the lines."""
    parts = [expand(table, names) or ""]
    if table.lines and table.reads_lines:
        told = computed(table)
        further = [need for one in names if one in told for need in told[one].of_lines]
        properties = [*_properties(table.lines, column_names(table.lines)), *further]
        chosen = ",".join(dict.fromkeys([table.lines.key, *properties]))
        parts.append(f"{table.collection}($select={chosen})")
    return ",".join(filter(None, parts)) or None


def version(entity: Mapping[str, object]) -> Version:
    """The version of an entity as read, that of its lines included.  Raises ValueError."""
    etag, lines = odata.text(entity, "@odata.etag"), entity.get(orders.LINES_VERSION)
    return Version(
        orders.joined(etag, lines) if isinstance(lines, str) else etag,
        odata.instant(odata.text(entity, MODIFIED)),
    )


def record_id(table: Table, entity: Mapping[str, object]) -> str:
    """The id of an entity, lower case.  Raises ValueError."""
    return odata.guid(odata.text(entity, table.key))


def row(table: Table, entity: Mapping[str, object]) -> Row:
    """An entity as a record.  Raises ValueError for a column that is missing."""
    (found,) = rows(table, [entity])
    return found


def rows(table: Table, entities: Iterable[Mapping[str, object]]) -> list[Row]:
    """Entities as records.  Raises ValueError for a column that is missing."""
    read = _reader(table, column_names(table))
    return [Row(record_id(table, each), version(each), read(each), _lines(table, each)) for each in entities]


def sightings(table: Table, entities: Iterable[Mapping[str, object]]) -> list[Sighting]:
    """Entities as seen by a scan.  Raises ValueError."""
    read = _reader(table, table.scan_columns)
    return [Sighting(record_id(table, each), version(each), read(each)) for each in entities]


def _lines(table: Table, entity: Mapping[str, object]) -> tuple[Values, ...]:
    """The values of a record's lines, each with its id; some are computed of the record, too."""
    if table.lines is None or not table.reads_lines:
        return ()
    found = entity.get(table.collection)
    if not isinstance(found, list):
        raise ValueError(f"the answer lacks {table.collection}")
    names = [table.lines.key, *column_names(table.lines)]
    return tuple(values(table.lines, {**odata.mapping(line), OF_RECORD: entity}, names) for line in found)


def sighting(table: Table, entity: Mapping[str, object]) -> Sighting:
    """An entity as seen by a scan.  Raises ValueError."""
    return Sighting(record_id(table, entity), version(entity), values(table, entity, table.scan_columns))


def values(table: Table, entity: Mapping[str, object], names: Sequence[str]) -> dict[str, Value]:
    """The values of ``names``.  Late ones are left out: they are added where the other answer is known."""
    return _reader(table, names)(entity)


def _reader(table: Table, names: Sequence[str]) -> Callable[[Mapping[str, object]], dict[str, Value]]:
    """``values`` for many entities."""
    made = derived(table)
    late, told = _LATE.get(table.name, set()) & made, computed(table)
    plain = odata.reader([name for name in names if name not in made])
    others = [name for name in names if name in made and name not in late]
    if not others:
        return plain
    return lambda entity: plain(entity) | {name: _made(told, entity, name) for name in others}


def whole(body: object) -> list[Mapping[str, object]]:
    """The rows of an answer that must not have a next page.  Raises ValueError."""
    if odata.mapping(body).get("@odata.nextLink"):
        raise ValueError("more records than one page holds")
    return odata.rows(body)


def _made(told: Mapping[str, Computed], entity: Mapping[str, object], name: str) -> Value:
    """A derived value; one that nothing computes here is a property."""
    if name == COMPANY_CONTACT:
        return _company_contact(entity)
    return told[name].of(entity) if name in told else odata.reader([name])(entity)[name]


def _company_contact(entity: Mapping[str, object]) -> str:
    """The customer's company contact, or the person that it is; empty text, Business Central's blank, when
    there is none."""
    entries = entity.get("contactsInformation")
    if not isinstance(entries, list):
        raise ValueError("the answer lacks contactsInformation")
    contacts = [odata.mapping(entry) for entry in entries]
    companies = [entry for entry in contacts if entry.get("contactType") == "Company"]
    numbers = sorted(str(entry.get("contactNumber") or "") for entry in companies or contacts)
    return numbers[0] if numbers else ""


def body(table: Table, given: Mapping[str, Value]) -> dict[str, object]:
    """What is sent to write ``given``.  Raises ValueError for names that cannot be written.

    Business Central knows no null: a blank is sent as the blank of the field's type.
    """
    if readonly := sorted(derived(table) & given.keys()):
        raise ValueError(f"{readonly[0]} is calculated and cannot be written")
    return {odata.name(name): _blank(name) if value is None else value for name, value in given.items()}


def _blank(name: str) -> str:
    """How a blank field looks in the API; its names tell references and dates from text."""
    if name.endswith("Id"):
        return ZERO_ID
    return "0001-01-01" if name.endswith("Date") else ""
