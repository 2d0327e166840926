"""``itemAvailability`` answers a question put as a filter; ``itemInventories`` is the stock by place.

The projected balance is the stock and what planned lines bring and take up to the day; what is overdue counts
today.  The earliest day is the first from which on the balance never falls below what was asked for.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.simulators.business_central.errors import business_rule
from local.simulators.business_central.filters import Filter
from local.simulators.business_central.schema import EMPTY_DATE
from local.simulators.business_central.session import Reader
from local.simulators.business_central.storage import Row
from local.simulators.business_central.tables.ledger import entries_of, tidy
from local.simulators.business_central.tables.planned import lines_of, reserved, spot_of
from local.simulators.business_central.tables.rules import TableRules

AVAILABILITY, INVENTORIES = "tandem/itemAvailability", "tandem/itemInventories"
MAXIMUM_ROWS = 500
_SPACE = uuid.UUID("5c1f7f6e-4c0e-4a57-9d3e-0d6a3a0f6a11")


def _answer(reader: Reader, asked: Filter | None) -> list[Row]:
    """One row for each item, variant and location that the filter names; without one of these all count."""
    wanted = asked.equal if asked else {}
    if "itemNumber" not in wanted:
        raise business_rule('A filter on "itemNumber" must be provided.')
    day = _one(wanted, "date", _today(reader))
    quantity = _one(wanted, "requestedQuantity", 0)
    rows = [
        _row(reader, item, variant, location, day, quantity)
        for item in _items(reader, wanted["itemNumber"])
        for variant in _variants(reader, item, wanted.get("variantCode"))
        for location in _locations(reader, wanted.get("locationCode"))
    ]
    if len(rows) > MAXIMUM_ROWS:
        raise business_rule(
            f"More than {MAXIMUM_ROWS} rows were asked for; filter on fewer items, variants or locations."
        )
    return rows


def _one(wanted: Mapping[str, frozenset[Any]], name: str, default: Any) -> Any:
    values = wanted.get(name)
    if values is None:
        return default
    if len(values) != 1:
        raise business_rule(f'The filter on "{name}" must be one value.')
    return next(iter(values))


def _today(reader: Reader) -> str:
    return datetime.fromtimestamp(reader.as_of, UTC).date().isoformat()


def _items(reader: Reader, numbers: frozenset[Any]) -> list[Row]:
    table = reader.company.tables["items"]
    ids = (table.by_key.get(number) for number in sorted(numbers))
    found = (table.find(row_id, reader.as_of) for row_id in ids if row_id)
    return [row for row in found if row is not None]


def _variants(reader: Reader, item: Row, wanted: frozenset[Any] | None) -> Sequence[str | None]:
    if wanted is None:
        return [None]
    table = reader.company.tables["itemVariants"]
    known = {table.rows[row_id].values["code"] for row_id in table.group(item.id)} | {""}
    return sorted(known & wanted)


def _locations(reader: Reader, wanted: frozenset[Any] | None) -> Sequence[str | None]:
    if wanted is None:
        return [None]
    return sorted((set(reader.company.tables["locations"].by_key) | {""}) & wanted)


def _row(
    reader: Reader, item: Row, variant: str | None, location: str | None, day: str, quantity: float
) -> Row:
    blank = reader.types[AVAILABILITY].blank_values()
    number = item.values["number"]
    held = _stock(reader, item, variant, location, day)
    coming = _coming(reader, item, variant, location)
    receipts = tidy(sum(q for at, _, q in coming if at <= day and q > 0))
    requirements = tidy(sum(-q for at, _, q in coming if at <= day and q < 0))
    row_id = str(uuid.uuid5(_SPACE, f"{number}|{variant}|{location}|{day}|{reader.as_of}"))
    values = {
        "id": row_id,
        "itemId": item.id,
        "itemNumber": number,
        "variantCode": variant or "",
        "allVariants": variant is None,
        "locationCode": location or "",
        "allLocations": location is None,
        "date": day,
        "requestedQuantity": quantity,
        "baseUnitOfMeasureCode": item.values["baseUnitOfMeasureCode"],
        "inventory": held,
        "reservedQuantity": _reserved(reader, item, variant, location),
        "quantityOnSalesOrders": tidy(sum(-q for at, kind, q in coming if (at <= day, kind, q < 0) == _SOLD)),
        "quantityOnPurchaseOrders": tidy(
            sum(q for at, kind, q in coming if (at <= day, kind, q > 0) == _BOUGHT)
        ),
        "scheduledReceipt": receipts,
        "grossRequirement": requirements,
        "projectedAvailableBalance": tidy(held + receipts - requirements),
    }
    if quantity > 0:
        values["earliestDate"] = _earliest(held, coming, day, quantity)
    return Row(row_id, {**blank, **values}, 0, "", {})


_SOLD, _BOUGHT = (True, "Sale", True), (True, "Purchase", True)

type Coming = list[tuple[str, str, Any]]
"""Day, kind and signed quantity."""


def _coming(reader: Reader, item: Row, variant: str | None, location: str | None) -> Coming:
    today, number = _today(reader), item.values["number"]
    rows = lines_of(reader.company, number, reader.as_of) if item.values["type"] == "Inventory" else ()
    return sorted(
        (max(row.values["date"], today), row.values["type"], row.values["quantity"])
        for row in rows
        if _is_at(spot_of(row.values), variant, location)
    )


def _is_at(spot: tuple[str, str], variant: str | None, location: str | None) -> bool:
    return variant in (None, spot[0]) and location in (None, spot[1])


def _reserved(reader: Reader, item: Row, variant: str | None, location: str | None) -> Any:
    held = reserved(reader.company, item.values["number"], reader.as_of)
    return tidy(sum(quantity for spot, quantity in held.items() if _is_at(spot, variant, location)))


def _earliest(held: float, coming: Coming, day: str, quantity: float) -> str:
    """Each day on which something happens is tried: whether from then on there always is enough."""
    days = sorted({day, *(at for at, _, _ in coming if at > day)})
    balances = {each: tidy(held + sum(q for at, _, q in coming if at <= each)) for each in days}
    good = (each for each in days if all(balances[later] >= quantity for later in days if later >= each))
    return next(good, EMPTY_DATE)


def _stock(reader: Reader, item: Row, variant: str | None, location: str | None, day: str) -> Any:
    if item.values["type"] != "Inventory":
        return 0
    return tidy(
        sum(
            row.values["quantity"]
            for row in entries_of(reader.company, item.values["number"], reader.as_of)
            if row.values["postingDate"] <= day
            and variant in (None, row.extra.get("variantCode", ""))
            and location in (None, row.extra.get("locationCode", ""))
        )
    )


def _inventories(reader: Reader) -> list[Row]:
    """Sums of what remains, in the query's order; what is used up does not show."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in reader.company.tables["itemLedgerEntries"].in_order(reader.as_of):
        place = (row.extra.get("variantCode", ""), row.extra.get("locationCode", ""))
        sums[(row.values["itemNumber"], *place)] += row.values["quantity"]
    return [_inventory(place, tidy(held)) for place, held in sorted(sums.items()) if tidy(held)]


def _inventory(place: tuple[str, str, str], held: Any) -> Row:
    names = ("itemNumber", "variantCode", "locationCode")
    row_id = str(uuid.uuid5(_SPACE, "|".join(place)))
    return Row(row_id, {**dict(zip(names, place, strict=True)), "inventory": held}, 0, "", {})


RULES = {
    AVAILABILITY: TableRules(source="items", answer=_answer),
    INVENTORIES: TableRules(source="itemLedgerEntries", everything=_inventories),
}
