"""The digest of rules changes when they do, and tells what of a base is still true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared_code.compose import default_mappings
from shared_code.core.base import Base
from shared_code.core.mapping import Condition, ConflictRule, Direction, Mapping
from shared_code.core.rules_digest import digest_of, meanings, same_selection, still_true

CUSTOMER = next(each for each in default_mappings() if each.name == "CUSTOMER")


def with_field(name: str, **changes: Any) -> Mapping:
    fields = [replace(each, **changes) if each.name == name else each for each in CUSTOMER.fields]
    return replace(CUSTOMER, fields=tuple(fields))


def test_equal_rules_have_equal_digests_and_every_mapping_has_its_own() -> None:
    assert digest_of(CUSTOMER) == digest_of(replace(CUSTOMER))
    assert len({digest_of(each) for each in default_mappings()}) == len(default_mappings())


def test_what_a_mapping_is_called_and_how_often_it_is_looked_at_is_no_rule() -> None:
    assert digest_of(replace(CUSTOMER, title="Debtors", interval_s=5, not_carried=())) == digest_of(CUSTOMER)


@pytest.mark.parametrize(
    "changes",
    [
        {"bc": replace(CUSTOMER.bc, filter=())},
        {"sales": replace(CUSTOMER.sales, filter=(Condition("statecode", "is", (1,)),))},
        {"match": CUSTOMER.match[1:]},
        {"creates": False},
        {"direction": Direction.TO_SALES},
    ],
    ids=str,
)
def test_other_records_are_selected_or_matched(changes: dict[str, Any]) -> None:
    changed = replace(CUSTOMER, **changes)
    assert not same_selection(digest_of(changed), digest_of(CUSTOMER))


@pytest.mark.parametrize(
    "changed",
    [
        replace(CUSTOMER, conflict=ConflictRule.BC_WINS),
        with_field("phone", sales=("telephone2",)),
        with_field("phone", direction=Direction.TO_SALES),
        with_field("phone", group="address"),
        with_field("phone", sales_length=10),
    ],
    ids=lambda each: digest_of(each),
)
def test_other_fields_or_decisions_select_the_same_records(changed: Mapping) -> None:
    assert digest_of(changed) != digest_of(CUSTOMER)
    assert same_selection(digest_of(changed), digest_of(CUSTOMER))


def test_of_a_base_what_means_the_same_is_kept_and_the_rest_is_gone() -> None:
    base = Base({"phone": "1", "city": "Leeds"}, {"phone": "1", "city": "LEEDS"})
    moved = with_field("phone", sales=("telephone2",))
    assert still_true(base, meanings(CUSTOMER), meanings(moved)) == Base({"city": "Leeds"}, {"city": "LEEDS"})
    assert still_true(base, meanings(CUSTOMER), meanings(with_field("phone", sales_length=9))) == base


def test_where_nobody_knows_what_fields_meant_there_is_no_base() -> None:
    assert still_true(Base({"city": "Leeds"}, {"city": "Leeds"}), {}, meanings(CUSTOMER)) is None
