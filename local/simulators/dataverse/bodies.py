"""Reading a write's body against the schema: which columns it sets, to what.

Microsoft docs: webapi/create-entity-web-api, webapi/update-delete-entities-using-web-api.  Lookups are
written through ``navigation@odata.bind`` only; navigation names are case-sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.addresses import row_of
from local.simulators.dataverse.errors import bad_request, invalid_property, not_simulated, row_missing
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.schema import Column, Table
from local.simulators.dataverse.values import to_stored

BIND = "@odata.bind"
OWN_ANNOTATIONS = frozenset({"@odata.type", "@odata.id", "@odata.etag", "@odata.context"})


@dataclass
class Changes:
    """What a body sets, by Web API property; None clears.  ``kinds`` names the lookups' target tables."""

    values: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    row_id: str | None = None


def read_changes(
    org: Organisation, caller: Caller, table: Table, body: Mapping[str, Any], now: Mapping[str, Any] | None
) -> Changes:
    """Check a body for creating (``now`` None) or for updating a row that is ``now``.  Raises ``Refused``."""
    changes = Changes()
    for name, value in body.items():
        if name.endswith(BIND):
            _read_bind(org, caller, table, changes, name.removesuffix(BIND), value, now)
    for name, value in body.items():
        if not name.endswith(BIND):
            _read_value(org, table, changes, name, value, now)
    for plugin in org.options.plugins:
        if plugin["table"] == table.name:
            run_plugin(plugin, changes)
    return changes


def target_row(org: Organisation, reference: Any, targets: tuple[str, ...]) -> tuple[str, str]:
    """(table, id) of the row a bind points at.  Raises ``Refused``: 400 if unreadable, 404 if missing."""
    segment = row_of(reference) if isinstance(reference, str) else None
    target = org.schema.by_set.get(segment.name) if segment else None
    if segment is None or target is None or not segment.has_key:
        raise bad_request(f"Invalid bind value '{str(reference)[:200]}': it must address a row.")
    if target.name not in targets:
        raise bad_request(f"A bind to '{segment.name}' does not fit; the target must be of {list(targets)}.")
    row_id = segment.row_id or key_row_id(org, target, segment.keys)
    if row_id is None or org.store.get(target.name, row_id) is None:
        raise row_missing(target.name, row_id or segment.raw)
    return target.name, row_id


def key_row_id(org: Organisation, table: Table, keys: tuple[tuple[str, str], ...]) -> str | None:
    """The row that an alternate key in an address names.  Raises ``Refused`` for a key not defined."""
    values = key_values(table, keys)
    columns = tuple(sorted(values))
    key = next((key for key in table.keys if tuple(sorted(key.columns)) == columns), None)
    if key is None:
        type_name = f"Microsoft.Dynamics.CRM.{table.name}"
        raise bad_request(
            f"The key in the request URI is not valid for resource '{type_name}'. Ensure that the names and "
            "number of key properties match the declared or alternate key properties for the resource "
            f"'{type_name}'.",
        )
    if key.status != "Active":
        raise bad_request(
            f"The specified key attributes are not a defined key for the {table.name} entity",
            errors.KEY_NOT_DEFINED,
        )
    return org.store.key_owner(table.name, key.columns, tuple(values[name] for name in key.columns))


def key_values(table: Table, keys: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Column name to stored value of an address's key parts.  Raises ``Refused``."""
    found: dict[str, Any] = {}
    for name, raw in keys:
        column = table.by_read_name.get(name)
        if column is None:
            raise errors.no_property(name, table.name)
        text = raw[1:-1].replace("''", "'") if raw[:1] == "'" else raw
        if raw[:1] == "'" and re.search(r"[/<>*%&:\\?+]", text):
            raise bad_request("A potentially dangerous Request.Path value was detected from the client.")
        found[column.name] = int(text) if raw[:1] != "'" and text.lstrip("-").isdigit() else text
    return found


def run_plugin(plugin: Mapping[str, Any], changes: Changes) -> None:
    """What a customer's synchronous logic does to a value before it is stored.  Raises ``Refused``."""
    value = changes.values.get(plugin["column"])
    if not isinstance(value, str):
        return
    if plugin["action"] == "refuse":
        if str(plugin.get("contains", "")).casefold() in value.casefold():
            raise bad_request(str(plugin.get("message", "Refused by a plug-in.")), errors.PLUGIN_REFUSED)
        return
    changes.values[plugin["column"]] = _PLUGIN_ACTIONS[plugin["action"]](value)


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else text


_PLUGIN_ACTIONS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "trim": str.strip,
    "phone": _phone,
}


def _read_bind(
    org: Organisation,
    caller: Caller,
    table: Table,
    changes: Changes,
    navigation: str,
    reference: Any,
    now: Mapping[str, Any] | None,
) -> None:
    if navigation not in table.navigations:
        raise bad_request(
            f"An undeclared property '{navigation}' which only has property annotations in the payload but "
            "no property value was found in the payload. In OData, only declared navigation properties and "
            "declared named streams can be represented as properties without values."
        )
    column, targets = table.navigations[navigation]
    _check_writable(table, column, creating=now is None, name=navigation)
    if reference is None:
        changes.values[column.read_name] = None
        return
    target, row_id = target_row(org, reference, targets)
    if column.type != "Owner":
        org.people.require(caller, "append", table.name)
    changes.values[column.read_name] = row_id
    if len(column.targets) > 1:
        changes.kinds[column.read_name] = target


def _read_value(
    org: Organisation,
    table: Table,
    changes: Changes,
    name: str,
    value: Any,
    now: Mapping[str, Any] | None,
) -> None:
    if "@" in name:
        _check_annotation(table, name, value)
        return
    column = table.columns.get(name)
    if name in table.navigations and (column is None or column.is_lookup):
        raise not_simulated(f"A nested value for the navigation property '{name}'")
    if column is None or column.is_lookup:
        raise _not_writable_name(table, name)
    if name == table.id_name:
        changes.row_id = to_stored(table.name, column, value)
        if now is not None and changes.row_id != now.get(name):
            raise bad_request(f"The property '{name}' cannot be changed.")
        return
    _check_writable(table, column, creating=now is None, name=name)
    digits = _money_digits(org, column, changes, now) if column.type == "Money" else 0
    stored = to_stored(table.name, column, value, digits)
    changes.values[name] = None if stored == "" and org.options.empty_text_is_null else stored


def _check_annotation(table: Table, name: str, value: Any) -> None:
    if name == "@odata.type" and str(value).lstrip("#") != f"Microsoft.Dynamics.CRM.{table.name}":
        raise bad_request(f"A type named '{value}' could not be resolved for the set '{table.set_name}'.")
    if name.startswith("@") and name not in OWN_ANNOTATIONS:
        raise bad_request(f"The annotation '{name}' is not known in a request.")


def _not_writable_name(table: Table, name: str) -> errors.Refused:
    if name.startswith("_") and name.endswith("_value"):
        return bad_request(
            "CRM do not support direct update of Entity Reference properties, "
            "Use Navigation properties instead."
        )
    return invalid_property(name, table.name)


def _check_writable(table: Table, column: Column, *, creating: bool, name: str) -> None:
    if not (column.create if creating else column.update):
        when = "creating" if creating else "updating"
        raise bad_request(f"The property '{name}' of '{table.name}' cannot be set when {when} a row.")


def _money_digits(org: Organisation, column: Column, changes: Changes, now: Mapping[str, Any] | None) -> int:
    name = "_transactioncurrencyid_value"
    return org.money_digits(column, {name: changes.values.get(name) or (now or {}).get(name)})
