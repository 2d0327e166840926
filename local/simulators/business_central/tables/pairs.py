"""An id and the code or number beside it that name the same row of another table."""

from __future__ import annotations

from dataclasses import dataclass

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.schema import EMPTY_ID
from local.simulators.business_central.session import Edit
from local.simulators.business_central.storage import Row


@dataclass(frozen=True, slots=True)
class Pair:
    """Two properties, the table they point to, and the page's texts where they do not.

    ``no_code`` may hold ``{value}``.  ``by`` is a second property of the table that the code is looked up by.
    """

    id_name: str
    code_name: str
    table: str
    no_id: str
    no_code: str
    differ: str
    by: str | None = None


def set_pair(edit: Edit, pair: Pair) -> Row | None:
    """Fill the half that was not sent; raises 400 where one names nothing or both differ.

    Returns the row named, None where neither half was sent or a blank was.
    """
    if pair.id_name not in edit.sent and pair.code_name not in edit.sent:
        return None
    wanted_id, code = edit.sent.get(pair.id_name, EMPTY_ID), edit.sent.get(pair.code_name)
    by_id = edit.session.current(pair.table, wanted_id)
    if wanted_id != EMPTY_ID and by_id is None:
        raise business_rule(pair.no_id)
    by_code = _by_code(edit, pair, code) if code else None
    if code and by_code is None and by_id is None:
        raise business_rule(pair.no_code.format(value=code))
    if by_id is not None and code is not None and by_code != by_id:
        raise business_rule(pair.differ)
    row = by_id or by_code
    edit.values[pair.id_name] = row.id if row else EMPTY_ID
    edit.values[pair.code_name] = _key_of(edit, pair, row) if row else ""
    return row


def _by_code(edit: Edit, pair: Pair, code: str) -> Row | None:
    found = edit.session.by_key(pair.table, code)
    if found is not None or pair.by is None:
        return found
    rows = edit.session.table(pair.table).rows.values()
    return next((row for row in rows if row.values[pair.by] == code), None)


def _key_of(edit: Edit, pair: Pair, row: Row) -> str:
    return str(row.values[edit.session.table(pair.table).key_property or ""])
