"""Items with their stock and what will move it, read for somebody who waits: one request for all of them.

With Tandem's extension it is a batch of three reads: the items, their units, and what is on hand and planned
by place and day.  API v2.0 alone knows one number an item, its stock over all places.  Reads may come from
the replica: an answer is kept for a while anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from shared_code.core.availability import Detail, Event, ItemStock, Kind
from shared_code.core.moments import BLANK_DATE
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_batch import Part
from shared_code.systems.business_central_keys import API
from shared_code.systems.business_central_place import Place
from shared_code.systems.http import Client
from shared_code.systems.interface import SystemUnavailable

MOST_ITEMS = 100
"""Items of one request."""
LONGEST_NUMBER = 20
"""Of an item's number."""

type Entity = Mapping[str, object]

_ITEM = ("id", "number", "displayName", "type", "blocked", "baseUnitOfMeasureCode")
_UNIT = ("itemNumber", "code", "quantityPerUnitOfMeasure")
_EVENT = ("itemNumber", "variantCode", "locationCode", "date", "type", "quantity", "reservedQuantity")
_STOCKED = "Inventory"
_KINDS = {"Inventory": Kind.INVENTORY, "Sale": Kind.SALE, "Purchase": Kind.PURCHASE}


def read_stock(
    client: Client, place: Place, numbers: Sequence[str], *, extension: bool
) -> dict[str, ItemStock]:
    """The items with these numbers, in capitals; what is not there is left out.  One request."""
    wanted = list(dict.fromkeys(numbers))
    if not 0 < len(wanted) <= MOST_ITEMS:
        raise ValueError(f"1 to {MOST_ITEMS} items, not {len(wanted)}")
    parts = _parts(place, wanted) if extension else [_items(place, wanted, (*_ITEM, "inventory"))]
    root = f"{place.root.removesuffix('v2.0')}{API}" if extension else place.root
    _, bodies = batch.get(client, root, "availability", parts)
    try:
        return _stocks(bodies) if extension else _totals(bodies[0])
    except (ValueError, ArithmeticError) as error:
        raise SystemUnavailable(f"Business Central's availability: {error}. Try again later.") from error


def read_names(client: Client, place: Place, record_id: str) -> tuple[str, str | None] | None:
    """The number of the item with this id; with its code where the id is a variant's.  One request."""
    named = f"id eq {odata.guid(record_id)}"
    parts = [
        _part(place, "items", ("id", "number"), named),
        _part(place, "itemVariants", ("id", "itemNumber", "code"), named),
    ]
    _, (items, variants) = batch.get(client, place.root, "availability", parts)
    try:
        for row in _named(items, record_id):
            return odata.text(row, "number"), None
        for row in _named(variants, record_id):
            return odata.text(row, "itemNumber"), odata.text(row, "code")
    except ValueError as error:
        raise SystemUnavailable(f"Business Central's items: {error}. Try again later.") from error
    return None


def _named(body: object, record_id: str) -> Iterator[Entity]:
    return (row for row in tables.whole(body) if odata.text(row, "id").lower() == record_id.lower())


def _parts(place: Place, numbers: Sequence[str]) -> list[Part]:
    of_items = odata.any_of("itemNumber", map(odata.literal, numbers))
    return [
        _items(place, numbers, _ITEM),
        _part(place, "itemUnitsOfMeasure", _UNIT, of_items),
        _part(place, "itemAvailabilityEvents", _EVENT, of_items),
    ]


def _items(place: Place, numbers: Sequence[str], select: Sequence[str]) -> Part:
    return _part(place, "items", select, odata.any_of("number", map(odata.literal, numbers)))


def _part(place: Place, name: str, select: Sequence[str], condition: str) -> Part:
    url = odata.address(f"{place.company}/{name}", select=",".join(select), filter=condition)
    return Part("GET", url, batch.READ_REPLICA)


def _totals(body: object) -> dict[str, ItemStock]:
    found = {}
    for row in tables.whole(body):
        item = _item(row, Detail.TOTAL)
        found[item.number] = replace(item, events=(Event(Kind.INVENTORY, _decimal(row, "inventory")),))
    return found


def _stocks(bodies: Sequence[object]) -> dict[str, ItemStock]:
    items, units, events = bodies
    units_of, events_of = _by_item(units), _by_item(events)
    found = {}
    for item in (_item(row, Detail.PLACES) for row in tables.whole(items)):
        own = {odata.text(row, "code"): _decimal(row, _UNIT[-1]) for row in units_of[item.number]}
        found[item.number] = replace(item, units=own, events=tuple(map(_event, events_of[item.number])))
    return found


def _by_item(body: object) -> Mapping[str, list[Entity]]:
    rows: dict[str, list[Entity]] = defaultdict(list)
    for row in tables.whole(body):
        rows[odata.text(row, "itemNumber")].append(row)
    return rows


def _item(row: Entity, detail: Detail) -> ItemStock:
    return ItemStock(
        number=odata.text(row, "number"),
        id=odata.guid(odata.text(row, "id")),
        name=str(row.get("displayName") or ""),
        base_unit=str(row.get("baseUnitOfMeasureCode") or ""),
        detail=detail,
        stocked=row.get("type") == _STOCKED,
        blocked=row.get("blocked") is True,
    )


def _event(row: Entity) -> Event:
    day = odata.text(row, "date")
    return Event(
        kind=_KINDS.get(odata.text(row, "type"), Kind.OTHER),
        quantity=_decimal(row, "quantity"),
        variant=str(row.get("variantCode") or ""),
        location=str(row.get("locationCode") or ""),
        day=None if day == BLANK_DATE else date.fromisoformat(day),
        reserved=_decimal(row, "reservedQuantity"),
    )


def _decimal(row: Entity, name: str) -> Decimal:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"the answer lacks {name}")
    return Decimal(value)
