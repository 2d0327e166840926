"""Merging: what Business Central gives by itself is not blanked by force: it would be given again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.base import Base
from shared_code.core.mapping import Rules
from shared_code.core.merging import Merge
from shared_code.core.reconcile import reconcile
from shared_code.core.records import Side, Value
from tests.unit.core.makers import known, make_field, make_mapping

CUSTOMER = make_mapping(make_field("name"), make_field("person", given_in_bc_with="name"))


def merged(favour: Side | None, was: Value, bc: Value, sales: Value, name: Value = "Ann") -> Merge:
    base = Base({"name": name, "person": was}, {"name": name, "person": was})
    states = (known(side, name=name, person=value) for side, value in ((Side.BC, bc), (Side.SALES, sales)))
    decision = reconcile(CUSTOMER, base, *states, Rules(favour=favour))
    assert isinstance(decision, Merge)
    return decision


@pytest.mark.parametrize("was", [None, "P1", "P2"])
def test_a_blank_that_is_forced_beside_the_name_gives_way(was: Value) -> None:
    decision = merged(Side.SALES, was, "P1", None)
    assert (decision.to_bc, decision.to_sales, decision.conflicts) == ({}, {"person": "P1"}, ())


def test_without_the_name_it_is_forced_as_every_other_blank() -> None:
    assert merged(Side.SALES, "P1", "P1", None, name=None).to_bc == {"person": None}


def test_a_person_who_takes_it_away_does_so_together_with_the_name() -> None:
    assert merged(None, "P1", "P1", None).to_bc == {"person": None}


VALUES = st.sampled_from([None, "P1", "P2"])


@given(was=VALUES, bc=VALUES, sales=st.sampled_from(["P1", "P2"]))
def test_a_value_is_forced_as_every_other(was: Value, bc: Value, sales: Value) -> None:
    assert merged(Side.SALES, was, bc, sales).to_bc == ({} if bc == sales else {"person": sales})
