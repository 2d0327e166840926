"""``itemAvailabilityEvents``: what is on hand of items and what will move it, by place, day and kind."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.filters import Filter
from local.simulators.business_central.schema import EMPTY_DATE
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables import planned
from local.simulators.business_central.tables.ledger import tidy
from local.simulators.business_central.tables.rules import TableRules

EVENTS = "tandem/itemAvailabilityEvents"
MAXIMUM_ROWS = 10_000
_SPACE = uuid.UUID("7a4a4a35-0f0c-4a6a-9a30-0f5d9d4f2b61")

type Spot = tuple[str, str, str, str, bool]
"""Variant, location, day, kind, and whether it comes in."""


def _answer(reader: Reader, asked: Filter | None) -> list[Row]:
    wanted = asked.equal.get("itemNumber") if asked else None
    if wanted is None:
        raise business_rule('A filter on "itemNumber" must be provided.')
    rows = [row for number in sorted(wanted) for row in _of_item(reader, number)]
    if len(rows) > MAXIMUM_ROWS:
        raise business_rule(f"More than {MAXIMUM_ROWS} rows were asked for; filter on fewer items.")
    return rows


def _of_item(reader: Reader, number: str) -> list[Row]:
    items = reader.company.tables["items"]
    item = items.find(items.by_key.get(number, ""), reader.as_of)
    if item is None or item.values["type"] != "Inventory":
        return []
    sums: dict[Spot, list[Any]] = defaultdict(lambda: [0, 0])
    kept = planned.reserved(reader.company, number, reader.as_of)
    for (variant, location), held in planned.on_hand(reader.company, number, reader.as_of).items():
        if held:
            reserved = kept.get((variant, location), 0)
            sums[(variant, location, EMPTY_DATE, planned.INVENTORY, held > 0)] = [held, reserved]
    for line in planned.lines_of(reader.company, number, reader.as_of):
        values = line.values
        spot = (*planned.spot_of(values), values["date"], values["type"], values["quantity"] > 0)
        sums[spot][0] += values["quantity"]
        sums[spot][1] -= values["reserved"]
    return [_row(reader, number, spot, *quantities) for spot, quantities in sorted(sums.items())]


def _row(reader: Reader, number: str, spot: Spot, quantity: Any, reserved: Any) -> Row:
    variant, location, day, kind, _ = spot
    row_id = str(uuid.uuid5(_SPACE, f"{number}|{spot}|{reader.as_of}"))
    values = {
        "id": row_id, "itemNumber": number, "variantCode": variant, "locationCode": location, "date": day,
        "type": kind, "quantity": tidy(quantity), "reservedQuantity": tidy(reserved),
    }  # fmt: skip
    return Row(row_id, {**reader.types[EVENTS].blank_values(), **values}, 0, "", {})


RULES = {EVENTS: TableRules(source="items", answer=_answer)}
