"""Amounts in local currency that Sales keeps in the record's own: which records a changed rate concerns.

Such an amount changes in Sales when a rate does, though nobody touched the record in Business Central, so
neither its version nor a change feed tells of it.
"""

from __future__ import annotations

from shared_code.core.base import Base
from shared_code.core.mapping import FieldMapping, FieldType, Mapping
from shared_code.core.records import ZERO_ID, Value

RATE_FIELD = "exchange_rate"
"""The field of a currency mapping that amounts are converted with."""


def converted_fields(mapping: Mapping) -> tuple[FieldMapping, ...]:
    """The fields whose value is converted at a rate."""
    return tuple(each for each in mapping.fields if each.type is FieldType.LOCAL_AMOUNT)


def converts_through(mapping: Mapping, currencies: str) -> bool:
    """Whether amounts of this mapping are converted at the rates of the mapping ``currencies``."""
    return any(currencies in each.lookup for each in converted_fields(mapping))


def foreign_currency(mapping: Mapping, base: Base | None) -> str | None:
    """The BC id of the currency the record's amounts were last converted to; ``None`` for the local one."""
    for each in converted_fields(mapping):
        value = base.bc.get(_currency_field(mapping, each)) if base else None
        if value not in (None, ZERO_ID):
            return str(value)
    return None


def _currency_field(mapping: Mapping, amount: FieldMapping) -> str:
    return next((each.name for each in mapping.fields if each.bc == amount.bc_currency), "")


def is_concerned(mapping: Mapping, base: Base | None, changed: frozenset[str]) -> bool:
    """Whether a record's amounts depend on one of the changed rates.

    Every rate is towards a common base, so a changed rate of the local currency concerns all foreign ones.
    """
    currency = foreign_currency(mapping, base)
    return currency is not None and (currency in changed or ZERO_ID in changed)


def rate_of(base: Base | None) -> Value:
    """The rate a currency's coupling holds."""
    return base.bc.get(RATE_FIELD) if base else None
