"""What the tests of the core are made of: small mappings, states and a world of couplings."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shared_code.core.base import Base
from shared_code.core.mapping import Direction, FieldMapping, FieldType, Mapping, TableRule
from shared_code.core.reconcile import (
    Known,
    State,
)
from shared_code.core.records import Side, Unread, Value, Values, Version

BOTH_WAYS = Direction.BIDIRECTIONAL
TO_SALES = Direction.TO_SALES
FROM_SALES = Direction.FROM_SALES

VERSIONS = {Side.BC: Version("W/1", "b1"), Side.SALES: Version("W/2", "s1")}


def make_field(
    name: str,
    type_: FieldType = FieldType.TEXT,
    direction: Direction = BOTH_WAYS,
    *,
    group: str | None = None,
    sales: tuple[str, ...] | None = None,
    **more: Any,
) -> FieldMapping:
    """A field mapping whose native names are ``bc_<name>`` and ``sales_<name>``."""
    columns = (f"sales_{name}",) if sales is None else sales
    more.setdefault("bc", f"bc_{name}")
    return FieldMapping(
        name=name, type=type_, direction=direction, sales=columns, group=group or name, **more
    )


def make_mapping(*fields: FieldMapping, direction: Direction = BOTH_WAYS, **more: Any) -> Mapping:
    """A mapping of these fields between ``customers`` and ``accounts``."""
    more.setdefault("bc", TableRule("customers", "id"))
    more.setdefault("sales", TableRule("accounts", "accountid"))
    return Mapping(name="TEST", title="Test", direction=direction, fields=fields, **more)


def known(
    side: Side,
    values: Values | None = None,
    *,
    inside: bool = True,
    foreign: bool = False,
    creatable: bool = True,
    **more: Value,
) -> Known:
    """A side that was read, holding these neutral values."""
    return Known(f"{side}-id", VERSIONS[side], {**(values or {}), **more}, inside, foreign, creatable)


def unread(side: Side) -> Unread:
    return Unread(f"{side}-id", VERSIONS[side])


@dataclass
class Couplings:
    """The links of lookups: (mapping, BC key, Sales id) for each coupled record, and currency rates."""

    coupled: list[tuple[str, str, str]] = field(default_factory=list)
    rates: dict[str, Decimal] = field(default_factory=dict)
    values: dict[tuple[str, str, str], Value] = field(default_factory=dict)
    there: set[tuple[str, str]] = field(default_factory=set)

    def bc_key(self, mapping: str, sales_id: str, by_reference: bool) -> str | None:
        return next((bc for name, bc, sales in self.coupled if (name, sales) == (mapping, sales_id)), None)

    def sales_id(self, mapping: str, bc_key: str, by_reference: bool) -> str | None:
        return next((sales for name, bc, sales in self.coupled if (name, bc) == (mapping, bc_key)), None)

    def rate(self, mapping: str, bc_id: str) -> Decimal | None:
        return self.rates.get(bc_id)

    def held(self, mapping: str, bc_key: str, by_reference: bool, field: str) -> Value:
        return self.values.get((mapping, bc_key, field))

    def is_there(self, mapping: str, bc_key: str) -> bool:
        return (mapping, bc_key) in self.there


PHONE = make_field("phone")
NUMBER = make_field("number", direction=TO_SALES)
STREET = make_field("street", group="address")
CITY = make_field("city", group="address")
CUSTOMER = make_mapping(PHONE, NUMBER, STREET, CITY)

STORED: Values = {"phone": "1", "number": "C1", "street": "Main", "city": "Ulm"}
IN_STEP = Base(STORED, STORED)


def stored(side: Side, **changes: Value) -> State:
    return known(side, {**STORED, **changes})


def bc(**changes: Value) -> State:
    return stored(Side.BC, **changes)


def sales(**changes: Value) -> State:
    return stored(Side.SALES, **changes)


def common(*names: str) -> dict[str, Value]:
    return {name: STORED[name] for name in names}
