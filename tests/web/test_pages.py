"""Every page is drawn, says what it is about, and shows hostile texts as texts."""

from __future__ import annotations

import pytest

from shared_code.web.pages import ROUTES
from shared_code.web.people import Role
from tests.web.conftest import HOSTILE, Shown
from tests.web.visits import text

ROLES = {each.pattern: each.role for each in ROUTES if each.method == "GET"}
"""The lowest role that sees each page."""
PAGES = sorted(each.pattern for each in ROUTES if each.method == "GET")


def address(shown: Shown, pattern: str) -> str:
    """The address of a page of something that is there."""
    at = shown.world.at
    named = {
        "jobs/{id}": lambda: f"jobs/{at.jobs.newest(1)[0].id}",
        "full-synchronization/{id}": lambda: f"full-synchronization/{_run(shown)}",
        "mappings/{name}/records/{id}": lambda: f"mappings/CUSTOMER/records/{shown.conflict}",
        "mappings/{name}/records/{id}/partner": lambda: (
            f"mappings/CUSTOMER/records/{shown.in_step}/partner?text=A"
        ),
        "match-reports/{id}": lambda: f"match-reports/{_report(shown)}",
        "previews/{id}": lambda: f"previews/{_preview(shown)}",
        "previews/{id}/writes": lambda: f"previews/{_preview(shown)}/writes",
        "undos/{id}": lambda: f"undos/{_undo(shown)}",
        "compares/{id}": lambda: f"compares/{_compare(shown)}",
        "problems/{name}/{code}": lambda: "problems/CUSTOMER/too_long",
        "couplings": lambda: "couplings?mapping=CUSTOMER&text=10000",
    }
    made = named.get(pattern)
    return made() if made else pattern.replace("{name}", "CUSTOMER")


def _run(shown: Shown) -> str:
    return next(each.full_sync for each in shown.world.at.jobs.newest(100) if each.full_sync)


def _preview(shown: Shown) -> str:
    browser = shown.browser()
    return _begun(
        browser.post("full-synchronization", {"act": "preview", "mapping": "CURRENCY"}).headers, shown
    )


def _undo(shown: Shown) -> str:
    return _begun(shown.browser().post("undos", {"fullSynchronization": _run(shown)}).headers, shown)


def _compare(shown: Shown) -> str:
    return _begun(shown.browser().post("compares").headers, shown)


def _report(shown: Shown) -> str:
    return _begun(shown.browser().post("match-reports", {"mapping": "CUSTOMER"}).headers, shown)


def _begun(headers: object, shown: Shown) -> str:
    """The id in the address that a form leads to, after all work that it began."""
    shown.world.drain()
    return str(headers["Location"]).split("?")[0].rsplit("/", 1)[1]  # type: ignore[index]


@pytest.mark.parametrize("pattern", PAGES)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_page_is_drawn_for_the_lowest_role_that_may_see_it(
    shown: Shown, pattern: str, language: str
) -> None:
    role = ROLES[pattern].name.lower()
    answer = shown.browser(role).get(address(shown, pattern), **{"accept-language": language})
    assert answer.status == 200, text(answer)
    assert f'<html lang="{language}">' in text(answer)
    assert text(answer).count("<h1>") == 1


@pytest.mark.parametrize("pattern", [each for each in PAGES if ROLES[each] is Role.READER])
def test_a_reader_is_offered_nothing_that_changes_anything(shown: Shown, pattern: str) -> None:
    page = text(shown.browser("reader").get(address(shown, pattern)))
    forms = [each for each in page.split("<form")[1:] if 'method="post"' in each.split(">")[0]]
    assert all("/app/language" in each.split(">")[0] or "</button>" not in each for each in forms)


@pytest.mark.parametrize("pattern", PAGES)
def test_what_records_hold_is_shown_as_text(shown: Shown, pattern: str) -> None:
    page = text(shown.browser().get(address(shown, pattern)))
    assert HOSTILE not in page
    assert "<script>" not in page
    assert "<img" not in page
    assert "onerror=" not in page.replace("&lt;img src=x onerror=", "")


@pytest.mark.parametrize("name", ["conflicts", "problems", "problems/CUSTOMER/conflict"])
def test_pages_of_hostile_records_show_them(shown: Shown, name: str) -> None:
    assert "&lt;script&gt;alert(1)" in text(shown.browser().get(name))


@pytest.mark.parametrize("pattern", PAGES)
def test_no_page_brings_script_or_style_of_its_own(shown: Shown, pattern: str) -> None:
    page = text(shown.browser().get(address(shown, pattern)))
    assert " style=" not in page
    assert "<style" not in page
    assert "javascript:" not in page
    assert not [each for each in page.split("<script")[1:] if not each.startswith(' src="/app/static/')]


HOSTILE_QUERIES = [
    "cursor",
    "mapping",
    "side",
    "text",
    "cause",
    "notice",
    "job",
    "connection",
    "from",
    "limit",
]


@pytest.mark.parametrize("pattern", [each for each in PAGES if "{id}" not in each])
@pytest.mark.parametrize("name", HOSTILE_QUERIES)
def test_whatever_stands_in_an_address_breaks_no_page(shown: Shown, pattern: str, name: str) -> None:
    place = address(shown, pattern).split("?")[0]
    answer = shown.browser().get(f"{place}?{name}=%3Cscript%3Ealert(1)%3C/script%3E|%22'")
    assert answer.status in (200, 400, 404)
    assert "<script>alert" not in text(answer)
