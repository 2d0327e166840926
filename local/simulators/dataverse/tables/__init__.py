"""The rules of the tables, one module per concern.

A new table needs its columns in ``schema/``, its name in ``options`` and, where it has rules of its own, a
module with ``RULES`` and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.simulators.dataverse.tables import (
    currencies,
    customer_addresses,
    customers,
    discounts,
    document_lines,
    documents,
    notes,
    opportunities,
    price_list_items,
    price_lists,
    products,
    units,
    users,
)
from local.simulators.dataverse.tables.rules import TableRules

RULES: Final[Mapping[str, TableRules]] = {
    **currencies.RULES,
    **users.RULES,
    **customers.RULES,
    **customer_addresses.RULES,
    **units.RULES,
    **products.RULES,
    **price_lists.RULES,
    **price_list_items.RULES,
    **discounts.RULES,
    **opportunities.RULES,
    **documents.RULES,
    **document_lines.RULES,
    **notes.RULES,
}
_NONE: Final = TableRules()


def rules_of(table: str) -> TableRules:
    """The rules of a table by its logical name."""
    return RULES.get(table, _NONE)
