"""Ids that are derived: the same work names the same thing, other work another."""

from __future__ import annotations

import uuid
from itertools import combinations

import pytest

from shared_code.core.identity import digest, partner_id

BC_ID = "AB000000-0000-0000-0000-0000000000CD"


def test_a_repeated_creation_names_the_same_row() -> None:
    assert partner_id("cronus", "CUSTOMER", BC_ID, 1) == partner_id("cronus", "CUSTOMER", BC_ID.lower(), 1)


def test_the_id_never_changes_from_one_version_to_the_next() -> None:
    """Rows in customers' organisations were created with these ids."""
    assert partner_id("cronus", "CUSTOMER", BC_ID, 1) == "0bc49949-cddb-51cb-b0ee-7e381f49fdb5"


@pytest.mark.parametrize(
    "other",
    [
        ("other", "CUSTOMER", BC_ID, 1),
        ("cronus", "CONTACT", BC_ID, 1),
        ("cronus", "CUSTOMER", BC_ID.replace("AB", "AC"), 1),
        ("cronus", "CUSTOMER", BC_ID, 2),
    ],
)
def test_each_part_counts(other: tuple[str, str, str, int]) -> None:
    assert partner_id(*other) != partner_id("cronus", "CUSTOMER", BC_ID, 1)


def test_the_id_is_a_guid_that_dataverse_takes() -> None:
    assert uuid.UUID(partner_id("cronus", "CUSTOMER", BC_ID, 1)).version == 5


def test_a_digest_is_the_same_for_the_same_parts() -> None:
    assert digest(["a", "b"]) == digest(iter(("a", "b")))


def test_digests_of_different_parts_differ() -> None:
    parts = [
        [],
        ["", ""],
        ["ab"],
        ["a", "b"],
        ["b", "a"],
        ["a", "", "b"],
        ["A", "b"],
        ["\ud800"],
        ["ü"],
        ["u\u0308"],
    ]
    assert not any(digest(a) == digest(b) for a, b in combinations(parts, 2))


def test_a_digest_fits_a_storage_key() -> None:
    assert len(digest(["x" * 10000])) == 24
    assert digest(["/\\#?"]).isalnum()
