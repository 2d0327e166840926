"""The base after a creation: what was sent, in the service's own form, and never what was edited since."""

from __future__ import annotations

from shared_code.core.base import Base, confirm_base, with_given
from shared_code.core.mapping import FieldType, Rules
from shared_code.core.merging import Merge
from shared_code.core.order_lines import LINES, Line, read, text_of
from shared_code.core.reconcile import reconcile
from shared_code.core.records import Side, Value
from tests.unit.core.makers import known, make_field, make_mapping

ORDER = make_mapping(make_field(LINES, FieldType.LINES), make_field("terms"))
DESK: Line = {"sells": "Item|1", "unit": "PCS", "quantity": "2", "price": "10.12345"}


def lines(freight: str = "7", **of_desk: str) -> str:
    return text_of({"a": {**DESK, **of_desk}, "freight": {"price": freight}})


SENT: dict[str, Value] = {LINES: lines()}


def merge(base: Base | None, bc: str, sales: str, given: Value = None, own: Value = None) -> Merge:
    """``given`` and ``own`` are the payment terms in Business Central and in Sales."""
    states = known(Side.BC, {LINES: bc, "terms": given}), known(Side.SALES, {LINES: sales, "terms": own})
    decision = reconcile(ORDER, base, *states, Rules())
    assert isinstance(decision, Merge)
    return decision


def test_the_form_that_the_service_gave_a_line_is_no_change() -> None:
    rounded = lines(price="10.123")
    base = confirm_base(None, Side.BC, SENT, {LINES: rounded})
    assert merge(base, rounded, lines()) == Merge()


def test_what_was_changed_after_it_was_sent_goes_to_the_other_side() -> None:
    base = confirm_base(None, Side.BC, SENT, SENT)
    decision = merge(base, lines("63", quantity="3"), lines())
    assert read(decision.to_sales[LINES]) == {
        "a": {"quantity": "3"},
        "freight": {"price": "63", "discount": ""},
    }
    assert (decision.to_bc, decision.conflicts) == ({}, ())


def test_what_was_changed_on_both_sides_after_it_was_sent_is_a_conflict() -> None:
    base = confirm_base(None, Side.BC, SENT, SENT)
    decision = merge(base, lines("63"), lines("8"))
    assert [each.group for each in decision.conflicts] == ["lines freight price"]


def test_a_rounded_price_that_nobody_can_tell_from_an_edit_is_written_once() -> None:
    rounded = lines(price="10.123")
    base = confirm_base(None, Side.BC, SENT, SENT)
    written = merge(base, rounded, lines()).to_sales
    assert read(written[LINES]) == {"a": {"price": "10.123", "discount": ""}}
    in_sales = lines(price="10.12")
    base = confirm_base(base, Side.SALES, written, {LINES: in_sales})
    assert merge(base, rounded, in_sales) == Merge()


def test_what_is_read_later_only_may_be_an_edit_so_it_goes_to_sales() -> None:
    sales: dict[str, Value] = {LINES: lines(), "terms": None}
    base = with_given(ORDER, Base(SENT, SENT), None, sales)
    assert merge(base, lines(), lines(), given="14 DAYS").to_sales == {"terms": "14 DAYS"}


def test_what_sales_entered_since_is_no_base_either() -> None:
    base = with_given(ORDER, Base(SENT, SENT), None, {LINES: lines(), "terms": "CM"})
    decision = merge(base, lines(), lines(), given="14 DAYS", own="CM")
    assert [each.group for each in decision.conflicts] == ["terms"]


def test_what_the_customer_fills_is_no_change_but_lines_are_filled_by_nobody() -> None:
    """Lines that were sent under other rules say nothing about what was made."""
    bc: dict[str, Value] = {LINES: lines("63"), "terms": "14 DAYS"}
    sales: dict[str, Value] = {LINES: lines(), "terms": None}
    base = with_given(ORDER, Base({}, {}), bc, sales)
    decision = merge(base, lines("63"), lines(), given="14 DAYS")
    assert (decision.to_bc, decision.to_sales) == ({}, {})
    assert [each.group for each in decision.conflicts] == ["lines freight price"]
