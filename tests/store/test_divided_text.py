"""Text that one value of an entity cannot hold is divided, and comes back whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.store.divided_text import PART, as_values, text_of
from shared_code.store.memory import MemoryTables

LONG = "語😀" * 50_000
"""A hundred thousand letters, half of which take two units."""


@pytest.mark.parametrize("length", [0, 1, PART, PART + 1, 3 * PART])
def test_a_text_comes_back_whole_and_is_divided_only_where_it_must_be(length: int) -> None:
    text = "x" * length
    values = as_values("base", text)
    assert text_of("base", values) == text
    assert ("base" in values) is (length <= PART)


@given(st.text(max_size=50), st.integers(0, 1000))
def test_any_text_comes_back(piece: str, times: int) -> None:
    assert text_of("name", {"other": 1, **as_values("name", piece * times)}) == piece * times


@pytest.fixture
def store() -> CouplingStore:
    tables = MemoryTables()
    tables.ensure(["Couplings"])
    return CouplingStore(tables, "cronus", "ORDER NOTE")


def test_a_pair_keeps_a_base_whose_sides_are_as_long_as_a_note_may_be(store: CouplingStore) -> None:
    pair = Coupling("b1", "s1", base=Base({"text": LONG}, {"text": LONG[::-1]}))
    store.transact(store.insert_operations(pair))
    kept = store.load(Side.BC, ["b1"])["b1"]
    assert isinstance(kept, Coupling)
    assert kept.base == pair.base


def test_an_intent_keeps_what_was_sent(store: CouplingStore) -> None:
    store.transact(store.intent_operations(Intent("s1", 1.0, "batch", "name", sent={"text": LONG})))
    kept = store.load(Side.SALES, ["s1"])["s1"]
    assert isinstance(kept, Intent)
    assert kept.sent == {"text": LONG}


def test_a_problem_keeps_both_values(store: CouplingStore) -> None:
    problem = Problem(
        Side.BC, "b1", Outcome.CONFLICT, "conflict", "Both changed", {"bc": LONG, "sales": LONG[::-1]}
    )
    store.transact([store.problem_operation(problem)])
    (kept,) = store.all_problems(10)
    assert kept.details == problem.details
