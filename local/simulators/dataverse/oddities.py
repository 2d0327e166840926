"""A person writes an odd value into some row, through the rules of the service."""

from __future__ import annotations

import random
from typing import Any

from local.simulators.dataverse import writing
from local.simulators.dataverse.errors import Refused
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import ALL_PRIVILEGES, Caller
from local.simulators.dataverse.schema import Column, Table
from local.simulators.odd import odd_number, odd_text

TABLES = ("account", "contact", "product")
TRIES = 8
"""A rule of the table may refuse a value, as it refuses a person."""
_TEXTS, _NUMBERS = ("String", "Memo"), ("Money", "Decimal")


def write_oddly(org: Organisation, draw: random.Random) -> bool:
    """Write one odd value; false where there is no row or every value tried was refused."""
    tables = [org.schema.tables[name] for name in TABLES if name in org.schema.tables]
    filled = [table for table in tables if org.store.tables[table.name].rows]
    return bool(filled) and any(_tried(org, draw, draw.choice(filled)) for _ in range(TRIES))


def _tried(org: Organisation, draw: random.Random, table: Table) -> bool:
    row = org.store.get_to_write(table.name, draw.choice(list(org.store.tables[table.name].rows)))
    columns = [column for column in table.columns.values() if _is_free(column)]
    if row is None or not columns:
        return False
    column = draw.choice(columns)
    caller = Caller(org.system_user_id, ALL_PRIVILEGES)
    try:
        with org.transaction():
            writing.update(org, caller, table, row, {column.name: _value(draw, column)})
    except Refused:
        return False
    return True


def _value(draw: random.Random, column: Column) -> Any:
    """Blank comes as null and as empty text, where a person could leave the field blank."""
    odd: Any = odd_text(draw, column.max_length) if column.type in _TEXTS else odd_number(draw)
    return None if not odd and draw.random() < 0.5 else odd


def _is_free(column: Column) -> bool:
    return column.type in (*_TEXTS, *_NUMBERS) and column.update and not column.custom
