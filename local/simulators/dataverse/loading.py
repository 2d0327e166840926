"""Loading rows as they are: no checks of values, ids and dates kept, lookups resolved.

Records have the shape of Web API answers.  Unknown properties and annotations are left out; a lookup
to a row that exists neither in the store nor among the records is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.simulators.dataverse import computed
from local.simulators.dataverse.bodies import Changes
from local.simulators.dataverse.organisation import Organisation, set_base_currency
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.rendering import LOOKUP_NAME
from local.simulators.dataverse.schema import Column, Schema, Table
from local.simulators.dataverse.tables import rules_of
from local.simulators.dataverse.tables.rules import Draft

Record = Mapping[str, Any]
OVERLAP = "overlap_"


@dataclass
class Loaded:
    """What a load did: rows per table, properties left out, lookups dropped."""

    rows: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    dropped_lookups: int = 0


@dataclass
class _Draft:
    table: Table
    row_id: str
    values: dict[str, Any]
    kinds: dict[str, str]


def table_of_file(schema: Schema, path: Path) -> Table:
    """The table whose rows a file holds: named like the entity set, perhaps after ``overlap_``."""
    name = path.stem.removeprefix(OVERLAP)
    if name not in schema.by_set:
        raise ValueError(f"{path.name} is not named after an entity set; known are {sorted(schema.by_set)}")
    return schema.by_set[name]


def load(org: Organisation, records: Mapping[str, Iterable[Record]]) -> Loaded:
    """Put records (by table) into the store, replacing rows with the same id.  Raises ValueError."""
    if unknown := sorted(records.keys() - org.schema.tables.keys()):
        raise ValueError(f"there are no tables {unknown}; known are {sorted(org.schema.tables)}")
    loaded = Loaded()
    drafts = {name: [_draft(org, name, one, loaded) for one in rows] for name, rows in records.items()}
    new_ids = {name: {draft.row_id for draft in rows} for name, rows in drafts.items()}
    for name in sorted(drafts, key=lambda table: table != "transactioncurrency"):
        for draft in drafts[name]:
            _resolve(org, draft, new_ids, loaded)
            _put(org, draft)
        loaded.rows[name] = len(drafts[name])
        if name == "transactioncurrency":
            set_base_currency(org)
    return loaded


def _draft(org: Organisation, name: str, record: Record, loaded: Loaded) -> _Draft:
    table = org.schema.tables[name]
    row_id = str(record.get(table.id_name) or org.new_id()).lower()
    values: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    for prop, value in record.items():
        head, _, annotation = prop.partition("@")
        if annotation == LOOKUP_NAME and head:
            kinds[head] = str(value)
        elif prop not in table.by_read_name:
            loaded.left_out[f"{name}.{prop}"] = loaded.left_out.get(f"{name}.{prop}", 0) + 1
        elif value is not None:
            values[prop] = _stored(table.by_read_name[prop], value)
    values.pop("versionnumber", None)
    return _Draft(table, row_id, values, kinds)


def _stored(column: Column, value: Any) -> Any:
    """A lookup's id in lower case; a date in a column of moments as its first moment."""
    if column.is_lookup:
        return value.lower()
    short = column.type == "DateTime" and not column.date_only and len(value) == len("2000-01-01")
    return f"{value}T00:00:00Z" if short else value


def _resolve(org: Organisation, draft: _Draft, new_ids: Mapping[str, set[str]], loaded: Loaded) -> None:
    for column in draft.table.lookups:
        target = draft.values.get(column.read_name)
        if target is None:
            continue
        kind = _kind_of(org, column, target, draft.kinds.get(column.read_name), new_ids)
        if kind is None:
            del draft.values[column.read_name]
            draft.kinds.pop(column.read_name, None)
            loaded.dropped_lookups += 1
        elif len(column.targets) > 1:
            draft.kinds[column.read_name] = kind


def _kind_of(
    org: Organisation, column: Column, target: str, told: str | None, new_ids: Mapping[str, set[str]]
) -> str | None:
    candidates = (told,) if told else column.targets
    for name in candidates:
        known = name in org.schema.tables and org.store.get(name, target) is not None
        if known or target in new_ids.get(name, ()):
            return name
    return None


def _put(org: Organisation, draft: _Draft) -> None:
    given = dict(draft.values)
    caller, values = Caller(org.system_user_id, {}), draft.values
    computed.fill_new(org, caller, draft.table, draft.row_id, values)
    kept = ("createdon", "modifiedon", "_createdby_value", "_modifiedby_value")
    values |= {name: given[name] for name in kept if name in given}
    changes = Changes(values=given, kinds=draft.kinds)
    computed.fill_owner(org, caller, draft.table, changes, values, draft.kinds)
    if "statecode" in draft.table.columns:
        state = values.setdefault("statecode", 0)
        choice = draft.table.columns["statecode"].options.get(state)
        values.setdefault("statuscode", choice.default_status if choice else None)
    computed.fill_texts(org, draft.table, given, values)
    if "fullname" in given:
        values["fullname"] = given["fullname"]
    rules = rules_of(draft.table.name)
    rules.loading(Draft(org, caller, draft.table, draft.row_id, changes, values, draft.kinds))
    computed.fill_amounts(org, draft.table, given, values)
    row = org.store.put(draft.table.name, draft.row_id, values, draft.kinds)
    rules.loaded(org, row)
