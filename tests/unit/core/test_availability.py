"""Availability: examples a salesperson would check by hand, then laws over many made-up plans."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.availability import (
    Detail,
    Event,
    ItemStock,
    Kind,
    Question,
    UnknownUnit,
    Verdict,
    answer,
    balances,
    earliest_day,
    promisable_at,
)

TODAY = date(2026, 11, 27)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def event(kind: Kind, quantity: str | int, at: int | None = None, **more: str) -> Event:
    return Event(kind, Decimal(quantity), day=None if at is None else day(at), **more)


def stock(*events: Event, detail: Detail = Detail.PLACES, stocked: bool = True) -> ItemStock:
    units = {"PCS": Decimal(1), "BOX": Decimal(12), "SET": Decimal(3)}
    return ItemStock("1000", "id", "Bicycle", "PCS", detail, events, units, stocked)


ON_HAND = event(Kind.INVENTORY, 10)


def test_what_is_on_hand_and_on_orders_up_to_the_day_is_counted() -> None:
    plan = stock(ON_HAND, event(Kind.SALE, -4, 2), event(Kind.SALE, -5, 9), event(Kind.PURCHASE, 20, 5))
    total = answer(plan, Question(day(5)), TODAY).total
    assert (total.inventory, total.on_sales_orders, total.on_purchase_orders) == (10, 4, 20)
    assert (total.receipts, total.requirements, total.projected) == (20, 4, 26)


def test_what_is_returned_is_no_order() -> None:
    plan = stock(event(Kind.SALE, 3, 1), event(Kind.PURCHASE, -2, 1), event(Kind.OTHER, 7, 1))
    total = answer(plan, Question(day(1)), TODAY).total
    assert (total.on_sales_orders, total.on_purchase_orders) == (0, 0)
    assert (total.receipts, total.requirements, total.projected) == (10, 2, 8)


def test_what_later_demand_needs_is_not_promised() -> None:
    plan = stock(ON_HAND, event(Kind.SALE, -8, 3), event(Kind.PURCHASE, 20, 7))
    total = answer(plan, Question(TODAY, quantity=Decimal(5)), TODAY).total
    assert (total.projected, total.promisable) == (10, 2)
    assert (total.verdict, total.earliest) == (Verdict.LATER, day(7))


def test_a_quantity_that_is_free_can_be_had_on_the_day() -> None:
    plan = stock(ON_HAND, event(Kind.SALE, -8, 3))
    total = answer(plan, Question(day(1), quantity=Decimal(2)), TODAY).total
    assert (total.verdict, total.earliest) == (Verdict.ENOUGH, day(1))


def test_more_than_will_ever_be_there_has_no_day() -> None:
    total = answer(stock(ON_HAND), Question(TODAY, quantity=Decimal(11)), TODAY).total
    assert (total.verdict, total.earliest) == (Verdict.SHORT, None)


def test_what_is_overdue_or_has_no_day_counts_today() -> None:
    plan = stock(ON_HAND, event(Kind.SALE, -3, -40), event(Kind.PURCHASE, 1))
    total = answer(plan, Question(TODAY), TODAY).total
    assert (total.projected, total.on_sales_orders, total.on_purchase_orders) == (8, 3, 1)


def test_a_day_that_is_over_is_today() -> None:
    total = answer(stock(ON_HAND), Question(day(-9), quantity=Decimal(1)), TODAY).total
    assert (total.earliest, total.verdict) == (TODAY, Verdict.ENOUGH)


def test_what_is_reserved_of_the_stock_is_told() -> None:
    plan = stock(Event(Kind.INVENTORY, Decimal(10), reserved=Decimal(4)), event(Kind.SALE, -4, 3))
    assert answer(plan, Question(TODAY), TODAY).total.reserved == 4


def test_each_place_is_told_apart_and_a_question_narrows() -> None:
    plan = stock(
        event(Kind.INVENTORY, 5, location="BLUE"),
        event(Kind.INVENTORY, 2, location="RED", variant="BLACK"),
        event(Kind.SALE, -1, 1, location="RED"),
    )
    whole = answer(plan, Question(day(1)), TODAY)
    told = [(each.variant, each.location, each.figures.projected) for each in whole.places]
    assert told == [("", "BLUE", 5), ("", "RED", -1), ("BLACK", "RED", 2)]
    assert whole.total.projected == 6
    red = answer(plan, Question(day(1), location="RED"), TODAY)
    assert (red.total.projected, len(red.places)) == (1, 2)
    black = answer(plan, Question(day(1), variant="BLACK"), TODAY)
    assert (black.total.projected, len(black.places)) == (2, 1)
    nowhere = answer(plan, Question(day(1), location="GREEN"), TODAY)
    assert (nowhere.total.projected, nowhere.total.verdict, nowhere.places) == (0, Verdict.SHORT, ())


def test_figures_and_the_quantity_are_in_the_unit_that_was_asked_for() -> None:
    plan = stock(event(Kind.INVENTORY, 30))
    box = answer(plan, Question(TODAY, unit="BOX", quantity=Decimal(2)), TODAY)
    assert (box.unit, box.total.inventory, box.total.verdict) == ("BOX", Decimal("2.5"), Verdict.ENOUGH)
    three = answer(plan, Question(TODAY, unit="BOX", quantity=Decimal(3)), TODAY).total
    assert three.verdict is Verdict.SHORT
    thirds = answer(stock(event(Kind.INVENTORY, 1)), Question(TODAY, unit="SET"), TODAY).total
    assert thirds.inventory == Decimal("0.33333")


def test_a_unit_that_the_item_lacks_is_told_with_those_it_has() -> None:
    with pytest.raises(UnknownUnit, match="BOX, PCS, SET"):
        answer(stock(ON_HAND), Question(TODAY, unit="PALLET"), TODAY)


def test_where_nothing_is_known_of_orders_only_the_stock_is_told() -> None:
    known = stock(ON_HAND, detail=Detail.TOTAL)
    enough = answer(known, Question(day(3), location="BLUE", quantity=Decimal(10)), TODAY)
    assert (enough.total.inventory, enough.total.projected, enough.places) == (10, None, ())
    assert enough.total.verdict is Verdict.IN_STOCK
    assert answer(known, Question(TODAY, quantity=Decimal(11)), TODAY).total.verdict is Verdict.NOT_IN_STOCK
    empty = stock(detail=Detail.TOTAL)
    assert answer(empty, Question(TODAY), TODAY).total.verdict is Verdict.NOT_IN_STOCK


def test_what_has_no_stock_says_so() -> None:
    total = answer(stock(stocked=False), Question(TODAY, quantity=Decimal(1)), TODAY).total
    assert (total.verdict, total.inventory, total.projected) == (Verdict.NOT_STOCKED, 0, None)


QUANTITIES = st.decimals(-50, 50, places=2)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(Kind),
    quantity=QUANTITIES,
    variant=st.sampled_from(("", "BLACK")),
    location=st.sampled_from(("", "BLUE", "RED")),
    day=st.none() | st.integers(-5, 20).map(day),
)
PLANS = st.lists(EVENTS, max_size=12)
WANTED = st.decimals("0.01", 60, places=2)
DAYS = st.integers(0, 25).map(day)
HORIZON = 40
"""Days beyond which nothing happens in these plans."""


def by_hand(events: list[Event], at: date) -> Decimal:
    """The balance at the end of a day, added up anew."""
    return sum((each.quantity for each in events if (each.day or TODAY) <= at), Decimal(0))


def is_free(events: list[Event], at: date, quantity: Decimal) -> bool:
    """Whether on the day and on every later one there is enough."""
    return all(by_hand(events, at + timedelta(n)) >= quantity for n in range(HORIZON))


@given(PLANS, DAYS)
def test_the_projection_is_what_adding_up_gives(events: list[Event], at: date) -> None:
    figures = answer(stock(*events), Question(at), TODAY).total
    assert figures.projected == by_hand(events, at)
    inventory = [each for each in events if each.kind is Kind.INVENTORY]
    early = [each for each in inventory if (each.day or TODAY) > at]
    if not early:
        assert figures.receipts is not None
        assert figures.requirements is not None
        assert figures.projected == figures.inventory + figures.receipts - figures.requirements


@given(PLANS, DAYS, WANTED)
def test_the_earliest_day_is_the_first_that_is_free(events: list[Event], at: date, wanted: Decimal) -> None:
    found = earliest_day(balances(events, TODAY), at, wanted)
    tried = [at + timedelta(n) for n in range(HORIZON) if is_free(events, at + timedelta(n), wanted)]
    assert found == (tried[0] if tried else None)


@given(PLANS, DAYS)
def test_exactly_what_is_promisable_is_free_on_the_day(events: list[Event], at: date) -> None:
    most = promisable_at(balances(events, TODAY), at)
    assert is_free(events, at, most)
    assert not is_free(events, at, most + Decimal("0.01"))


@given(PLANS, DAYS, WANTED)
def test_taking_what_is_promised_breaks_no_other_promise(
    events: list[Event], at: date, wanted: Decimal
) -> None:
    found = earliest_day(balances(events, TODAY), at, wanted)
    if found is not None:
        taken = [*events, Event(Kind.SALE, -wanted, day=found)]
        assert all(by_hand(taken, found + timedelta(n)) >= 0 for n in range(HORIZON))


@given(PLANS, DAYS, WANTED, WANTED)
def test_more_is_never_there_earlier(events: list[Event], at: date, wanted: Decimal, more: Decimal) -> None:
    steps = balances(events, TODAY)
    little, much = earliest_day(steps, at, wanted), earliest_day(steps, at, wanted + more)
    assert much is None or (little is not None and little <= much)


@given(PLANS, DAYS, WANTED, WANTED)
def test_more_supply_never_makes_it_later(
    events: list[Event], at: date, wanted: Decimal, supply: Decimal
) -> None:
    before = earliest_day(balances(events, TODAY), at, wanted)
    more = [*events, Event(Kind.PURCHASE, supply, day=day(8))]
    after = earliest_day(balances(more, TODAY), at, wanted)
    assert before is None or (after is not None and after <= before)


@given(PLANS, DAYS)
def test_the_places_add_up_to_the_whole(events: list[Event], at: date) -> None:
    found = answer(stock(*events), Question(at), TODAY)
    for name in ("inventory", "reserved", "on_sales_orders", "on_purchase_orders", "projected"):
        parts = [getattr(each.figures, name) for each in found.places]
        assert getattr(found.total, name) == sum(parts, Decimal(0))


@given(PLANS, DAYS, WANTED)
def test_a_verdict_says_what_the_earliest_day_does(events: list[Event], at: date, wanted: Decimal) -> None:
    total = answer(stock(*events), Question(at, quantity=wanted), TODAY).total
    assert (total.verdict is Verdict.ENOUGH) == (total.earliest == at)
    assert (total.verdict is Verdict.SHORT) == (total.earliest is None)
    assert total.promisable is not None
    assert (total.verdict is Verdict.ENOUGH) == (total.promisable >= wanted)
