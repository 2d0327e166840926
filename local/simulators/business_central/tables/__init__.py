"""The entity sets inside a company, one module per concern.

A new table needs its type in ``schema/``, a module with ``RULES`` and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.simulators.business_central.tables import (
    contacts,
    contacts_information,
    customer_ledger,
    customers,
    extension,
    financial_details,
    general_ledger,
    invoices,
    item_units,
    items,
    ledger,
    opportunities,
    orders,
    planned,
    quotes,
    setup,
    variants,
    vendors,
)
from local.simulators.business_central.tables.rules import TableRules


class _Rules(dict[str, TableRules]):
    """The rules by table; a company's own table (``<api>/<set>``) has none beyond its type."""

    def __missing__(self, name: str) -> TableRules:
        if name.count("/") < OWN_DEPTH:
            raise KeyError(name)
        return TableRules(source=name)


OWN_DEPTH: Final = 3
"""Slashes in the name of a company's own table: publisher, group, version, set."""

_KNOWN: Final[Mapping[str, TableRules]] = {
    **setup.RULES,
    **customers.RULES,
    **vendors.RULES,
    **contacts.RULES,
    **contacts_information.RULES,
    **financial_details.RULES,
    **items.RULES,
    **variants.RULES,
    **ledger.RULES,
    **planned.RULES,
    **general_ledger.RULES,
    **customer_ledger.RULES,
    **item_units.RULES,
    **opportunities.RULES,
    **invoices.RULES,
    **orders.RULES,
    **quotes.RULES,
    **extension.RULES,
}
RULES: Final[Mapping[str, TableRules]] = _Rules(_KNOWN)
STORED: Final = tuple(name for name, rules in RULES.items() if rules.source == name)
"""The tables that keep rows; the other entity sets show these."""
