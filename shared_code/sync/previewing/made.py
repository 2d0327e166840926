"""What a record would hold right after its creation, as far as that can be known before. Pure.

A service fills what it is not given: Business Central numbers a customer and answers false and 0 for blanks;
Sales answers false for a column with two options.  What neither rule nor mapping tells stays blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared_code.core import filters
from shared_code.core.conditions import Test
from shared_code.core.identity import digest, partner_id
from shared_code.core.mapping import Condition, FieldMapping, FieldType
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.records import Side, Value, Values
from shared_code.systems.interface import Column, Table

NUMBER = "number"
"""The field that Business Central fills from a number series."""

SYMBOL_LENGTH = 12


def made(mapping: TableMapping, side: Side, given: Values, record_id: str) -> dict[str, Value]:
    """The native values of a record that is created with ``given``."""
    values: dict[str, Value] = dict.fromkeys(mapping.native_names(side))
    values |= dict(_blanks(mapping, side)) | dict(_targets(mapping, side, given))
    values |= {name: v for name, v in _new_row(mapping, side).items() if name in values}
    if side is Side.BC:
        values |= {name: symbol(record_id, name) for name in numbered(mapping) if name in values}
    values |= given
    rule = mapping.side(side)
    known = {*given, *NEW_ROWS.get(rule.table, {})}
    for condition in (*rule.filter, *rule.creates_when):
        # Tandem creates what belongs to the mapping: what it is not given is as the filter says.
        is_given = not isinstance(condition, Condition) or condition.field in known
        if not is_given and not filters.meets(condition, values, side):
            values |= _met(condition)
    return values


def _new_row(mapping: TableMapping, side: Side) -> Mapping[str, Value]:
    if side is Side.BC:
        return {}
    return {"statecode": 0, "statuscode": 1, **NEW_ROWS.get(mapping.sales.table, {})}


NEW_ROWS: Mapping[str, Mapping[str, Value]] = {
    "products": {"statecode": 2, "statuscode": 0},
    "pricelevels": {"statuscode": 100001},
}
"""State and status reason of a new row, where they are not 0 and 1: a product is a draft at first
(Microsoft docs: developer/entities/product, pricelevel)."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """A column that Sales fills from the row which another column of the new row leads to."""

    column: str
    through: str
    source: Table


INHERITED: Mapping[str, Inherited] = {
    "productpricelevels": Inherited(
        "transactioncurrencyid",
        "pricelevelid",
        Table("pricelevels", "pricelevelid", (Column("transactioncurrencyid", "transactioncurrencies"),)),
    )
}
"""A price is in the currency of its list (Microsoft docs: developer/entities/productpricelevel)."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A row that Sales makes by itself when another one is created."""

    table: str
    id: str
    values: Values


def beside(table: str, record_id: str, values: Values) -> list[Beside]:
    """What Sales makes beside a new row: the base unit of a unit group."""
    if table != "uomschedules":
        return []
    unit: dict[str, Value] = {
        "name": values.get("baseuomname"),
        "uomscheduleid": record_id,
        "isschedulebaseuom": True,
        "quantity": Decimal(1),
        "baseuom": None,
    }
    return [Beside("uoms", partner_id("", "uoms|preview", record_id, 0), unit)]


def numbered(mapping: TableMapping) -> tuple[str, ...]:
    """The fields that Business Central fills by itself: the number, and what other records refer to it by (a
    customer's company contact)."""
    return tuple(dict.fromkeys((NUMBER, *mapping.bc.reference)))


def symbol(record_id: str, name: str) -> str:
    """What stands for a number of a record that is not there yet; no number series gives such a one.

    In capitals, as Business Central keeps every code.
    """
    return f"*{digest((record_id, name))[: SYMBOL_LENGTH - 1].upper()}"


def _blanks(mapping: TableMapping, side: Side) -> Iterator[tuple[str, Value]]:
    """How each service answers a blank field."""
    for each in mapping.fields:
        blank = _blank_of(each.type, side)
        for name in _names(each, side):
            if blank is not None:
                yield name, blank


def _blank_of(of_type: FieldType, side: Side) -> Value:
    if of_type is FieldType.BOOLEAN:
        return False
    return None if side is Side.SALES else ZERO_OF.get(of_type)


ZERO_OF: Mapping[FieldType, Value] = {
    FieldType.DECIMAL: Decimal(0),
    FieldType.LOCAL_AMOUNT: Decimal(0),
    FieldType.INTEGER: 0,
}
"""Business Central has no blank numbers."""


def _targets(mapping: TableMapping, side: Side, given: Values) -> Iterator[tuple[str, Value]]:
    """The derived columns that tell what a lookup with several kinds of targets points to."""
    for each in mapping.fields if side is Side.SALES else ():
        for name in each.sales:
            if each.navigation and given.get(name) is not None:
                led = {one.target: one.navigation for one in each.also}
                navigation = led.get(str(given[name]).partition("/")[0], each.navigation)
                yield f"{name}type", navigation.removeprefix(f"{name}_")


def _names(each: FieldMapping, side: Side) -> tuple[str, ...]:
    return each.sales if side is Side.SALES else ((each.bc,) if each.bc else ())


def _met(test: Test) -> dict[str, Value]:
    is_one = isinstance(test, Condition) and test.op in ("is", "one_of")
    return {test.field: test.values[0]} if isinstance(test, Condition) and is_one else {}
