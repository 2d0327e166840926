"""Addresses of accounts and contacts: the first ones are columns of the customer and rows of their own.

Microsoft docs: data-platform/customer-entities-account-contact.  The platform makes the rows with the
customer, whether its address is blank or not, and keeps both equal; no message is sent for these writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.business_errors import ADDRESS_TYPE, NOT_DELETABLE
from local.simulators.dataverse.computed import fill_texts
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.saving import write_computed
from local.simulators.dataverse.schema import Schema, Table
from local.simulators.dataverse.store import Row
from local.simulators.dataverse.tables.rules import Draft, TableRules, require, rows_pointing

TABLE = "customeraddress"
EMBEDDED: Mapping[str, int] = {"account": 2, "contact": 3}
"""How many addresses of a customer are columns of its own too."""
_COPIED = ("createdon", "modifiedon", "_createdby_value", "_modifiedby_value", "_ownerid_value")


def store_addresses(draft: Draft, row: Row) -> None:
    """Keep the rows of a customer's own addresses as its columns are."""
    for number in range(1, EMBEDDED[draft.table.name] + 1):
        parts = _parts(draft.org.schema, draft.table, number)
        if draft.creating or draft.sent(*parts):
            _store_address(draft.org, draft.table, row, number)


def complete_addresses(kind: str, org: Organisation, row: Row) -> None:
    """Make the address rows of a customer that was loaded."""
    table = org.schema.tables[kind]
    for number in range(1, EMBEDDED[table.name] + 1):
        _store_address(org, table, row, number)


def _store_address(org: Organisation, table: Table, row: Row, number: int) -> None:
    parts = _parts(org.schema, table, number)
    values = {part: row.values[name] for name, part in parts.items() if name in row.values}
    values |= {name: row.values[name] for name in _COPIED if name in row.values}
    address_id = row.values[f"address{number}_addressid"]
    values |= {
        "customeraddressid": address_id,
        "addressnumber": number,
        "objecttypecode": table.name,
        "_parentid_value": row.id,
    }
    fill_texts(org, org.schema.tables[TABLE], values, values)
    kinds = {"_parentid_value": table.name}
    if "_ownerid_value" in row.kinds:
        kinds["_ownerid_value"] = row.kinds["_ownerid_value"]
    org.store.put(TABLE, address_id, values, kinds)


def _parts(schema: Schema, table: Table, number: int) -> dict[str, str]:
    """The customer's column of each column of the address; kept with the table once computed."""
    kept: dict[int, dict[str, str]] = table.__dict__.setdefault("_address_parts", {})
    if number not in kept:
        prefix, own = f"address{number}_", schema.tables[TABLE].columns
        kept[number] = {
            name: name.removeprefix(prefix)
            for name, column in table.columns.items()
            if name.startswith(prefix) and column.update and name.removeprefix(prefix) in own
        }
    return kept[number]


def _prepare(draft: Draft) -> None:
    require(draft, parentid=None)
    parent, kind = draft.values["_parentid_value"], draft.kinds["_parentid_value"]
    if draft.sent("objecttypecode") and draft.values.get("objecttypecode") != kind:
        raise ADDRESS_TYPE.refused()
    draft.values["objecttypecode"] = kind
    customer = draft.org.store.get(kind, parent)
    if customer is not None and "_ownerid_value" in customer.values:
        draft.values["_ownerid_value"] = customer.values["_ownerid_value"]
        draft.kinds["_ownerid_value"] = customer.kinds.get("_ownerid_value", "systemuser")
    draft.values.setdefault("addressnumber", _next_number(draft.org, kind, parent))


def _next_number(org: Organisation, kind: str, parent: str) -> int:
    rows = rows_pointing(org, TABLE, "_parentid_value", kind, parent)
    return max((row.values.get("addressnumber", 0) for row in rows), default=EMBEDDED[kind]) + 1


def _is_embedded(values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    number = values.get("addressnumber") or 0
    return 1 <= number <= EMBEDDED.get(kinds.get("_parentid_value", ""), 0)


def _check(draft: Draft) -> None:
    """The number and the customer of an address that is columns too are fixed."""
    before = draft.before
    if before is not None and _is_embedded(before.values, before.kinds):
        fixed = not (draft.changed("addressnumber") or draft.changed("_parentid_value"))
    else:
        fixed = not _is_embedded(draft.values, draft.kinds)
    if not fixed:
        raise bad_request(
            "The first addresses of an account or contact are those of its columns.", errors.INVALID_ARGUMENT
        )


def _saved(draft: Draft, row: Row) -> None:
    """An address that is columns too is written there."""
    if not _is_embedded(row.values, row.kinds):
        return
    table = draft.org.schema.tables[row.kinds["_parentid_value"]]
    customer = draft.org.store.get_to_write(table.name, row.values["_parentid_value"])
    parts = _parts(draft.org.schema, table, row.values["addressnumber"])
    changed = {name: row.values.get(part) for name, part in parts.items() if draft.sent(part)}
    if customer is not None and changed:
        write_computed(draft.org, draft.caller, table, customer, changed)


def _deleting(org: Organisation, row: Row) -> None:
    if _is_embedded(row.values, row.kinds):
        raise NOT_DELETABLE.refused()


RULES = {TABLE: TableRules(prepare=_prepare, check=_check, saved=_saved, deleting=_deleting)}
