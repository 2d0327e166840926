"""``customerFinancialDetails``: amounts of a customer, all zero as no entries are posted here."""

from __future__ import annotations

from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.rules import TableRules


def _amounts(reader: Reader, customer: Row) -> Row:
    values = reader.types["customerFinancialDetails"].blank_values()
    values |= {
        name: customer.values[name] for name in ("id", "number", "lastModifiedDateTime") if name in values
    }
    return Row(customer.id, values, customer.modified_ms, customer.etag, {})


RULES = {"customerFinancialDetails": TableRules(source="customers", project=_amounts)}
