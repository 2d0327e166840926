"""Lines of orders merge line by line and part by part; what somebody wrote is never lost."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_code.core import order_lines
from shared_code.core.identity import line_partner
from shared_code.core.order_lines import (
    PARTS,
    Line,
    LineConflict,
    Lines,
    LinesMerge,
    confirmed,
    merge_lines,
    settled,
)
from shared_code.core.records import Side

BC, SALES = Side.BC, Side.SALES
DESK: Line = {"sells": "Item|1", "unit": "PCS", "quantity": "2", "price": "10"}
CHAIR: Line = {"sells": "Item|2", "unit": "PCS", "quantity": "1", "price": "5"}
BOTH: Lines = {"a": DESK, "b": CHAIR}


def nobody(_: LineConflict) -> Side | None:
    return None


def merge(bc: Lines, sales: Lines, base: Lines | None = BOTH, favour: Side | None = None) -> LinesMerge:
    return merge_lines({BC: base, SALES: base}, {BC: bc, SALES: sales}, nobody, favour)


def changed(line: Line, **values: str) -> Line:
    return {**line, **values}


def test_lines_in_step_need_no_write() -> None:
    found = merge(BOTH, BOTH)
    assert (found.to, found.conflicts) == ({BC: {}, SALES: {}}, [])


def test_a_quantity_here_and_a_price_there_are_no_conflict() -> None:
    found = merge({**BOTH, "a": changed(DESK, quantity="3")}, {**BOTH, "a": changed(DESK, price="9")})
    assert found.to == {SALES: {"a": {"quantity": "3"}}, BC: {"a": {"price": "9", "discount": ""}}}
    assert found.conflicts == []


def test_price_and_discount_are_one_value() -> None:
    found = merge({**BOTH, "a": changed(DESK, discount="1")}, {**BOTH, "a": changed(DESK, price="9")})
    (conflict,) = found.conflicts
    assert (conflict.id, conflict.part) == ("a", "price")
    assert conflict.bc == {"price": "10", "discount": "1"}
    assert conflict.sales == {"price": "9", "discount": ""}


def test_a_conflict_of_a_line_holds_up_no_other_line() -> None:
    found = merge(
        {"a": changed(DESK, quantity="3"), "b": changed(CHAIR, price="6")},
        {"a": changed(DESK, quantity="4"), "b": CHAIR},
    )
    assert [each.part for each in found.conflicts] == ["quantity"]
    assert found.to == {BC: {}, SALES: {"b": {"price": "6", "discount": ""}}}


@pytest.mark.parametrize("side", list(Side))
def test_a_line_that_is_new_on_one_side_is_made_on_the_other(side: Side) -> None:
    more = {**BOTH, "c": CHAIR}
    found = merge(more, BOTH) if side is BC else merge(BOTH, more)
    assert found.to == {side: {}, side.other: {"c": {**CHAIR, "discount": "", "text": "", "date": ""}}}


@pytest.mark.parametrize("side", list(Side))
def test_a_line_that_was_deleted_on_one_side_is_deleted_on_the_other(side: Side) -> None:
    less = {"a": DESK}
    found = merge(less, BOTH) if side is BC else merge(BOTH, less)
    assert found.to == {side: {}, side.other: {"b": None}}


def test_a_line_that_was_deleted_here_and_edited_there_is_a_conflict() -> None:
    found = merge({"a": DESK}, {**BOTH, "b": changed(CHAIR, quantity="9")})
    (conflict,) = found.conflicts
    assert (conflict.id, conflict.part, conflict.bc) == ("b", "line", None)
    assert found.to == {BC: {}, SALES: {}}


@pytest.mark.parametrize("winner", list(Side))
def test_who_decides_about_a_deleted_line_restores_or_deletes_it(winner: Side) -> None:
    base = {BC: BOTH, SALES: BOTH}
    edited = changed(CHAIR, quantity="9")
    found = merge_lines(base, {BC: {"a": DESK}, SALES: {"a": DESK, "b": edited}}, lambda _: winner)
    whole = {**edited, "discount": "", "text": "", "date": ""}
    assert found.to == ({BC: {"b": whole}, SALES: {}} if winner is SALES else {BC: {}, SALES: {"b": None}})


def test_what_both_sides_changed_to_the_same_is_in_step() -> None:
    same = {**BOTH, "a": changed(DESK, quantity="7")}
    assert merge(same, same).to == {BC: {}, SALES: {}}


def test_a_line_of_which_the_base_knows_one_side_is_left_alone() -> None:
    found = merge_lines(
        {BC: {**BOTH, "x": DESK}, SALES: BOTH}, {BC: {**BOTH, "x": CHAIR}, SALES: BOTH}, nobody
    )
    assert (found.to, found.conflicts) == ({BC: {}, SALES: {}}, [])


def test_without_a_base_lone_lines_are_left_alone_and_pairs_that_differ_are_contested() -> None:
    found = merge({"a": DESK, "x": CHAIR}, {"a": changed(DESK, quantity="3"), "y": CHAIR}, base=None)
    assert found.to == {BC: {}, SALES: {}}
    assert [(each.id, each.part) for each in found.conflicts] == [("a", "quantity")]


@pytest.mark.parametrize("side", list(Side))
def test_the_side_that_a_person_favours_counts_wherever_the_two_differ(side: Side) -> None:
    held = {BC: {"a": changed(DESK, quantity="3")}, SALES: {"a": changed(DESK, quantity="4"), "b": CHAIR}}
    found = merge_lines({BC: BOTH, SALES: BOTH}, held, nobody, side)
    assert found.conflicts == []
    assert found.to[side] == {}
    assert applied(held[side.other], found.to[side.other]) == held[side]


def test_the_other_form_that_a_service_gives_a_value_is_not_an_edit() -> None:
    sent = {"c": {**CHAIR, "discount": "", "text": "", "date": ""}}
    returned = {**BOTH, "c": changed(CHAIR, unit="EACH")}
    base = confirmed({BC: BOTH, SALES: BOTH}, BC, sent, returned)
    found = merge_lines(base, {BC: returned, SALES: {**BOTH, "c": CHAIR}}, nobody)
    assert found.to == {BC: {}, SALES: {}}


def test_the_id_of_a_line_on_the_other_side_leads_back() -> None:
    own = "6f2c5a0e-3f0b-4c56-9d35-4b7f2a3c1e10"
    other = line_partner(own)
    assert other != own
    assert line_partner(other) == own
    assert (other[14], other[19]) == (own[14], own[19])


LINES = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {"sells": st.sampled_from(["Item|1", "Item|2"]), "quantity": st.sampled_from("123")},
        optional={"price": st.sampled_from("56"), "discount": st.just("1"), "text": st.sampled_from("xy")},
    ),
)
WINNER = st.sampled_from([None, BC, SALES])


def applied(lines: Lines, sent: order_lines.Changes) -> dict[str, Line]:
    """What a service holds after a write."""
    after = dict(lines)
    for key, line in sent.items():
        if line is None:
            after.pop(key, None)
        else:
            both = {**after.get(key, {}), **line}
            after[key] = {name: value for name, value in both.items() if value}
    return after


@settings(deadline=None)
@given(LINES, LINES, LINES)
def test_merging_is_symmetric(base: Lines, bc: Lines, sales: Lines) -> None:
    one, other = merge(bc, sales, base), merge(sales, bc, base)
    assert one.to[BC] == other.to[SALES]
    assert one.to[SALES] == other.to[BC]
    mirrored = [(each.id, each.part, each.sales, each.bc) for each in other.conflicts]
    assert [(each.id, each.part, each.bc, each.sales) for each in one.conflicts] == mirrored


@settings(deadline=None)
@given(LINES, LINES)
def test_where_one_side_changed_nothing_the_other_sides_lines_count(base: Lines, sales: Lines) -> None:
    found = merge(base, sales, base)
    assert (found.to[SALES], found.conflicts) == ({}, [])
    assert applied(base, found.to[BC]) == sales


@settings(deadline=None)
@given(LINES, LINES, LINES, WINNER)
def test_both_sides_hold_the_same_after_the_writes_but_for_what_is_contested(
    base: Lines, bc: Lines, sales: Lines, winner: Side | None
) -> None:
    found = merge_lines({BC: base, SALES: base}, {BC: bc, SALES: sales}, lambda _: winner)
    after = {BC: applied(bc, found.to[BC]), SALES: applied(sales, found.to[SALES])}
    contested = {(each.id, each.part) for each in found.conflicts}
    assert not (winner and contested)
    for key in {*after[BC], *after[SALES]}:
        for part, names in PARTS.items():
            if not {(key, part), (key, "line")} & contested:
                values = [[after[side].get(key, {}).get(name, "") for name in names] for side in Side]
                assert values[0] == values[1]


@settings(deadline=None)
@given(LINES, LINES, LINES)
def test_no_edit_is_lost(base: Lines, bc: Lines, sales: Lines) -> None:
    """What somebody wrote since the base is on its side still, and on the other one or contested.

    A blank of a new line says nothing that could be lost.
    """
    found = merge(bc, sales, base)
    contested = {(each.id, each.part) for each in found.conflicts}
    for side, mine in ((BC, bc), (SALES, sales)):
        after = {each: applied({BC: bc, SALES: sales}[each], found.to[each]) for each in Side}
        for key, line in mine.items():
            for part, names in PARTS.items():
                edited = [line.get(name, "") for name in names]
                if edited == [base.get(key, {}).get(name, "") for name in names]:
                    continue
                if {(key, part), (key, "line")} & contested:
                    continue
                assert [after[side][key].get(name, "") for name in names] == edited
                assert [after[side.other][key].get(name, "") for name in names] == edited


def step(
    base: Mapping[Side, Lines | None], held: dict[Side, Lines]
) -> tuple[dict[Side, dict[str, Line]], LinesMerge]:
    """One look with its writes, confirmed; and the base after it."""
    found = merge_lines(base, held, nobody)
    known = {side: base[side] or {} for side in Side}
    after = dict(known)
    for side in Side:
        held[side] = applied(held[side], found.to[side])
        if found.to[side]:
            after = dict(confirmed(after, side, found.to[side], held[side]))
    is_first = any(base[side] is None for side in Side)
    return settled(base if is_first else after, held), found


@settings(deadline=None)
@given(st.none() | LINES, LINES, LINES)
def test_the_look_after_the_writes_writes_nothing_and_tells_the_same_conflicts(
    base: Lines | None, bc: Lines, sales: Lines
) -> None:
    held: dict[Side, Lines] = {BC: bc, SALES: sales}
    after, first = step({BC: base, SALES: base}, held)
    again, second = step(after, held)
    assert second.to == {BC: {}, SALES: {}}
    assert [(each.id, each.part) for each in second.conflicts] == [
        (each.id, each.part) for each in first.conflicts
    ]
    assert again == after


@settings(deadline=None)
@given(LINES)
def test_lines_and_changes_are_kept_as_one_text(lines: Lines) -> None:
    assert order_lines.read(order_lines.text_of(lines)) == lines
    changes: order_lines.Changes = {**lines, "gone": None}
    assert order_lines.changes_of(order_lines.text_of(changes)) == changes
    assert order_lines.read(None) is None
