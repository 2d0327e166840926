"""What is measured."""

from __future__ import annotations

import pytest

from local.environment import HEART, WHOLE
from local.latency.plan import DIRECTIONS, Pair, Plan, changes_of

PAIRS = [Pair(f"C{number:04}", f"bc-{number}", f"sales-{number}") for number in range(100)]


def test_the_same_seed_gives_the_same_changes() -> None:
    assert changes_of(Plan(20, seed=5), PAIRS) == changes_of(Plan(20, seed=5), list(reversed(PAIRS)))
    assert changes_of(Plan(20, seed=5), PAIRS) != changes_of(Plan(20, seed=6), PAIRS)


def test_no_record_is_changed_twice_and_no_value_is_the_same() -> None:
    changes = changes_of(Plan(50), PAIRS)
    assert len({each.pair for each in changes}) == len({each.value for each in changes}) == 100


def test_each_direction_gets_its_changes_at_moments_all_over_the_time() -> None:
    plan = Plan(50, spread_s=180)
    changes = changes_of(plan, PAIRS)
    moments = [each.after_s for each in changes]
    assert moments == sorted(moments)
    assert 0 <= moments[0] < 30
    assert 150 < moments[-1] <= 180
    assert len({int(moment % 60) // 10 for moment in moments}) == 6, "everywhere within the minute"
    assert {d: sum(each.direction == d for each in changes) for d in DIRECTIONS} == dict.fromkeys(
        DIRECTIONS, 50
    )


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        changes_of(Plan(51), PAIRS)


@pytest.mark.parametrize("given", [{"changes": 0}, {"changes": 501}, {"spread_s": -1}, {"patience_s": 0}])
def test_nonsense_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Plan(**given)


def test_more_than_the_heart_can_be_measured_where_customers_are_among_it() -> None:
    assert Plan().scope() == HEART
    assert Plan(mappings=()).scope() == WHOLE
    assert Plan(mappings=("OPPORTUNITY",)).scope().mappings == ("OPPORTUNITY",)  # depends on CUSTOMER
    with pytest.raises(ValueError, match="CUSTOMER"):
        Plan(mappings=("CURRENCY",))
