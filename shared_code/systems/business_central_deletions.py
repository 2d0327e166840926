"""What was deleted in Business Central, as Tandem's extension has written it down.

The extension gives each deletion a row version.  One that was written early may be committed late, so a
reader goes only as far as the lowest version of a transaction that is still open
(``minimumActiveRowVersion``).  State and deletions are read in one batch, the state first: what it says is
committed is in the answer after it.
Source: business_central_extension/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.systems import business_central_batch as batch
from shared_code.systems import odata
from shared_code.systems.business_central_batch import Part
from shared_code.systems.business_central_keys import API
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_scan import readable
from shared_code.systems.http import Client
from shared_code.systems.interface import Deletions, Table

DELETIONS = Table("deletions", "id", (), api=API)
MOST = 5_000
"""Deletions that one look reads; the next one goes on."""

TRACKED_FROM = "deletionsTrackedFrom"
"""Since when deletions are written down: another moment than before means that the extension was away."""

LINES = 37
"""The number of the table of orders' lines: of one that was deleted its order is looked at."""
ORDERS = Table("salesOrders", "id", (), api=API)
NUMBERS_PER_PART = 100

TABLES: Mapping[int, str] = {
    3: "paymentTerms",
    4: "currencies",
    6: "customerPriceGroups",
    10: "shipmentMethods",
    13: "salespeoplePurchasers",
    18: "customers",
    23: "vendors",
    27: "items",
    36: "salesOrders",
    156: "resources",
    204: "unitsOfMeasure",
    205: "resourceUnitsOfMeasure",
    222: "shipToAddresses",
    291: "shippingAgents",
    5050: "contacts",
    5092: "opportunities",
    5401: "itemVariants",
    5404: "itemUnitsOfMeasure",
    7000: "priceListHeaders",
    7001: "priceListLines",
    7002: "salesPrices",
}
"""Business Central's numbers of tables with the entity set that a mapping reads.  An order is
deleted when it was invoiced, too: where it lives on tells.  Invoices are not among them: a posted one has
another id in API v2.0."""


@dataclass(frozen=True, slots=True)
class _Position:
    """The version to go on from, and since when deletions are written down."""

    version: int
    tracked_from: str


def since(client: Client, place: Place, cursor: str) -> Deletions:
    """What was deleted since a cursor; without one nothing, and where the next look begins.  One request."""
    before, extended = _position(cursor), place.of(DELETIONS)
    parts = [Part("GET", f"{extended.company}/synchronizationStates", batch.READ_PRIMARY)]
    if before:
        parts.append(_listed(extended, before.version))
    _, (states, *lists) = batch.get(client, extended.root, "deletions", parts)
    with readable(DELETIONS):
        (now,) = odata.rows(states)
        if before is None:
            return Deletions(_cursor_of(now), is_complete=not cursor)
        listed = [each for one in lists for each in odata.rows(one)]
        found = _deletions(before, now, [_deletion(each) for each in listed])
        orders = _orders_of(client, extended, [each for each in listed if _is_line(each)])
        return replace(found, records=(*found.records, *orders))


def _is_line(row: Mapping[str, object]) -> bool:
    return _number(row, "tableNumber") == LINES


def _orders_of(
    client: Client, extended: Place, rows: Sequence[Mapping[str, object]]
) -> list[tuple[str, str]]:
    """The orders of which lines were deleted and that are there: an order does not move with its lines.  One
    request where there are any."""
    numbers = sorted({odata.text(row, "recordKey").rpartition("/")[0] for row in rows} - {""})
    if not numbers:
        return []
    parts = [_named(extended, some) for some in odata.chunks(numbers, NUMBERS_PER_PART)]
    _, bodies = batch.get(client, extended.root, "deletions", parts)
    return [("salesOrders", odata.guid(odata.text(row, "id"))) for each in bodies for row in odata.rows(each)]


def _named(extended: Place, numbers: Sequence[str]) -> Part:
    condition = odata.any_of("number", [odata.literal(each) for each in numbers])
    url = odata.address(f"{extended.company}/{ORDERS.name}", select="id", filter=condition)
    return Part("GET", url, batch.READ_PRIMARY)


def _listed(extended: Place, version: int) -> Part:
    """Asks for what was deleted at a row version or later, the oldest first."""
    url = odata.address(
        f"{extended.company}/deletions",
        select="tableNumber,recordId,recordKey,rowVersion",
        filter=f"rowVersion ge {version}",
        orderby="rowVersion",
        top=str(MOST),
    )
    return Part("GET", url, batch.READ_PRIMARY)


def _deletions(
    before: _Position, now: Mapping[str, object], rows: Sequence[tuple[int, int, str]]
) -> Deletions:
    end = _number(now, "minimumActiveRowVersion")
    is_restored = end < before.version
    is_purged = _number(now, "deletionsPurgedTo") >= before.version
    committed = [each for each in rows if each[0] < end]
    more = len(committed) == MOST
    found = tuple((TABLES[number], record) for _, number, record in committed if number in TABLES)
    is_new = odata.text(now, TRACKED_FROM) != before.tracked_from
    return Deletions(
        _cursor_of(now, committed[-1][0] + 1 if more else end),
        found,
        is_complete=not (is_restored or is_purged or is_new),
        has_more=more,
    )


def _deletion(row: Mapping[str, object]) -> tuple[int, int, str]:
    """A deletion's row version, the number of its table and the record's id."""
    return _number(row, "rowVersion"), _number(row, "tableNumber"), odata.guid(odata.text(row, "recordId"))


def _number(entity: Mapping[str, object], name: str) -> int:
    value = entity.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no number")
    return value


def _cursor_of(now: Mapping[str, object], version: int | None = None) -> str:
    """Where the next look begins: at a row version, or where everything before is committed."""
    begins = _number(now, "minimumActiveRowVersion") if version is None else version
    return odata.dumps({"version": begins, "trackedFrom": odata.text(now, TRACKED_FROM)})


def _position(cursor: str) -> _Position | None:
    try:
        kept = odata.mapping(odata.loads(cursor))
        return _Position(_number(kept, "version"), odata.text(kept, "trackedFrom"))
    except ValueError:
        return None
