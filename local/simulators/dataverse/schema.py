"""The tables, columns and navigation properties of the organisation (its metadata)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

SCHEMA_FOLDER = Path(__file__).with_name("schema")
LOOKUP_TYPES = frozenset({"Lookup", "Customer", "Owner"})
TEXT_TYPES = frozenset({"String", "Memo", "Image"})
NUMBER_TYPES = frozenset({"Integer", "BigInt", "Decimal", "Double", "Money"})
CHOICE_TYPES = frozenset({"Picklist", "State", "Status"})
COLUMN_TYPES = frozenset({"String", "Memo", "Integer", "Decimal", "Money", "Boolean", "DateTime", "Picklist"})
DERIVED = ("by_read_name", "navigations", "lookups", "composites", "base_amounts", "create_defaults")
FIRST_CUSTOM_OPTION = 100_000_000


@dataclass
class Choice:
    """One option of a choice column; ``state`` only for status reasons, ``default_status`` for states."""

    label: str
    state: int | None = None
    default_status: int | None = None


@dataclass
class Column:
    """One column; ``read_name`` is its Web API property (``_x_value`` for a lookup)."""

    name: str
    type: str
    read_name: str
    schema_name: str
    create: bool = False
    update: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    precision: int | None = None
    precision_source: int = 2
    """Where an amount's decimals come from: 0 the column, 1 the organisation's pricing, 2 the currency."""
    default: int | None = None
    """The choice the service fills into a new row."""
    on_delete: str = "RemoveLink"
    """What the deletion of the row a lookup points at does: RemoveLink, Cascade or Restrict."""
    on_assign: str = "NoCascade"
    """Whether the row follows (Cascade) when the row a lookup points at gets another owner."""
    options: dict[int, Choice] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    navigations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    date_only: bool = False
    date_format: str = "DateAndTime"
    required: str = "None"
    readable: bool = True
    custom: bool = False

    @property
    def is_lookup(self) -> bool:
        return self.type in LOOKUP_TYPES


@dataclass
class Key:
    """An alternate key; only an ``Active`` one can be used in an address."""

    name: str
    columns: tuple[str, ...]
    status: str = "Active"


@dataclass
class Table:
    """One table.  ``collections`` maps a navigation name to (table, its lookup column)."""

    name: str
    set_name: str
    id_name: str
    name_column: str
    schema_name: str
    ownership: str
    object_type_code: int
    required_on_create: tuple[str, ...]
    collections: dict[str, tuple[str, str]]
    columns: dict[str, Column]
    keys: list[Key] = field(default_factory=list)
    changed_at_version: int = 0
    """Version of the last schema change: change tokens from before it are expired."""

    @cached_property
    def by_read_name(self) -> dict[str, Column]:
        """Columns by Web API property name."""
        return {column.read_name: column for column in self.columns.values() if column.readable}

    @cached_property
    def navigations(self) -> dict[str, tuple[Column, tuple[str, ...]]]:
        """Single-valued navigation properties: name to (lookup column, target tables)."""
        return {
            name: (column, targets)
            for column in self.columns.values()
            for name, targets in column.navigations.items()
        }

    @cached_property
    def lookups(self) -> list[Column]:
        return [column for column in self.columns.values() if column.is_lookup]

    @cached_property
    def composites(self) -> list[str]:
        """What the names of the columns of each address begin with that has a composite column."""
        return [name.removesuffix("composite") for name in self.columns if name.endswith("composite")]

    @cached_property
    def base_amounts(self) -> list[tuple[str, str]]:
        """Money columns and their twin in the base currency."""
        return [(name, f"{name}_base") for name in self.columns if f"{name}_base" in self.columns]

    @cached_property
    def create_defaults(self) -> dict[str, Any]:
        """What the service fills into a new row where the caller sent nothing."""
        found = {column.read_name: _default_of(column) for column in self.columns.values()}
        return {name: value for name, value in found.items() if value is not None}

    def add(self, column: Column) -> None:
        """Add a column and forget what was derived from the columns."""
        self.columns[column.name] = column
        for derived in DERIVED:
            self.__dict__.pop(derived, None)


@dataclass
class Schema:
    """All tables by logical name and by entity set name."""

    tables: dict[str, Table]

    @cached_property
    def by_set(self) -> dict[str, Table]:
        return {table.set_name: table for table in self.tables.values()}

    def add(self, name: str, spec: Mapping[str, Any]) -> None:
        """Add a table that ``spec`` describes as the files of the schema describe theirs."""
        self.tables[name] = _table(name, spec)
        self.__dict__.pop("by_set", None)


def load_schema(
    columns: Sequence[Mapping[str, Any]] = (),
    keys: Sequence[Mapping[str, Any]] = (),
    tables: Mapping[str, Mapping[str, Any]] | None = None,
) -> Schema:
    """The schema as shipped, with custom columns and alternate keys added.  Raises ValueError."""
    schema = Schema({name: _own(table) for name, table in _shipped_tables().items()})
    schema.tables.update({name: _table(name, spec) for name, spec in (tables or {}).items()})
    for spec in columns:
        table = _known_table(schema, spec["table"])
        table.add(custom_column(table, spec))
    for spec in keys:
        _add_key(_known_table(schema, spec["table"]), spec)
    return schema


def custom_column(table: Table, spec: Mapping[str, Any]) -> Column:
    """A column an administrator adds.  Raises ValueError when it exists or its type is unknown."""
    name = str(spec["logical_name"]).lower()
    if name in table.columns:
        raise ValueError(f"{table.name} has a column {name} already")
    if spec["type"] not in COLUMN_TYPES:
        raise ValueError(f"{spec['type']} is no column type; known are {sorted(COLUMN_TYPES)}")
    options = {int(choice["value"]): Choice(choice["label"]) for choice in spec.get("options", ())}
    return Column(
        name=name, type=spec["type"], read_name=name, schema_name=str(spec.get("schema_name", name)),
        create=True, update=True, max_length=int(spec.get("max_length", 100)), options=options,
        minimum=spec.get("min"), maximum=spec.get("max"), precision=spec.get("precision"), custom=True,
        # Yes or no is answered for every row that is made from then on.
        default=spec.get("default", False) if spec["type"] == "Boolean" else None,
        date_only=spec.get("format") == "date",
    )  # fmt: skip


def _known_table(schema: Schema, name: str) -> Table:
    if name not in schema.tables:
        raise ValueError(f"there is no table {name}; known are {sorted(schema.tables)}")
    return schema.tables[name]


def _add_key(table: Table, spec: Mapping[str, Any]) -> None:
    names = tuple(spec["columns"])
    if missing := [name for name in names if name not in table.columns]:
        raise ValueError(f"{table.name} has no columns {missing} for a key")
    table.keys.append(Key(str(spec.get("name", names[0])), names, str(spec.get("status", "Active"))))


def _table(name: str, spec: Mapping[str, Any]) -> Table:
    """The table that a file describes, which is named after it, or an administrator added."""
    return Table(
        name=name, set_name=spec["set"], id_name=spec["id"], name_column=spec["name"],
        schema_name=spec["schema_name"], ownership=spec["ownership"],
        object_type_code=spec["object_type_code"], required_on_create=tuple(spec["required_on_create"]),
        collections={nav: (target, column) for nav, (target, column) in spec["collections"].items()},
        columns={column: _column(column, data) for column, data in spec["columns"].items()},
    )  # fmt: skip


@cache
def _shipped_tables() -> Mapping[str, Table]:
    """The tables of every organisation, read once; an organisation changes copies of its own."""
    return {path.stem: _table(path.stem, _shipped(path)) for path in sorted(SCHEMA_FOLDER.glob("*.json"))}


def _own(table: Table) -> Table:
    """A copy whose columns and options may be added to; columns without a choice never change."""
    columns = {
        name: replace(column, options=dict(column.options)) if column.type in CHOICE_TYPES else column
        for name, column in table.columns.items()
    }
    return replace(table, columns=columns, collections=dict(table.collections), keys=[])


def _shipped(path: Path) -> dict[str, Any]:
    """What a file says."""
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said


def _column(name: str, spec: Mapping[str, Any]) -> Column:
    return Column(
        name=name, type=spec["type"], read_name=spec.get("read", name), schema_name=name,
        create=spec.get("create", False), update=spec.get("update", False),
        max_length=spec.get("max_length"), minimum=spec.get("min"), maximum=spec.get("max"),
        precision=spec.get("precision"), precision_source=spec.get("precision_source", 2),
        default=spec.get("default"), on_delete=spec.get("on_delete", "RemoveLink"),
        on_assign=spec.get("on_assign", "NoCascade"),
        options=_options(spec.get("options", ())),
        targets=tuple(spec.get("targets", ())), navigations=_navigations(spec),
        date_only=spec.get("date_only", False), date_format=spec.get("format", "DateAndTime"),
        required=spec.get("required", "None"), readable=not spec.get("unreadable", False),
    )  # fmt: skip


def _options(raw: Sequence[Mapping[str, Any]]) -> dict[int, Choice]:
    return {one["value"]: Choice(one["label"], one.get("state"), one.get("defaultStatus")) for one in raw}


def _navigations(spec: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    navigation = spec.get("navigation")
    if isinstance(navigation, dict):
        return {name: (target,) for target, name in navigation.items()}
    return {navigation: tuple(spec["targets"])} if navigation else {}


def _default_of(column: Column) -> Any:
    if column.default is not None:
        return column.default
    if column.type == "Boolean" and not column.custom:
        return column.name == "followemail"
    labels = [choice.label for choice in column.options.values()]
    if column.type == "Picklist" and labels == ["Default Value"]:
        return next(iter(column.options))
    return None
