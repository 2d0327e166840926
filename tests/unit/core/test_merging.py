"""What decides a field is told with it; a person's choice holds for what was seen; the newest may win."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.base import Base
from shared_code.core.journal import Reason
from shared_code.core.mapping import ConflictRule
from shared_code.core.merging import CLOCKS_DIFFER_S, Known, Merge, State
from shared_code.core.policies import Choice, Rules
from shared_code.core.reconcile import reconcile
from shared_code.core.records import Side
from tests.unit.core.makers import CUSTOMER, IN_STEP, bc, sales


def decide(
    bc_state: State, sales_state: State, rules: Rules | None = None, base: Base | None = IN_STEP
) -> Merge:
    found = reconcile(CUSTOMER, base, bc_state, sales_state, rules or Rules())
    assert isinstance(found, Merge)
    return found


def test_each_written_field_tells_what_decided_it() -> None:
    found = decide(bc(phone="2", number="C2"), sales(city="Bonn"))
    assert found.because == {"phone": Reason.CHANGED, "number": Reason.ONE_WAY, "city": Reason.CHANGED}


def test_a_value_against_a_blank_of_which_nothing_was_known_is_told_as_such() -> None:
    found = decide(bc(), sales(phone=None), base=None)
    assert found.to_sales == {"phone": "1"}
    assert found.because == {"phone": Reason.FIRST}


@pytest.mark.parametrize("rule", [ConflictRule.BC_WINS, ConflictRule.SALES_WINS])
def test_a_rule_that_decides_is_told(rule: ConflictRule) -> None:
    found = decide(bc(phone="2"), sales(phone="3"), Rules(conflict=rule))
    assert found.because == {"phone": Reason(rule.value)}


ADDRESS = {"street": "High", "city": "Ulm"}, {"street": "Main", "city": "Bonn"}


@pytest.mark.parametrize("winner", list(Side))
@pytest.mark.parametrize("rule", list(ConflictRule))
def test_a_choice_decides_its_group_whatever_the_rule_says(winner: Side, rule: ConflictRule) -> None:
    rules = Rules(conflict=rule, choices={"address": Choice(winner, *ADDRESS)})
    found = decide(bc(street="High"), sales(city="Bonn"), rules)
    assert found.conflicts == ()
    assert found.to(winner.other) == dict(ADDRESS[0] if winner is Side.BC else ADDRESS[1])
    assert found.to(winner) == {}
    assert set(found.because.values()) == {Reason.DECIDED}
    assert found.overruled[0].side is winner.other


@pytest.mark.parametrize("edited", [{"street": "Low"}, {"street": "High", "city": "Cologne"}])
def test_a_choice_does_not_hold_for_values_that_nobody_saw(edited: dict[str, str]) -> None:
    rules = Rules(choices={"address": Choice(Side.SALES, *ADDRESS)})
    found = decide(bc(**edited), sales(city="Bonn"), rules)
    assert [each.group for each in found.conflicts] == ["address"]
    assert (found.to_bc, found.to_sales) == ({}, {})


def test_a_choice_of_one_group_decides_no_other() -> None:
    rules = Rules(choices={"address": Choice(Side.BC, *ADDRESS)})
    found = decide(bc(street="High", phone="2"), sales(city="Bonn", phone="3"), rules)
    assert [each.group for each in found.conflicts] == ["phone"]


NEWEST = Rules(conflict=ConflictRule.NEWEST_WINS)


def edited(state: State, at: str) -> Known:
    assert isinstance(state, Known)
    return replace(state, edited_at=at)


@pytest.mark.parametrize(
    ("bc_at", "sales_at", "winner"),
    [
        ("2026-11-27T10:00:00.500Z", "2026-11-27T09:00:00Z", Side.BC),
        ("2026-11-27T10:00:00.500Z", "2026-11-27T11:00:00Z", Side.SALES),
        ("2026-11-27T10:00:00Z", "", Side.BC),
        ("", "2026-11-27T10:00:00Z", Side.SALES),
        ("2026-11-27T10:00:00.000Z", "2026-11-27T10:00:09Z", None),
        ("", "", None),
    ],
)
def test_the_side_edited_last_wins_where_that_is_sure(bc_at: str, sales_at: str, winner: Side | None) -> None:
    found = decide(edited(bc(phone="2"), bc_at), edited(sales(phone="3"), sales_at), NEWEST)
    if winner is None:
        assert [each.group for each in found.conflicts] == ["phone"]
        return
    assert found.to(winner.other) == {"phone": "2" if winner is Side.BC else "3"}
    assert found.because == {"phone": Reason.NEWEST_WINS}
    assert [each.side for each in found.overruled] == [winner.other]


def test_clocks_are_given_ten_seconds() -> None:
    assert CLOCKS_DIFFER_S == 10.0
