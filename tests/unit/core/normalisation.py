"""What each service makes of a value it stores, by field type: the model that the laws are tested against.

``tests/simulators/shared/test_normalisation.py`` compares it with what the simulators really do.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.records import Side, Value, Values

CODES = (FieldType.CODE, FieldType.COUNTRY)
BLANK_IN_BC: dict[FieldType, Value] = {
    FieldType.DECIMAL: Decimal(0), FieldType.INTEGER: 0, FieldType.BOOLEAN: False,
    FieldType.DATE: "0001-01-01", FieldType.DATE_TIME: "0001-01-01T00:00:00Z",
}  # fmt: skip


def stored(each: FieldMapping, side: Side, native: Values) -> dict[str, Value]:
    """The native fields as the service answers them after it stored them."""
    keep = _stored_in_bc if side is Side.BC else _stored_in_sales
    return {name: keep(each, value) for name, value in native.items()}


def _stored_in_bc(each: FieldMapping, value: Value) -> Value:
    if value is None:
        return BLANK_IN_BC.get(each.type, "")
    if isinstance(value, str) and (each.type in CODES or each.by_reference):
        return "".join(c.upper() if len(c.upper()) == 1 else c for c in value).strip(" ")
    return value


def _stored_in_sales(each: FieldMapping, value: Value) -> Value:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-each.places), ROUND_HALF_UP)
    return None if value == "" else value
