"""What people do with prices that have dates, in seeds that have such (see ``dates``)."""

from __future__ import annotations

from collections.abc import Callable

from local.simulate import dates
from local.simulate.further import PRICES
from local.simulate.people import People
from local.simulate.price_actions import line_of, price_of, prices_of

PRICE_LINES = PRICES["price_lists"].table

type Action = Callable[[People], None]


def add_dated_price(people: People) -> None:
    """A further price of an item, for some days around today."""
    present = people.observer.present
    prices = prices_of(people)
    items = [each for each in present if each.table == "items"]
    if not items:
        return
    item = people.rng.choice(items)
    values = present[item]
    body = {"unitOfMeasureCode": values["baseUnitOfMeasureCode"], "unitPrice": people.rng.randrange(1, 1000)}
    body |= {"lineNumber": people.rng.randrange(10**6, 10**7)} if prices.table == PRICE_LINES else {}
    body |= _dates(people)
    if people.add_row(item.company, prices.table, {**line_of(people, prices, item), **body}):
        people.count("dated_price_added")


def move_dates(people: People) -> None:
    """A price begins or ends on another day."""
    line = price_of(people)
    if line is not None and people.write(line, _dates(people)):
        people.count("dates_moved")


def _dates(people: People) -> dict[str, str]:
    """From some day around today, or always, to some day after it, or for ever."""
    today = dates.day_of(people.observer.now())
    first, last = people.rng.choice((-3, -1, 0, 1, 2)), people.rng.choice((-1, 0, 0, 1, 2))
    return {
        "startingDate": dates.moved(today, first) if people.rng.random() < 0.7 else dates.NO_DATE,
        "endingDate": dates.moved(today, max(first, last)) if people.rng.random() < 0.6 else dates.NO_DATE,
    }


OF_DATES: tuple[tuple[Action, float], ...] = ((add_dated_price, 12), (move_dates, 10))
