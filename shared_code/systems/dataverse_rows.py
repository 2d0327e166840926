"""How rows of Dataverse's Web API become records and back: columns, lookups, versions.  Pure.

A lookup is read as ``_name_value`` and written as ``{navigation}@odata.bind``.  A lookup that can point to
several tables (its navigation is ``name_table``) is one of ours only when it points to that table, or to a
further one of the column; otherwise its value is ``None``.  What it points to is given as
``{name}type`` (``account``), so that filters can use it.
Sources: Microsoft docs webapi/query/select-columns.md,
associate-disassociate-entities-using-web-api.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from shared_code.core.records import Row, Value, Version
from shared_code.systems import odata
from shared_code.systems.interface import Column, Sighting, Table

TYPE_ANNOTATION = "Microsoft.Dynamics.CRM.lookuplogicalname"
_ETAG = re.compile(r'W/"(\d{1,20})"\Z')


def logical_name(table: Table) -> str:
    """The table's logical name; a standard table's key is its logical name and ``id``."""
    return odata.name(table.key.removesuffix("id"))


def points_to(column: Column) -> str | None:
    """The table that a lookup with several kinds of targets must point to, else ``None``."""
    return _kind_of(column, column.navigation or "") if column.target else None


def _kind_of(column: Column, navigation: str) -> str | None:
    """The logical name in a navigation such as ``customerid_contact``."""
    prefix = f"{column.name}_"
    return navigation.removeprefix(prefix) if navigation.startswith(prefix) else None


def scan_columns(table: Table) -> list[Column]:
    """The columns behind ``table.scan_columns``; a ``…type`` stands for its lookup."""
    by_name = {column.name: column for column in table.columns}
    types = {f"{column.name}type": column for column in table.columns if points_to(column)}
    found = [types.get(name) or by_name.get(name) or Column(name) for name in table.scan_columns]
    return list(dict.fromkeys(found))


def select(table: Table, columns: Iterable[Column]) -> str:
    """``$select`` of the key and the columns."""
    names = [f"_{odata.name(one.name)}_value" if one.target else odata.name(one.name) for one in columns]
    return ",".join(dict.fromkeys([odata.name(table.key), *names]))


def preferences(columns: Iterable[Column], *others: str) -> str:
    """A ``Prefer`` header's value: ``others``, and the target types of lookups where these matter."""
    annotations = [f'odata.include-annotations="{TYPE_ANNOTATION}"'] if any(map(points_to, columns)) else []
    return ",".join([*others, *annotations])


def version(entity: Mapping[str, object]) -> Version:
    """The version of a row: the etag holds the version number.  Raises ValueError."""
    etag = odata.text(entity, "@odata.etag")
    number = _ETAG.match(etag)
    if number is None:
        raise ValueError("an etag without version number")
    return Version(etag, number[1].zfill(20))


def record_id(table: Table, entity: Mapping[str, object]) -> str:
    """The id of a row, lower case.  Raises ValueError."""
    return odata.guid(odata.text(entity, table.key))


def row(table: Table, entity: Mapping[str, object]) -> Row:
    """A row as a record.  Raises ValueError for a column that is missing."""
    (found,) = rows(table, [entity])
    return found


def rows(table: Table, entities: Iterable[Mapping[str, object]]) -> list[Row]:
    """Rows as records.  Raises ValueError for a column that is missing."""
    read = _reader(table.columns)
    return [Row(record_id(table, each), version(each), read(each)) for each in entities]


def sightings(
    table: Table, columns: Sequence[Column], entities: Iterable[Mapping[str, object]]
) -> tuple[Sighting, ...]:
    """Rows as seen by a scan; ``columns`` are those of ``scan_columns``.  Raises ValueError."""
    read = _reader(columns)
    return tuple(Sighting(record_id(table, each), version(each), read(each)) for each in entities)


def values(entity: Mapping[str, object], columns: Sequence[Column]) -> dict[str, Value]:
    """The values of ``columns`` under their plain names, and the types of lookups with several targets."""
    return _reader(columns)(entity)


def _reader(columns: Sequence[Column]) -> Callable[[Mapping[str, object]], dict[str, Value]]:
    """``values`` for many rows: what the columns are is looked at once."""
    plain = odata.reader(column.name for column in columns if not column.target)
    lookups = [(column, f"_{column.name}_value") for column in columns if column.target]
    simple = [(column.name, name) for column, name in lookups if points_to(column) is None]
    others = [column for column, _ in lookups if points_to(column) is not None]

    def read(entity: Mapping[str, object]) -> dict[str, Value]:
        found = plain(entity)
        for name, property_name in simple:
            found[name] = odata.scalar(_member(entity, property_name))
        for column in others:
            _add_lookup(found, entity, column)
        return found

    return read


def _add_lookup(found: dict[str, Value], entity: Mapping[str, object], column: Column) -> None:
    """What a lookup with several kinds of targets holds."""
    property_name = f"_{column.name}_value"
    value = odata.scalar(_member(entity, property_name))
    wanted = points_to(column)
    kind = entity.get(f"{property_name}@{TYPE_ANNOTATION}") if value is not None else None
    if value is not None and not isinstance(kind, str):
        raise ValueError(f"the answer does not tell what {column.name} points to")
    found[f"{column.name}type"] = odata.scalar(kind)
    if column.also:
        sets = {_kind_of(column, navigation): name for name, navigation in _targets(column)}
        found[column.name] = f"{sets[kind]}/{value}" if isinstance(kind, str) and kind in sets else None
        return
    if kind == wanted or column.name not in found:
        found[column.name] = value if kind == wanted else None


def _member(entity: Mapping[str, object], name: str) -> object:
    if name not in entity:
        raise ValueError(f"the answer lacks {name}")
    return entity[name]


class Writer:
    """How rows of one table are written; made once for many."""

    def __init__(self, table: Table) -> None:
        self._lookups = {column.name: column for column in table.columns if column.target}
        self._names = dict[str, str]()

    def body(self, given: Mapping[str, Value]) -> dict[str, object]:
        """What is sent to write ``given``.  Raises ValueError for a name or lookup that cannot be written."""
        lookups, names, sent = self._lookups, self._names, dict[str, object]()
        for name, value in given.items():
            if name in lookups:
                bound, place = _bound(lookups[name], value)
                sent[bound] = place
            elif name in names:
                sent[name] = value
            else:
                names[name] = odata.name(name)
                sent[name] = value
        return sent

    def binds(self, given: Mapping[str, Value]) -> bool:
        """Whether writing ``given`` points a lookup somewhere."""
        return any(given.get(name) is not None for name in self._lookups)


@lru_cache(1024, typed=True)
def _bound(column: Column, value: Value) -> tuple[str, object]:
    navigation, target, key = column.navigation or column.name, column.target or "", str(value)
    if column.also and value is not None:
        target, _, key = key.partition("/")
        navigation = dict(_targets(column)).get(target) or ""
        if not navigation:
            raise ValueError(f"{column.name} does not lead to {target}")
    name = f"{odata.name(navigation)}@odata.bind"
    return name, None if value is None else f"/{odata.name(target)}({odata.guid(key)})"


def _targets(column: Column) -> tuple[tuple[str, str], ...]:
    """The entity sets that a lookup may lead to, each with its bind name."""
    return ((column.target or "", column.navigation or column.name), *column.also)
