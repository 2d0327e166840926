"""Whatever dies or is lost while quotes go over and end, each is there once, with all its lines."""

from __future__ import annotations

import pytest

from local.simulate import losses
from local.simulation.world import World
from local.simulators.wire import Request
from shared_code.core.records import Side
from tests.sync import quoting, worlds
from tests.sync.density import places
from tests.sync.dying import died
from tests.sync.ordering import BICYCLE, DESK, sold, written_in
from tests.sync.quoting import NAME, told
from tests.sync.worlds import Operations

LINES = 4
"""Two products, one written in, and the freight."""


@pytest.fixture
def world() -> World:
    made = quoting.synchronised(("quotes",), mappings=(NAME,))
    for name, mapping in made.at.mappings.items():
        if name != NAME:
            made.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")
    return made


def begin(world: World) -> str:
    """A salesperson activates a quote with everything in it; its id."""
    lines = sold(world, BICYCLE, 2, 99.99), sold(world, DESK, 1, 10), written_in("Assembly", 1, 5)
    return quoting.activate(world, *lines, freightamount=3, discountamount=2)


def assert_whole(world: World, quotes: list[str]) -> None:
    """Each quote is in Business Central once, with all lines and its discount, and is told so."""
    made = {each["id"]: each for each in quoting.in_bc(world)}
    pairs = [quoting.coupling(world, quote) for quote in quotes]
    assert sorted(pair.bc_id for pair in pairs if pair) == sorted(made)
    assert len(made) == len(quotes)
    for each in made.values():
        assert len(each["salesQuoteLines"]) == LINES
        assert (each["discountAmount"], each["totalAmountExcludingTax"]) == (2, 215.98)
    assert told(world, quotes[-1])["tandem_transfer"] == "In Business Central"
    assert worlds.codes(world, NAME) == []


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_at_any_operation(world: World, late: bool) -> None:
    operations = Operations(world)
    quotes: list[str] = []
    for number in places():
        quotes.append(begin(world))
        operations.arm(number, late)
        has_died = died(world)
        operations.disarm()
        died(world)
        worlds.cycles(world, 2, 700)
        assert_whole(world, quotes)
        if not has_died:
            break
    assert number > 50, "too few operations were counted"
    worlds.assert_quiet(world)


@pytest.mark.parametrize("late", [False, True])
def test_a_process_may_die_while_a_quote_ends(world: World, late: bool) -> None:
    operations = Operations(world)
    for number in places():
        quote = begin(world)
        before = quoting.of_after(world, quote)
        quoting.close(world, quote)
        operations.arm(number, late)
        has_died = died(world)
        operations.disarm()
        worlds.cycles(world, 2, 700)
        after = next(each for each in quoting.in_bc(world) if each["id"] == before["id"])
        assert after["validUntilDate"] not in ("0001-01-01", before["validUntilDate"])
        if not has_died:
            break
    assert number > 5


def creates_quote(request: Request) -> bool:
    return b"salesQuotes" in request.body and b'"POST"' in request.body


def lose() -> None:
    raise worlds.ConnectionLost


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_was_lost_on_the_way_makes_no_second_quote(world: World, is_sent: bool) -> None:
    quotes = [begin(world) for _ in range(3)]
    wire = worlds.tap(world, Side.BC)
    if is_sent:
        wire.after = worlds.once(lose, creates_quote)
    else:
        wire.before = worlds.once(lose, creates_quote)
    worlds.cycles(world, 4, 700)
    assert_whole(world, quotes)


def test_what_tandem_keeps_may_be_lost(world: World) -> None:
    """The couplings and intents are gone; the quote is found by its number, and not made again."""
    quote = begin(world)
    worlds.cycles(world, 3)
    (made,) = quoting.in_bc(world)
    for table in ("Couplings", "Pairs"):
        losses.lose(world.tables, table, lambda each: NAME in each.partition)
    world.person_in_sales.edit(f"quotes({quote})", statuscode=3)
    worlds.cycles(world, 4, 700)
    assert [each["id"] for each in quoting.in_bc(world)] == [made["id"]]
    assert_whole(world, [quote])
