"""A tally counts each record once, forgets it after an hour, and stays small."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.tally import MAX_KEPT, Tally, tally_of

HOUR_S = 3600.0


def test_a_record_that_is_seen_again_and_again_counts_once() -> None:
    tally = Tally()
    for minute in range(50):
        tally = tally.with_seen(["a", "b", f"{minute % 3}"], minute * 60.0)
    assert tally.count == 5


def test_what_was_seen_an_hour_ago_does_not_count_any_more() -> None:
    tally = Tally().with_seen(["a", "b"], 0.0).with_seen(["b", "c"], HOUR_S - 60)
    assert tally.count == 3
    assert tally.with_seen([], HOUR_S).count == 2
    assert tally.with_seen([], 2 * HOUR_S - 61).count == 2
    assert tally.with_seen([], 2 * HOUR_S).count == 0


def test_very_many_are_counted_though_not_known_one_by_one() -> None:
    many = [str(n) for n in range(MAX_KEPT + 500)]
    tally = Tally().with_seen(many, 0.0)
    assert (tally.count, len(tally.seen)) == (MAX_KEPT + 500, MAX_KEPT)
    assert len(tally.text()) < 100_000
    assert tally.with_seen([], HOUR_S).count == 0


@given(st.lists(st.tuples(st.integers(0, 200), st.sets(st.integers(0, 30), max_size=6)), max_size=20))
def test_it_counts_what_a_list_of_all_sightings_does(pages: list[tuple[int, set[int]]]) -> None:
    tally, last = Tally(), 0
    seen: list[tuple[int, int]] = []
    for minutes, ids in pages:
        last += minutes
        seen += [(last, each) for each in ids]
        tally = tally_of(tally.with_seen([str(each) for each in ids], last * 60.0).text())
        assert tally.count == len({each for at, each in seen if at > last - 60})


@given(st.text(max_size=40))
def test_a_text_that_nobody_can_read_is_an_empty_tally(text: str) -> None:
    assert tally_of(text).count >= 0
    assert tally_of("[1]").count == tally_of("null").count == tally_of("[[], []]").count == 0
