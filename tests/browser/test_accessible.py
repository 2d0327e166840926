"""Every page in a real browser: accessible, without a complaint, usable by keyboard and without script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from local.browser import context
from local.environment import Environment
from tests.browser.conftest import Seen, signed_in

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]


def places(story: dict[str, str]) -> Iterator[str]:
    """Every page, with something on it."""
    yield from (
        "",
        "full-synchronization",
        "full-synchronization/review",
        "jobs",
        "mappings",
        "mappings/CUSTOMER",
    )
    yield from ("mappings/CUSTOMER/edit", "couplings", "couplings?mapping=CUSTOMER&text=G000001", "conflicts")
    yield from (
        "conflicts?mapping=CUSTOMER",
        "problems",
        "problems/CUSTOMER/too_long",
        "compares",
        "help",
        "availability",
        "availability?item=NOPE",
    )
    partner = f"mappings/CUSTOMER/records/{story['conflict']}/partner?side=bc&text=C"
    yield from ("match-reports", f"match-reports/{story['report']}", partner)
    yield from ("connection", "connection/examination", f"full-synchronization/{story['run']}")
    yield from (f"previews/{story['preview']}", f"previews/{story['preview']}/writes")
    yield from (f"jobs/{story['job']}", "setup", "setup/what", "setup/couple", "setup/settings")
    yield from (f"compares/{story['compare']}", f"mappings/CUSTOMER/records/{story['conflict']}", "nothing")


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1280, "light", "en-GB"), (1280, "dark", "nl-NL"), (360, "light", "nl-NL"), (360, "dark", "en-GB")],
)
def test_no_page_breaks_a_rule_of_accessibility_or_makes_the_browser_complain(
    running: Environment, browser: Browser, story: dict[str, str],
    width: int, scheme: Literal["light", "dark"], language: str,
) -> None:  # fmt: skip
    window = context(browser, width=width, scheme=scheme, language=language)
    seen = signed_in(window, running.host.url)
    broken = {}
    for place in places(story):
        seen.go(place)
        if rules := seen.accessibility():
            broken[place] = rules
    window.close()
    assert broken == {}
    assert [each for each in seen.complaints if "404" not in each] == []


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_page_is_wider_than_the_window(
    running: Environment, browser: Browser, story: dict[str, str], width: int
) -> None:
    window = context(browser, width=width)
    seen = signed_in(window, running.host.url)
    wide = [p for p in places(story) if seen.go(p).evaluate("document.documentElement.scrollWidth") > width]
    window.close()
    assert wide == []


def test_every_page_is_readable_without_script(
    running: Environment, browser: Browser, story: dict[str, str]
) -> None:
    window = context(browser, script=False)
    seen = signed_in(window, running.host.url)
    for place in places(story):
        assert seen.go(place).locator("h1").count() == 1
    assert "G000001" in (seen.go("conflicts").text_content("main") or "")
    window.close()


def test_a_conflict_is_reached_and_decided_by_keyboard_alone(seen: Seen, story: dict[str, str]) -> None:
    page = seen.go("conflicts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if label.startswith("Take Business Central"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.get_by_text("Decided. The records are looked at now.").wait_for()
