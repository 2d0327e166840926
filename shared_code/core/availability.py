"""Availability of an item: what is there, what is promised, and from when a quantity can be had.

Quantities are exact decimals in the item's base unit.  A balance changes on days only; what is overdue or has
no day counts as of today, because nobody knows better.  Promising counts on everything that is planned: a
quantity can be had from a day on, if from then on the balance never falls below it, so that nothing that was
promised already is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import accumulate

ZERO = Decimal(0)
PLACES = Decimal("0.00001")
"""Business Central's quantities have five decimals."""


class Kind(StrEnum):
    """What an event is: stock on hand, or what an order will move."""

    INVENTORY = "inventory"
    SALE = "sale"
    PURCHASE = "purchase"
    OTHER = "other"


class Detail(StrEnum):
    """What Business Central can tell: stock and orders by place and day, or one number for all places."""

    PLACES = "places"
    TOTAL = "total"


class Verdict(StrEnum):
    """Whether what is asked for can be had on the day, later, or not with what is planned.

    Where nothing is known of orders, only whether it is on hand; some items have no stock at all.
    """

    ENOUGH = "enough"
    LATER = "later"
    SHORT = "short"
    IN_STOCK = "in_stock"
    NOT_IN_STOCK = "not_in_stock"
    NOT_STOCKED = "not_stocked"


@dataclass(frozen=True, slots=True)
class Event:
    """Stock on hand, or what will move it on ``day``; what leaves is below zero."""

    kind: Kind
    quantity: Decimal
    variant: str = ""
    location: str = ""
    day: date | None = None
    reserved: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ItemStock:
    """An item as it was asked for once.  ``units``: how many base units each unit holds.

    ``stocked`` is false for services and other items that have no stock.
    """

    number: str
    id: str
    name: str
    base_unit: str
    detail: Detail
    events: tuple[Event, ...] = ()
    units: Mapping[str, Decimal] = field(default_factory=dict)
    stocked: bool = True
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know; without variant or location all of them count.

    ``quantity`` is in ``unit`` (blank: the base unit); without one the verdict is about any quantity.
    """

    day: date
    variant: str | None = None
    location: str | None = None
    unit: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer for one place, or for several together, in the unit that was asked for.

    Orders, ``receipts`` and ``requirements`` count up to the day; ``projected`` is what will be there then;
    ``promisable`` is how much of it no later demand needs.  ``earliest`` is blank where the quantity cannot
    be had with what is planned, or none was asked for.
    """

    inventory: Decimal
    reserved: Decimal | None
    on_sales_orders: Decimal | None
    on_purchase_orders: Decimal | None
    receipts: Decimal | None
    requirements: Decimal | None
    projected: Decimal | None
    promisable: Decimal | None
    earliest: date | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """The figures of one variant at one location."""

    variant: str
    location: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer to a question: all that was asked for together, and each place on its own."""

    unit: str
    total: Figures
    places: tuple[PlaceFigures, ...]


class UnknownUnit(LookupError):
    """The item has no such unit."""


def answer(stock: ItemStock, question: Question, today: date) -> Availability:
    """What the stock says to a question.  Raises ``UnknownUnit``."""
    factor = units_in(stock, question.unit)
    unit = question.unit or stock.base_unit
    needed = None if question.quantity is None else question.quantity * factor
    day = max(question.day, today)
    if not stock.stocked:
        return Availability(unit, _figures_without_orders(ZERO, Verdict.NOT_STOCKED), ())
    if stock.detail is Detail.TOTAL:
        return Availability(unit, _total_only(stock, needed, factor), ())
    chosen = [each for each in stock.events if _is_meant(each, question)]
    places = sorted({(each.variant, each.location) for each in chosen})
    apart = tuple(
        PlaceFigures(*place, _figures(_at(chosen, place), day, today, needed, factor)) for place in places
    )
    return Availability(unit, _figures(chosen, day, today, needed, factor), apart)


def units_in(stock: ItemStock, unit: str) -> Decimal:
    """How many base units one ``unit`` holds.  Raises ``UnknownUnit``."""
    if not unit or unit == stock.base_unit:
        return Decimal(1)
    if stock.units.get(unit, ZERO) <= 0:
        known = ", ".join(sorted({stock.base_unit, *stock.units} - {""}))
        raise UnknownUnit(f"item {stock.number} has no unit “{unit}”; it has {known}")
    return stock.units[unit]


def balances(events: Iterable[Event], today: date) -> list[tuple[date, Decimal]]:
    """The balance at the end of each day on which it changes, from today on, in order of days."""
    changes = {today: ZERO}
    for each in events:
        day = max(each.day or today, today)
        changes[day] = changes.get(day, ZERO) + each.quantity
    days = sorted(changes)
    return list(zip(days, accumulate(changes[day] for day in days), strict=True))


def balance_at(steps: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    """The balance at the end of a day that is not before the first."""
    return [balance for at, balance in steps if at <= day][-1]


def promisable_at(steps: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    """The most that can be taken on a day without the balance ever falling below zero for it."""
    return min(balance_at(steps, day), *(balance for at, balance in steps if at > day), Decimal("Infinity"))


def earliest_day(steps: Sequence[tuple[date, Decimal]], day: date, quantity: Decimal) -> date | None:
    """The first day, not before ``day``, from which on the balance never falls below ``quantity``."""
    found: date | None = None
    for at, balance in reversed(steps):
        if balance < quantity:
            break
        found = max(at, day)
        if at <= day:
            break
    return found


def _is_meant(event: Event, question: Question) -> bool:
    return question.variant in (None, event.variant) and question.location in (None, event.location)


def _at(events: Iterable[Event], place: tuple[str, str]) -> list[Event]:
    return [each for each in events if (each.variant, each.location) == place]


def _figures(
    events: Sequence[Event], day: date, today: date, needed: Decimal | None, factor: Decimal
) -> Figures:
    steps = balances(events, today)
    due = [each for each in events if each.kind is not Kind.INVENTORY and (each.day or today) <= day]
    promisable = promisable_at(steps, day)
    earliest = None if needed is None else earliest_day(steps, day, needed)
    on_hand = [each for each in events if each.kind is Kind.INVENTORY]

    def shown(quantity: Decimal) -> Decimal:
        return (quantity / factor).quantize(PLACES, ROUND_HALF_UP)

    return Figures(
        inventory=shown(_sum(each.quantity for each in on_hand)),
        reserved=shown(_sum(each.reserved for each in on_hand)),
        on_sales_orders=shown(_sum(-each.quantity for each in due if _is_sold(each))),
        on_purchase_orders=shown(_sum(each.quantity for each in due if _is_bought(each))),
        receipts=shown(_sum(each.quantity for each in due if each.quantity > 0)),
        requirements=shown(_sum(-each.quantity for each in due if each.quantity < 0)),
        projected=shown(balance_at(steps, day)),
        promisable=shown(promisable),
        earliest=earliest,
        verdict=_verdict(needed, promisable, day, earliest),
    )


def _is_sold(event: Event) -> bool:
    return event.kind is Kind.SALE and event.quantity < 0


def _is_bought(event: Event) -> bool:
    return event.kind is Kind.PURCHASE and event.quantity > 0


def _verdict(needed: Decimal | None, promisable: Decimal, day: date, earliest: date | None) -> Verdict:
    if needed is None:
        return Verdict.ENOUGH if promisable > 0 else Verdict.SHORT
    if earliest is None:
        return Verdict.SHORT
    return Verdict.ENOUGH if earliest <= day else Verdict.LATER


def _total_only(stock: ItemStock, needed: Decimal | None, factor: Decimal) -> Figures:
    """Of orders nothing is known, so enough stock on hand is all that can be said."""
    inventory = _sum(each.quantity for each in stock.events)
    shown = (inventory / factor).quantize(PLACES, ROUND_HALF_UP)
    verdict = Verdict.IN_STOCK if inventory >= (needed or PLACES) else Verdict.NOT_IN_STOCK
    return _figures_without_orders(shown, verdict)


def _figures_without_orders(inventory: Decimal, verdict: Verdict) -> Figures:
    return Figures(inventory, None, None, None, None, None, None, None, None, verdict)


def _sum(quantities: Iterable[Decimal]) -> Decimal:
    return sum(quantities, ZERO)
