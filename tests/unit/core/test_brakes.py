"""Brakes: when so many records gone or changed at once are not believed, and what a person is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.brakes import FEW, Brake, Brakes, Sight, brake_of
from shared_code.core.records import Side


@pytest.mark.parametrize(
    ("brakes", "sight", "seen", "of", "expected"),
    [
        (Brakes(), Sight.MISSING, FEW, FEW, False),
        (Brakes(), Sight.MISSING, 35, 100, True),
        (Brakes(), Sight.MISSING, 34, 100, False),
        (Brakes(deleted_percent=50), Sight.DELETED, 50, 100, False),
        (Brakes(deleted_percent=50), Sight.DELETED, 51, 100, True),
        (Brakes(deleted_percent=100), Sight.MISSING, 100, 100, False),
        (Brakes(), Sight.CHANGED, 100, 100, False),
        (Brakes(changed_percent=10), Sight.CHANGED, 101, 1000, True),
        (Brakes(changed_percent=10), Sight.MISSING, 101, 1000, False),
        (Brakes(deleted_percent=1), Sight.MISSING, 21, 0, True),
    ],
)
def test_a_brake_holds_beyond_its_share(
    brakes: Brakes, sight: Sight, seen: int, of: int, expected: bool
) -> None:
    assert brakes.holds(sight, seen, of) is expected


@given(st.integers(1, 100), st.integers(0, 500), st.integers(0, 500), st.sampled_from(Sight))
def test_more_at_once_is_never_believed_where_less_is_not(
    percent: int, seen: int, of: int, sight: Sight
) -> None:
    brakes = Brakes(percent, percent)
    if brakes.holds(sight, seen, of):
        assert brakes.holds(sight, seen + 1, of)
        assert brakes.holds(sight, seen, max(0, of - 1))


@given(st.integers(1, 100), st.integers(0, 500), st.sampled_from(Sight))
def test_so_many_records_need_be_counted_and_no_more(percent: int, seen: int, sight: Sight) -> None:
    brakes = Brakes(percent, percent)
    most = brakes.most(sight, seen)
    if most is None:
        assert not brakes.holds(sight, seen, 0)
    else:
        assert brakes.holds(sight, seen, most)
        assert not brakes.holds(sight, seen, most + 1)


@pytest.mark.parametrize("sight", Sight)
@pytest.mark.parametrize("side", Side)
def test_what_a_brake_saw_is_kept_and_told_with_what_to_do(sight: Sight, side: Side) -> None:
    brake = Brake(sight, side, 1_200, 3_000, 5.0)
    assert brake_of(brake.text()) == brake
    told = brake.told("CUSTOMER")
    assert side.system_name in told
    assert "release the brake of CUSTOMER" in told
    assert ("1,200 of 3,000" in told) is (sight is not Sight.HIDDEN)


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"sight": "new"}', "7", "null"])
def test_a_kept_text_that_cannot_be_read_is_no_brake(text: str) -> None:
    assert brake_of(text) is None
