"""Every page is measured, and shown, over what is on file."""

from __future__ import annotations

import pytest

from local.page_times.measuring import ASKED_APART, measure, pages
from local.page_times.stored import Filled, filled
from local.page_times.telling import page, table
from shared_code.web.pages import ROUTES

ONLY_WITH_WORK = {"compares/{id}", "undos/{id}", "previews/{id}", "previews/{id}/writes"}
"""They show one piece of work that a person began."""


@pytest.fixture(scope="module")
def stored() -> Filled:
    return filled(200, 60)


def test_copies_are_what_was_asked_for(stored: Filled) -> None:
    problems = [
        each for name in ("CUSTOMER", "CONTACT") for each in stored.world.at.couplings(name).all_problems(500)
    ]
    assert len(problems) >= 60
    assert len(list(stored.world.at.couplings("CONTACT").all_coupled())) >= 120


def test_each_page_is_asked_and_shown(stored: Filled) -> None:
    found = measure(stored)
    assert [each for each in found if each.status != 200] == []
    asked = {each.pattern for each in ROUTES if each.method == "GET"} - ASKED_APART - ONLY_WITH_WORK
    assert len(pages(stored.world.at, stored)) >= len(asked)
    assert all(each.page in table(found) for each in found)
    assert "200 pairs" in page(stored, found)
