"""Only what still is as Tandem left it is taken back, and an undone change does not come back."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, Origin, OriginKind
from shared_code.core.journal import Entry, Reason
from shared_code.core.merging import Known, State
from shared_code.core.policies import Rules
from shared_code.core.reconcile import Merge, reconcile
from shared_code.core.records import Deleted, Side, Values
from shared_code.core.undo import UndoPlan, Why, plan_undo, undone_base
from tests.unit.core.makers import CUSTOMER, IN_STEP, VERSIONS, bc, sales

PAIR = Coupling("b", "s")


def entry(old: Values, new: Values, job: str = "J", side: Side = Side.SALES, at_s: float = 1.0) -> Entry:
    return Entry("TEST", "b", side, "1", at_s, job, "batch", old, new, dict.fromkeys(new, Reason.CHANGED))


def plan(
    entries: list[Entry], ours: State | None = None, theirs: State | None = None, base: Base | None = IN_STEP
) -> UndoPlan:
    states = {Side.BC: ours or bc(), Side.SALES: theirs or sales()}
    return plan_undo(CUSTOMER, PAIR, base, states, "J", entries)


def test_a_value_that_is_still_the_one_written_is_put_back() -> None:
    assert plan([entry({"phone": "0"}, {"phone": "1"})]).back == {Side.SALES: {"phone": "0"}}


def test_a_value_that_somebody_changed_since_is_listed_and_stays() -> None:
    found = plan([entry({"phone": "0"}, {"phone": "9"})])
    assert found.back == {}
    assert [(each.fields, each.why) for each in found.left] == [(("phone",), Why.CHANGED_SINCE)]


def test_of_several_writes_of_the_job_the_first_value_comes_back() -> None:
    entries = [entry({"phone": "0"}, {"phone": "9"}), entry({"phone": "9"}, {"phone": "1"}, at_s=2.0)]
    assert plan(entries).back == {Side.SALES: {"phone": "0"}}


def test_writes_of_other_jobs_are_left_alone() -> None:
    assert plan([entry({"phone": "0"}, {"phone": "1"}, job="K")]) == UndoPlan()


def test_a_group_is_put_back_whole_or_not_at_all() -> None:
    whole = entry({"street": "Old", "city": "Bonn"}, {"street": "Main", "city": "Ulm"})
    assert plan([whole]).back == {Side.SALES: {"street": "Old", "city": "Bonn"}}
    found = plan([whole], theirs=sales(city="Cologne"))
    assert (found.back, found.left[0].fields) == ({}, ("street", "city"))


def test_what_is_put_back_already_is_not_written_again() -> None:
    found = plan([entry({"phone": "0"}, {"phone": "1"})], theirs=sales(phone="0"))
    assert found == UndoPlan()


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"erased_at_s": 5.0}, Why.ERASED), ({"because": {"phone": Reason.REMOVED}}, Why.DELETED)],
)
def test_what_was_erased_or_deleted_is_listed(changes: dict[str, object], why: Why) -> None:
    found = plan([replace(entry({"phone": "0"}, {"phone": "1"}), **changes)])  # type: ignore[arg-type]
    assert (found.back, [each.why for each in found.left]) == ({}, [why])


def test_without_a_common_base_nothing_is_put_back() -> None:
    found = plan([entry({"phone": "0"}, {"phone": "1"})], base=None)
    assert (found.back, [each.why for each in found.left]) == ({}, [Why.UNKNOWN])


def test_a_record_that_is_gone_is_listed() -> None:
    found = plan([entry({"phone": "0"}, {"phone": "1"})], theirs=Deleted("s"))
    assert [each.why for each in found.left] == [Why.GONE]


MADE = Origin(OriginKind.CREATED, "J", "batch", 1.0, Side.SALES)


@pytest.mark.parametrize(
    ("untouched", "removed"), [(VERSIONS[Side.SALES].stamp, True), ("older", False), ("", False)]
)
def test_a_created_record_is_removed_only_while_nobody_else_wrote_it(untouched: str, removed: bool) -> None:
    pair = replace(PAIR, origin=MADE, untouched=untouched)
    found = plan_undo(CUSTOMER, pair, IN_STEP, {Side.BC: bc(), Side.SALES: sales()}, "J", [])
    assert found.remove is (Side.SALES if removed else None)
    assert [each.why for each in found.left] == ([] if removed else [Why.CHANGED_SINCE])


def test_a_record_of_another_job_is_not_removed() -> None:
    pair = replace(PAIR, origin=replace(MADE, job="K"), untouched=VERSIONS[Side.SALES].stamp)
    assert plan_undo(CUSTOMER, pair, IN_STEP, {Side.BC: bc(), Side.SALES: sales()}, "J", []) == UndoPlan()


@pytest.mark.parametrize("side", list(Side))
def test_an_undone_change_comes_back_on_neither_side_until_somebody_edits(side: Side) -> None:
    base = undone_base(IN_STEP, side, {"phone": "0"})
    states = {Side.BC: cast(Known, bc()), Side.SALES: cast(Known, sales())}
    states[side] = replace(states[side], values={**states[side].values, "phone": "0"})
    assert reconcile(CUSTOMER, base, states[Side.BC], states[Side.SALES], Rules()) == Merge()
    edited = replace(states[side.other], values={**states[side.other].values, "phone": "7"})
    states[side.other] = edited
    found = reconcile(CUSTOMER, base, states[Side.BC], states[Side.SALES], Rules())
    assert isinstance(found, Merge)
    assert found.to(side) == {"phone": "7"}
