"""What people choose in the guide becomes settings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.settings import _companies
from shared_code.sync.setup.choosing import features_of, listed, loses_teams, named
from shared_code.sync.setup.connector import CompanyFound

FIRST, SECOND = "d6079f35-affb-5d00-b382-28fccf9e4a20", "e6079f35-affb-5d00-b382-28fccf9e4a21"
CRONUS, OTHER = (
    CompanyFound(FIRST, "CRONUS International Ltd."),
    CompanyFound(SECOND, "CRONUS International Ltd."),
)


def test_a_company_is_called_after_its_name_in_small_letters() -> None:
    assert named("", [CRONUS, OTHER], [FIRST]) == f"cronus-international-ltd={FIRST}"


def test_a_company_keeps_the_name_it_has_because_it_is_part_of_every_key() -> None:
    assert named(f"cronus={FIRST}", [CRONUS, OTHER], [FIRST]) == f"cronus={FIRST}"


def test_two_companies_of_one_name_are_told_apart() -> None:
    found = named(f"cronus-international-ltd={SECOND}", [CRONUS, OTHER], [FIRST, SECOND])
    assert found == f"cronus-international-ltd-2={FIRST},cronus-international-ltd={SECOND}"


def test_only_companies_that_are_offered_are_taken() -> None:
    assert named("", [CRONUS], ["something else"]) == ""


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_whatever_companies_are_called_the_setting_can_be_read(names: list[str]) -> None:
    offered = [
        CompanyFound(f"d6079f35-affb-5d00-b382-28fccf9e4a2{number}", name)
        for number, name in enumerate(names)
    ]
    text = named("", offered, [each.id for each in offered])
    assert [each.id for each in _companies(text)] == [each.id for each in offered]


def test_names_that_are_no_features_are_left_out() -> None:
    assert [each.value for each in features_of("vendors, nonsense,")] == ["vendors"]
    assert listed(" a, b,,a ") == ["a", "b"]


KNOWN = {"SALES_URL": "https://contoso.crm4.dynamics.com", "OWNING_TEAMS": "cronus=3c6fbd5c"}


@pytest.mark.parametrize("url", ["https://other.crm4.dynamics.com", ""])
def test_teams_of_an_organisation_are_not_those_of_the_next(url: str) -> None:
    assert loses_teams(KNOWN, {"SALES_URL": url})


@pytest.mark.parametrize(
    ("known", "changes"),
    [
        (KNOWN, {"SALES_URL": "https://CONTOSO.crm4.dynamics.com/"}),
        (KNOWN, {"FEATURES": "vendors"}),
        (KNOWN, {"SALES_URL": "https://other.crm4.dynamics.com", "OWNING_TEAMS": "cronus=4c6fbd5c"}),
        ({"SALES_URL": KNOWN["SALES_URL"]}, {"SALES_URL": ""}),
    ],
    ids=["the same address", "another setting", "both at once", "no team"],
)
def test_teams_stay_where_the_organisation_does_or_none_is_named(
    known: dict[str, str], changes: dict[str, str]
) -> None:
    assert not loses_teams(known, changes)
