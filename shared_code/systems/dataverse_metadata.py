"""What Sales says of a table: ``EntityDefinitions`` and the attributes below it.

A property that only some types have (length, targets, options) needs a cast to that type, so it is asked for
only where a column of that type is wanted.  Lookups are told with the name they are written by.
Sources: Microsoft docs webapi/query-metadata-web-api.md, reference/attributemetadata.md,
reference/onetomanyrelationshipmetadata.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from shared_code.core.descriptions import (
    ColumnDescription,
    Described,
    Kind,
    NoTable,
    TableDescription,
    Target,
)
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.dataverse_options import PREFIX, is_options
from shared_code.systems.http import Client
from shared_code.systems.interface import SystemUnavailable, Table

type Row = Mapping[str, object]

MAX_TABLES, MAX_COLUMNS = 20_000, 10_000
"""More than Dataverse allows; an answer beyond is refused."""

_TABLE = "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled"
_COLUMN = "LogicalName,AttributeType,IsValidForCreate,IsValidForUpdate,IsValidForRead,IsValidODataAttribute"
_LINK = "ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName"
_KINDS: Mapping[str, Kind] = {
    "String": Kind.TEXT,
    "Memo": Kind.TEXT,
    "EntityName": Kind.TEXT,
    "Integer": Kind.INTEGER,
    "BigInt": Kind.INTEGER,
    "Decimal": Kind.DECIMAL,
    "Double": Kind.DECIMAL,
    "Money": Kind.DECIMAL,
    "Boolean": Kind.BOOLEAN,
    "DateTime": Kind.MOMENT,
    "Picklist": Kind.CHOICE,
    "State": Kind.CHOICE,
    "Status": Kind.CHOICE,
    "Lookup": Kind.LOOKUP,
    "Customer": Kind.LOOKUP,
    "Owner": Kind.LOOKUP,
    "Uniqueidentifier": Kind.ID,
}
OPTION_COLUMNS = {
    "value": ColumnDescription("value", Kind.INTEGER, at_creation=False, at_update=False),
    "label": ColumnDescription("label", Kind.TEXT),
}
"""The columns of a choice's options seen as a table; Microsoft publishes no length of a label."""


@dataclass(frozen=True)
class _Place:
    """Where a table's definition is, and the set names of all tables by logical name."""

    client: Client
    address: str
    sets: Mapping[str, str]

    def rows(self, path: str, select: str, expand: str | None = None) -> list[Row]:
        """The definitions below ``path``.  Raises ValueError for too many."""
        url = odata.address(f"{self.address}/{path}", select=select, expand=expand)
        answer = batch.get(self.client, url, "metadata", "table definitions")
        found = odata.rows(answer.data)
        if len(found) > MAX_COLUMNS:
            raise ValueError("more columns than a table can have")
        return found


def describe(client: Client, root: str, table: Table) -> Described:
    """The table as the organisation describes it: two requests, and one or two for each type of its columns.

    Raises the faults of ``System``.
    """
    try:
        return _described(client, root, table)
    except ValueError as error:
        raise SystemUnavailable(f"Sales' metadata cannot be used: {error}. Try again later.") from error


def _described(client: Client, root: str, table: Table) -> Described:
    definitions = _tables(client, root)
    sets = {odata.text(each, "LogicalName"): str(each.get("EntitySetName") or "") for each in definitions}
    if is_options(table):
        return _options(client, root, table, sets)
    names = tuple(name for name in sets.values() if name)
    found = next((each for each in definitions if each.get("EntitySetName") == table.name), None)
    if found is None or not table.name:
        return NoTable(table.name, names)
    place = _place(client, root, odata.text(found, "LogicalName"), sets)
    wanted = {each.name for each in table.columns}
    return TableDescription(
        table.name,
        odata.text(found, "PrimaryIdAttribute"),
        _detailed(place, _columns(place), wanted),
        names,
        tracked=found.get("ChangeTrackingEnabled") is True,
        guarded=found.get("IsOptimisticConcurrencyEnabled") is True,
    )


def _tables(client: Client, root: str) -> list[Row]:
    url = odata.address(f"{root}/EntityDefinitions", select=_TABLE)
    found = odata.rows(batch.get(client, url, "metadata", "table definitions").data)
    if len(found) > MAX_TABLES:
        raise ValueError("more tables than an organisation can have")
    return found


def _place(client: Client, root: str, logical_name: str, sets: Mapping[str, str]) -> _Place:
    return _Place(client, f"{root}/EntityDefinitions(LogicalName='{odata.name(logical_name)}')", sets)


def _columns(place: _Place) -> dict[str, Row]:
    return {odata.text(each, "LogicalName"): each for each in place.rows("Attributes", _COLUMN)}


def _detailed(place: _Place, rows: Mapping[str, Row], wanted: Iterable[str]) -> dict[str, ColumnDescription]:
    """All columns, with the details of the wanted ones' types."""
    columns = {name: _column(name, row) for name, row in rows.items()}
    types = sorted({str(rows[name].get("AttributeType")) for name in wanted if name in rows})
    for add in dict.fromkeys(_DETAILS[type_] for type_ in types if type_ in _DETAILS):
        add(place, columns)
    return columns


def _column(name: str, row: Row) -> ColumnDescription:
    return ColumnDescription(
        name,
        _KINDS.get(str(row.get("AttributeType")), Kind.OTHER),
        readable=row.get("IsValidForRead") is True and row.get("IsValidODataAttribute") is not False,
        at_creation=row.get("IsValidForCreate") is True,
        at_update=row.get("IsValidForUpdate") is True,
    )


def _cast(type_: str) -> str:
    return f"Attributes/Microsoft.Dynamics.CRM.{type_}AttributeMetadata"


def _lengths(type_: str) -> Callable[[_Place, dict[str, ColumnDescription]], None]:
    def add(place: _Place, columns: dict[str, ColumnDescription]) -> None:
        for row in place.rows(_cast(type_), "LogicalName,MaxLength"):
            longest = row.get("MaxLength")
            _change(columns, row, length=longest if isinstance(longest, int) else None)

    return add


def _choices(type_: str) -> Callable[[_Place, dict[str, ColumnDescription]], None]:
    def add(place: _Place, columns: dict[str, ColumnDescription]) -> None:
        expand = "OptionSet($select=Options),GlobalOptionSet($select=Options)"
        for row in place.rows(_cast(type_), "LogicalName", expand):
            _change(columns, row, choices=_numbers(row))

    return add


def _numbers(row: Row) -> tuple[int, ...]:
    options = odata.mapping(row.get("OptionSet") or row.get("GlobalOptionSet") or {}).get("Options")
    values = [odata.mapping(each).get("Value") for each in options] if isinstance(options, list) else []
    return tuple(value for value in values if isinstance(value, int))


def _days(place: _Place, columns: dict[str, ColumnDescription]) -> None:
    """A column of the behaviour DateOnly holds a day; every other one an instant."""
    for row in place.rows(_cast("DateTime"), "LogicalName,Format,DateTimeBehavior"):
        behaviour = odata.mapping(row.get("DateTimeBehavior") or {}).get("Value")
        kind = Kind.DAY if behaviour == "DateOnly" else Kind.MOMENT
        _change(columns, row, kind=kind, user_local=behaviour == "UserLocal")


def _targets(place: _Place, columns: dict[str, ColumnDescription]) -> None:
    links = {
        (str(row.get("ReferencingAttribute")), str(row.get("ReferencedEntity"))): str(
            row.get("ReferencingEntityNavigationPropertyName") or ""
        )
        for row in place.rows("ManyToOneRelationships", _LINK)
    }
    for row in place.rows(_cast("Lookup"), "LogicalName,Targets"):
        name, targets = odata.text(row, "LogicalName"), row.get("Targets")
        known = [str(each) for each in targets] if isinstance(targets, list) else []
        found = (Target(place.sets.get(each) or each, links.get((name, each), "")) for each in known)
        _change(columns, row, targets=tuple(found))


def _change(columns: dict[str, ColumnDescription], row: Row, **details: object) -> None:
    name = odata.text(row, "LogicalName")
    if name in columns:
        columns[name] = replace(columns[name], **details)  # type: ignore[arg-type]


_DETAILS: Mapping[str, Callable[[_Place, dict[str, ColumnDescription]], None]] = {
    "String": _lengths("String"),
    "Memo": _lengths("Memo"),
    "Picklist": _choices("Picklist"),
    "State": _choices("State"),
    "Status": _choices("Status"),
    "DateTime": _days,
    "Lookup": _targets,
    "Customer": _targets,
    "Owner": _targets,
}


def _options(client: Client, root: str, table: Table, sets: Mapping[str, str]) -> Described:
    """The options of a choice column of the account table, say, as a table of their own."""
    entity, _, attribute = table.name.removeprefix(PREFIX).partition(".")
    if entity not in sets:
        return NoTable(table.name, tuple(f"{PREFIX}{name}.{attribute}" for name in sets))
    columns = _columns(_place(client, root, entity, sets))
    choices = [name for name, row in columns.items() if row.get("AttributeType") == "Picklist"]
    tables = tuple(f"{PREFIX}{entity}.{name}" for name in choices)
    if attribute not in choices:
        return NoTable(table.name, tables)
    return TableDescription(table.name, "value", OPTION_COLUMNS, tables)
