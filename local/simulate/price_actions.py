"""What people do with prices: change, end and add them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.simulate.further import LIST, PRICES, Prices
from local.simulate.observing import Key
from local.simulate.people import People

type Action = Callable[[People], None]


def change_price(people: People) -> None:
    """Another price in a list or group."""
    line = price_of(people)
    if line is not None and people.write(line, {"unitPrice": people.rng.randrange(1, 10**6) / 100}):
        people.count("price_changed")


def end_price(people: People) -> None:
    """A price ends: its line is deleted."""
    line = price_of(people)
    if line is not None and people.remove(line):
        people.count("price_deleted")


def add_price(people: People) -> None:
    """A price for an item that has none in its unit."""
    present = people.observer.present
    prices = prices_of(people)
    priced = {values[prices.item] for key, values in present.items() if key.table == prices.table}
    items = [k for k, values in present.items() if k.table == "items" and values["number"] not in priced]
    if not items:
        return
    item = people.rng.choice(items)
    values = present[item]
    body = {"unitOfMeasureCode": values["baseUnitOfMeasureCode"], "unitPrice": people.rng.randrange(1, 1000)}
    if people.add_row(item.company, prices.table, {**line_of(people, prices, item), **body}):
        people.count("price_added")


_LINE: Mapping[str, Callable[[Key, Mapping[str, Any]], dict[str, Any]]] = {
    "tandem/priceListLines": lambda item, values: {
        "priceListCode": LIST, "lineNumber": 1000 + int(item.id[:6], 16), "assetType": "Item",
        "assetNumber": values["number"], "assetId": item.id, "status": "Active", "priceType": "Sale",
        "amountType": "Price",
    },
    "tandem/salesPrices": lambda item, values: {
        "salesType": "Customer_x0020_Price_x0020_Group", "salesCode": LIST, "itemNumber": values["number"],
    },
}  # fmt: skip


def prices_of(people: People) -> Prices:
    """The table of prices that this seed has."""
    return next(each for each in PRICES.values() if each.table in people.observer.watched["bc"])


def line_of(people: People, prices: Prices, item: Key) -> dict[str, Any]:
    """What makes a row of the table a line of this item in the list or group."""
    return _LINE[prices.table](item, people.observer.present[item])


def price_of(people: People) -> Key | None:
    """A line of a price list or group, if there is one."""
    tables = {each.table for each in PRICES.values()}
    found = [each for each in people.observer.present if each.table in tables]
    return people.rng.choice(found) if found else None


OF_PRICES: tuple[tuple[Action, float], ...] = ((change_price, 12), (end_price, 3), (add_price, 5))
