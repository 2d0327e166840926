"""What a worker wrote and could not store, because somebody else stored the pair meanwhile."""

from __future__ import annotations

from dataclasses import replace

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side, Version
from shared_code.sync.processing.items import Confirmed
from shared_code.sync.processing.overtaken import with_written

PAIR = Coupling(
    "b1", "s1", base=Base({"name": "A", "city": "X"}, {"name": "A", "city": "X"}), in_step=True,
    bc_version=Version('W/"3"', "2026-01-03"), sales_version=Version('W/"20"', "0020"),
)  # fmt: skip


def written(version: Version, side: Side = Side.SALES) -> Confirmed:
    return Confirmed(side, version, {"name": "B"}, {"name": "b", "city": "Y"})


def test_what_was_written_is_what_both_sides_held_and_they_are_not_in_step() -> None:
    version = Version('W/"21"', "0021")
    expected = Base({"name": "B", "city": "X"}, {"name": "b", "city": "X"})
    assert with_written(PAIR, [written(version)]) == replace(
        PAIR, base=expected, sales_version=version, in_step=False
    )


def test_what_was_written_to_business_central_is_known_with_its_version() -> None:
    version = Version('W/"4"', "2026-01-04")
    after = with_written(PAIR, [written(version, Side.BC)])
    assert (after.bc_version, after.sales_version) == (version, PAIR.sales_version)
    assert after.base == Base({"name": "b", "city": "X"}, {"name": "B", "city": "X"})


def test_who_saw_what_was_written_knows_better() -> None:
    assert with_written(PAIR, [written(Version('W/"20"', "0020"))]) is PAIR
    assert with_written(PAIR, [written(Version('W/"19"', "0019"))]) is PAIR


def test_of_two_writes_of_one_moment_in_business_central_the_other_one_is_told() -> None:
    """It stamps versions with the time, which two writes can share."""
    assert with_written(PAIR, [written(Version('W/"4"', "2026-01-03"), Side.BC)]) is not PAIR


def test_a_pair_of_which_nothing_is_to_be_known_any_more_stays_so() -> None:
    bare = replace(PAIR, base=None, bc_version=None, sales_version=None, in_step=False)
    assert with_written(bare, [written(Version('W/"21"', "0021"))]) is bare
