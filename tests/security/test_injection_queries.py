"""Texts that would change a query if they were put into it as they are: they are looked for, nothing else.

The real clients ask the strict simulators, in process.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from local.simulation.world import World, add_options
from shared_code.core.records import Row, Side, Version
from shared_code.sync.parts import table_of
from shared_code.systems.interface import Change, Refused, System, SystemFault, Table
from tests.security.texts import HOSTILE, PRINTABLE
from tests.sync import worlds
from tests.sync.worlds import Wire

NAMES = {Side.BC: "displayName", Side.SALES: "name"}
NO_IDS = [*HOSTILE, "", "1", "00000000-0000-0000-0000-00000000000g", "{00000000-0000-0000-0000-000000000000}",
          "00000000-0000-0000-0000-000000000000)/x(", "*"]  # fmt: skip
NO_NAMES = [*(text for text in HOSTILE if text != "null"), "", "1a", "a b", "name eq 'x' or name",
            "name,accountid", "name)"]  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    """A world in which each text is the name of one customer and of one account."""
    world = worlds.new_world(options=False)
    for text in PRINTABLE:
        worlds.new_customer(world, text)
        worlds.new_account(world, text)
    return world


@pytest.fixture(params=list(Side))
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param
    return found


def system_of(world: World, side: Side) -> tuple[System, Table, str]:
    return world.at.systems[side], table_of(world.at.mapping("CUSTOMER"), side), NAMES[side]


def asked(world: World, side: Side, call: Callable[[], Any]) -> Wire:
    """What a call sends to a side."""
    wire = worlds.tap(world, side)
    call()
    return wire


def addresses(wire: Wire) -> set[str]:
    """The paths that were asked, those inside a batch included, without options."""
    parts = [each for r in wire.seen for each in _parts(r.body)] if wire.seen else []
    urls = parts or [r.target for r in wire.seen]
    return {unquote(url.split("?")[0]).rpartition("/")[2] for url in urls}


def _parts(body: bytes) -> list[str]:
    return [f"{each['url']}" for each in json.loads(body)["requests"]] if body.startswith(b"{") else []


@pytest.mark.parametrize("text", PRINTABLE)
def test_a_text_finds_its_own_record_and_no_other(world: World, side: Side, text: str) -> None:
    system, table, column = system_of(world, side)
    found: list[Row] = []
    wire = asked(world, side, lambda: found.extend(system.find(table, column, [text])))
    assert [each.values[column] for each in found] == [text]
    assert addresses(wire) == {table.name}
    assert not any(worlds.is_write(each) for each in wire.seen)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_no_record_has_finds_nothing(world: World, side: Side, text: str) -> None:
    system, table, column = system_of(world, side)
    assert system.find(table, column, [f"{text}~"]) == []
    assert system.find(table, column, [f"~{text}"]) == []


def test_all_texts_at_once_find_each_its_own_record(world: World, side: Side) -> None:
    system, table, column = system_of(world, side)
    found = [each.values[column] for each in system.find(table, column, HOSTILE)]
    assert sorted(map(str, found)) == sorted(PRINTABLE)


def test_long_lists_of_texts_stay_apart(world: World, side: Side) -> None:
    """So many that the client divides them over several requests."""
    system, table, column = system_of(world, side)
    strange = [f"{text}{'ß' * 60}{n}" for n, text in enumerate(HOSTILE * 8)][:499]
    found: list[Row] = []
    wire = asked(world, side, lambda: found.extend(system.find(table, column, [*strange, "O'Neil"])))
    assert [each.values[column] for each in found] == ["O'Neil"]
    assert addresses(wire) == {table.name}


@pytest.mark.parametrize("text", NO_IDS)
def test_what_is_no_id_never_gets_into_an_address(world: World, side: Side, text: str) -> None:
    system, table, column = system_of(world, side)
    change = Change(text, Version('W/"1"', ""), {column: "overwritten"})

    def refused() -> None:
        with pytest.raises(ValueError, match="is not a record id"):
            system.read(table, [text])
        try:
            assert isinstance(system.update(table, [change])[0], Refused)
        except ValueError as error:
            assert "is not a record id" in str(error)

    assert asked(world, side, refused).seen == []


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_name_of_a_column_never_gets_into_an_address(world: World, side: Side, text: str) -> None:
    system, table, _ = system_of(world, side)

    def refused() -> None:
        with pytest.raises(ValueError, match="is not the name of"):
            system.find(table, text, ["x"])

    assert asked(world, side, refused).seen == []


@pytest.mark.parametrize("etag", ['W/"1"\r\nX-Evil: 1', "*\r\n\r\nDELETE /api/data/v9.2/accounts", "\n"])
def test_an_etag_with_a_line_break_changes_no_other_part_of_a_batch(
    world: World, side: Side, etag: str
) -> None:
    system, table, column = system_of(world, side)
    [row] = system.find(table, column, ["O'Neil"])
    change = Change(row.id, Version(etag, ""), {column: "overwritten"})
    try:
        outcomes = [type(each).__name__ for each in system.update(table, [change])]
        assert outcomes != ["Written"]
    except (ValueError, SystemFault):
        pass
    assert [each.values[column] for each in system.find(table, column, ["O'Neil"])] == ["O'Neil"]
    assert system.find(table, column, ["overwritten"]) == []


@pytest.mark.parametrize("text", PRINTABLE)
def test_a_value_is_written_as_it_is_and_into_its_own_record_alone(
    world: World, side: Side, text: str
) -> None:
    system, table, column = system_of(world, side)
    before = {row.id: row for row in system.find(table, column, PRINTABLE)}
    [row] = [each for each in before.values() if each.values[column] == "O'Neil"]
    street = "addressLine1" if side is Side.BC else "address1_line1"
    [result] = system.update(table, [Change(row.id, row.version, {street: text})])
    assert type(result).__name__ == "Written", result
    after = {each.id: each for each in system.find(table, column, PRINTABLE)}
    assert after.pop(row.id).values[street] == text
    before.pop(row.id)
    assert after == before


@pytest.mark.parametrize("text", PRINTABLE)
def test_an_option_is_found_by_its_own_label_alone(world: World, text: str) -> None:
    system = world.at.systems[Side.SALES]
    table = table_of(world.at.mapping("PAYMENT TERMS"), Side.SALES)
    assert table.name == "options:account.paymenttermscode"
    assert system.find(table, "label", [text]) == []
    assert system.read(table, [text]) == {}


def test_the_labels_of_options_may_be_anything(world: World) -> None:
    add_options(world, {"paymenttermscode": PRINTABLE})
    system = world.at.systems[Side.SALES]
    table = table_of(world.at.mapping("PAYMENT TERMS"), Side.SALES)
    for text in PRINTABLE:
        assert [row.values["label"] for row in system.find(table, "label", [text])] == [text]
