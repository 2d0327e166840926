"""System query options of one request, read against a table.

Microsoft docs: webapi/query/{overview,select-columns,join-tables,order-rows,filter-rows}.
``$skip``, ``$search`` and unknown ``$`` options are refused; names without ``$`` are free.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.dataverse.errors import bad_request, no_property, not_simulated
from local.simulators.dataverse.filters import Getter, Predicate, compile_filter
from local.simulators.dataverse.literals import split_outside
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.schema import CHOICE_TYPES, NUMBER_TYPES, Column, Table
from local.simulators.dataverse.store import Row, comparable

KNOWN = frozenset(
    {"$select", "$filter", "$orderby", "$expand", "$top", "$count", "$skiptoken", "$deltatoken", "$apply"}
)
MAX_EXPANDS = 15
_EXPAND_ITEM = re.compile(
    r"\s*(?P<name>[A-Za-z_]\w*)(?P<ref>/\$ref)?\s*(?:\((?P<options>.*)\))?\s*", re.DOTALL
)


@dataclass(frozen=True)
class OrderBy:
    """One sort column."""

    column: Column
    descending: bool


@dataclass(frozen=True)
class Expand:
    """One expanded navigation property; ``query`` is nested."""

    name: str
    only_reference: bool
    is_collection: bool
    query: Query


@dataclass(frozen=True)
class Query:
    """The options of a request on ``table``; ``select`` is None where all columns are wanted."""

    table: Table
    select: tuple[str, ...] | None = None
    select_text: str | None = None
    predicate: Predicate | None = None
    order: tuple[OrderBy, ...] = ()
    expands: tuple[Expand, ...] = ()
    top: int | None = None
    count: bool = False
    raw: Mapping[str, str] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """What a continuation token is bound to."""
        kept = sorted((name, text) for name, text in self.raw.items() if name != "$skiptoken")
        return hashlib.sha256(repr((self.table.name, kept)).encode()).hexdigest()[:16]


def parse_query_options(org: Organisation, table: Table, options: Mapping[str, str]) -> Query:
    """Read query options.  Raises ``Refused`` for what the service refuses."""
    for name in options:
        if name.startswith("$") and name not in KNOWN:
            raise bad_request(f"The query parameter {name} is not supported.")
    if "$apply" in options:
        raise not_simulated("$apply")
    aliases = {name: text for name, text in options.items() if name.startswith("@")}
    return Query(
        table=table,
        select=_select(table, options.get("$select")),
        select_text=_select_text(options.get("$select")),
        predicate=_predicate(org, table, options.get("$filter"), aliases),
        order=_order(table, options.get("$orderby")),
        expands=_expands(org, table, options.get("$expand"), nested=False),
        top=_whole_number("$top", options.get("$top")),
        count=_flag("$count", options.get("$count")),
        raw=dict(options),
    )


class TableFields:
    """The names a filter on a table may use: columns, and columns behind a lookup (``nav/column``)."""

    def __init__(self, org: Organisation, table: Table) -> None:
        self._org = org
        self._table = table

    def field(self, path: str) -> tuple[str, Getter]:
        """Kind and getter of a property path."""
        name, _, rest = path.partition("/")
        if not rest:
            column = self._table.by_read_name.get(name)
            if column is None:
                raise no_property(name, self._table.name)
            return kind_of(column), getter_of(column)
        return self._through(name, rest)

    def column(self, name: str) -> tuple[str, Getter]:
        """Kind and getter of a column by logical name or property name."""
        column = self._table.columns.get(name) or self._table.by_read_name.get(name)
        if column is None or not column.readable:
            raise no_property(name, self._table.name)
        return kind_of(column), getter_of(column)

    def _through(self, navigation: str, rest: str) -> tuple[str, Getter]:
        if navigation in self._table.collections:
            raise bad_request(f"The collection '{navigation}' can be used in a filter with any or all only.")
        if navigation not in self._table.navigations:
            raise no_property(navigation, self._table.name)
        column, targets = self._table.navigations[navigation]
        target = targets[0]
        if target not in self._org.schema.tables:
            raise not_simulated(f"The table '{target}'")
        kind, get = TableFields(self._org, self._org.schema.tables[target]).field(rest)
        return kind, self._follow(column, target, get)

    def _follow(self, column: Column, target: str, get: Getter) -> Getter:
        store, name, several = self._org.store, column.read_name, len(column.targets) > 1

        def follow(row: Row) -> Any:
            if several and row.kinds.get(name) != target:
                return None
            other = store.get(target, row.values.get(name, ""))
            return None if other is None else get(other)

        return follow


def kind_of(column: Column) -> str:
    """The literal kind that a column compares with."""
    if column.is_lookup or column.type == "Uniqueidentifier":
        return "guid"
    if column.type in NUMBER_TYPES or column.type in CHOICE_TYPES:
        return "number"
    return {"Boolean": "bool", "DateTime": "moment"}.get(column.type, "text")


def getter_of(column: Column) -> Callable[[Row], Any]:
    """Reads a column from a row."""
    if column.name == "versionnumber":
        return lambda row: row.version
    name = column.read_name
    return lambda row: row.values.get(name)


def sort_key(query: Query) -> Callable[[Row], tuple[Any, ...]]:
    """Sort key of the query's order, ended by the primary id; nulls sort first, as in the database."""
    parts = [(getter_of(item.column), item.descending) for item in query.order]

    def key(row: Row) -> tuple[Any, ...]:
        return (*(_Ordered.of(get(row), descending) for get, descending in parts), row.id)

    return key


class _Ordered:
    """A value that sorts among nulls, and the other way round when descending."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[bool, Any]) -> None:
        self.key = key

    @staticmethod
    def of(value: Any, descending: bool) -> _Ordered:
        return (_Descending if descending else _Ordered)((value is not None, comparable(value)))

    def __lt__(self, other: _Ordered) -> bool:
        return self._before(self.key, other.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ordered) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @staticmethod
    def _before(one: tuple[bool, Any], two: tuple[bool, Any]) -> bool:
        return one[0] < two[0] if one[0] != two[0] else one[0] and one[1] < two[1]


class _Descending(_Ordered):
    __slots__ = ()

    def __lt__(self, other: _Ordered) -> bool:
        return self._before(other.key, self.key)


def _select(table: Table, text: str | None) -> tuple[str, ...] | None:
    if text is None or text.strip() == "*":
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise bad_request("The $select query option names no column.")
    for name in names:
        if name not in table.by_read_name:
            raise no_property(name, table.name)
    return tuple(dict.fromkeys(_with_currency(table, names)))


def _with_currency(table: Table, names: list[str]) -> list[str]:
    """Selecting an amount also returns the row's currency."""
    currency = "_transactioncurrencyid_value"
    amounts = any(table.by_read_name[name].type == "Money" for name in names)
    return [*names, currency] if amounts and currency in table.by_read_name else names


def _select_text(text: str | None) -> str | None:
    return None if text is None or text.strip() == "*" else ",".join(part.strip() for part in text.split(","))


def _predicate(
    org: Organisation, table: Table, text: str | None, aliases: Mapping[str, str]
) -> Predicate | None:
    return None if text is None else compile_filter(text, TableFields(org, table), aliases)


def _order(table: Table, text: str | None) -> tuple[OrderBy, ...]:
    return tuple(_order_item(table, item.split()) for item in text.split(",")) if text else ()


def _order_item(table: Table, words: list[str]) -> OrderBy:
    if not words or len(words) > 2 or words[-1] not in ("asc", "desc", words[0]):
        raise bad_request(f"Syntax error in the $orderby item '{' '.join(words)}'.")
    column = table.by_read_name.get(words[0])
    if column is None:
        raise no_property(words[0], table.name)
    return OrderBy(column, len(words) == 2 and words[1] == "desc")


def _expands(org: Organisation, table: Table, text: str | None, *, nested: bool) -> tuple[Expand, ...]:
    if not text:
        return ()
    items = tuple(_expand(org, table, item) for item in split_outside(text, ","))
    if len(items) + sum(len(item.query.expands) for item in items) > MAX_EXPANDS:
        raise bad_request(f"The number of $expand options exceeds the maximum of {MAX_EXPANDS}.")
    return items


def _expand(org: Organisation, table: Table, text: str) -> Expand:
    match = _EXPAND_ITEM.fullmatch(text)
    if match is None:
        raise bad_request(f"Syntax error in the $expand item '{text[:200]}'.")
    name, is_collection = match["name"], match["name"] in table.collections
    if not is_collection and name not in table.navigations:
        raise no_property(name, table.name)
    if is_collection and match["ref"]:
        raise bad_request("Expand with $ref is only supported on lookup type navigation property.")
    target = table.collections[name][0] if is_collection else table.navigations[name][1][0]
    if target not in org.schema.tables:
        raise not_simulated(f"The table '{target}'")
    options = _nested_options(match["options"])
    _check_nested(options, is_collection=is_collection)
    query = parse_query_options(org, org.schema.tables[target], options)
    return Expand(name, match["ref"] is not None, is_collection, query)


def _nested_options(text: str | None) -> dict[str, str]:
    parts = [part.strip().partition("=") for part in split_outside(text or "", ";") if part.strip()]
    return {name: value for name, _, value in parts}


def _check_nested(options: Mapping[str, str], *, is_collection: bool) -> None:
    rows_only = {"$filter", "$orderby", "$top"} & options.keys()
    if rows_only and not is_collection:
        raise bad_request(f"{sorted(rows_only)} cannot be used in the $expand of a single-valued property.")
    if rows_only and "$expand" in options:
        raise bad_request(f"{sorted(rows_only)} cannot be used together with a nested $expand.")


def _whole_number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise bad_request(f"Invalid value '{text[:50]}' for {name} query option found.")
    return int(text)


def _flag(name: str, text: str | None) -> bool:
    if text not in (None, "true", "false"):
        raise bad_request(f"Invalid value '{(text or '')[:50]}' for {name} query option found.")
    return text == "true"
