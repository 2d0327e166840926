"""Entries of two writes that were announced for the same version of a record."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.journal import Entry, Reason, joined
from shared_code.core.records import Side

FIELDS = ("phone", "city", "email")
HELD = dict.fromkeys(FIELDS, "held")
VALUES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(("x", "y", None)), min_size=1)


def entry(new: dict[str, str | None], job: str = "job", overruled: tuple[str, ...] = ()) -> Entry:
    old = {name: HELD[name] for name in new}
    because = dict.fromkeys(new, Reason.CHANGED)
    return Entry("CUSTOMER", "b1", Side.SALES, "7", 1.0, job, "batch", old, new, because, overruled)


@given(VALUES, VALUES, st.booleans())
def test_whatever_either_puts_in_place_of_something_is_kept(
    one: dict[str, str | None], two: dict[str, str | None], is_repeat: bool
) -> None:
    known = entry(one, overruled=tuple(one)[:1])
    later = entry(two, job="job" if is_repeat else "another", overruled=tuple(two)[:1])
    found = joined(known, later)
    assert found.old == {name: HELD[name] for name in {*one, *two}}
    assert found.new.keys() == found.because.keys() == found.old.keys()
    assert set(found.overruled) == {*known.overruled, *later.overruled}


def test_a_repeat_of_the_same_batch_counts_and_another_workers_entry_stays() -> None:
    known, repeat = entry({"phone": "1"}), entry({"phone": "2"})
    assert joined(known, repeat).new == {"phone": "2"}
    assert joined(known, replace(repeat, job="another")).new == {"phone": "1"}
    assert joined(known, replace(repeat, job="another")).job == "job"


def test_the_form_that_the_service_gave_a_value_stays_where_the_same_value_is_sent_again() -> None:
    known = replace(entry({"city": "VIK", "phone": "1"}), sent={"city": "Vik"})
    again = joined(known, entry({"city": "Vik", "phone": "2"}))
    assert (again.new, again.sent) == ({"city": "VIK", "phone": "2"}, {"city": "Vik"})
    other = joined(known, entry({"city": "Hof"}))
    assert (other.new, other.sent) == ({"city": "Hof", "phone": "1"}, {})


def test_values_that_were_erased_stay_erased() -> None:
    erased = replace(entry({"phone": "1", "city": "2"}), old={}, new={}, erased_at_s=5.0)
    later = entry({"phone": "3"}, job="another")
    assert joined(erased, later) == later
