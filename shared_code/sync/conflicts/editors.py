"""Who changed records last, and when, as far as each service tells.

Sales tells the user and the time.  Business Central's API tells the time only.
Source: Microsoft docs, dataverse entity reference (modifiedby, modifiedon) and api-reference/v2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared_code.core.mapping import Mapping
from shared_code.core.policies import MODIFIED_ON
from shared_code.core.records import Row, Side
from shared_code.sync.parts import ConnectionParts, table_of
from shared_code.systems.interface import Column, SystemFault, Table

_USERS = "systemusers"


@dataclass(frozen=True, slots=True)
class Edited:
    """When a record was changed last, and by whom where the service tells; blank: it does not."""

    at: str = ""
    by: str = ""


def edited(at: ConnectionParts, mapping: Mapping, side: Side, ids: Sequence[str]) -> dict[str, Edited]:
    """The last changes of up to 500 records: a request, in Sales two.

    Empty where the service cannot tell now: it only helps to decide.
    """
    if not ids or (side is Side.SALES and mapping.is_option_set):
        return {}
    try:
        return _in_sales(at, mapping, ids) if side is Side.SALES else _in_bc(at, mapping, ids)
    except SystemFault:
        return {}


def _in_bc(at: ConnectionParts, mapping: Mapping, ids: Sequence[str]) -> dict[str, Edited]:
    """A version is stamped with the time of the last change."""
    rows = at.systems[Side.BC].read(table_of(mapping, Side.BC), ids)
    return {record_id: Edited(row.version.stamp) for record_id, row in rows.items()}


def _in_sales(at: ConnectionParts, mapping: Mapping, ids: Sequence[str]) -> dict[str, Edited]:
    columns = (Column(MODIFIED_ON), Column("modifiedby", _USERS))
    table = replace(table_of(mapping, Side.SALES), columns=columns, scan_columns=(), lines=None)
    rows = at.systems[Side.SALES].read(table, ids)
    names = _names(at, [str(user) for row in rows.values() if (user := row.values.get("modifiedby"))])
    return {record_id: _edited(row, names) for record_id, row in rows.items()}


def _names(at: ConnectionParts, users: Sequence[str]) -> dict[str, str]:
    if not users:
        return {}
    table = Table(_USERS, "systemuserid", (Column("fullname"),))
    rows = at.systems[Side.SALES].read(table, sorted(set(users)))
    return {user: str(row.values.get("fullname") or "") for user, row in rows.items()}


def _edited(row: Row, names: dict[str, str]) -> Edited:
    user = str(row.values.get("modifiedby") or "")
    return Edited(str(row.values.get(MODIFIED_ON) or ""), names.get(user) or user)
