"""A real Chromium on the running app.  Where there is no browser the tests are skipped and say so; on a build
machine they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from local.browser import NONE, chromium, context, find_browser, sign_in
from local.browser.story import tell
from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@dataclass
class Seen:
    """A window with what the browser complained about."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, place: str = "") -> Page:
        self.page.goto(f"{self.url}/app/{place}")
        return self.page

    def accessibility(self) -> list[str]:
        """The rules of WCAG 2.2 AA that the page breaks, each with the elements."""
        found: dict[str, Any] = Axe().run(self.page, options=RULES).response
        return [f"{e['id']}: {[n['html'] for n in e['nodes']]}" for e in found["violations"]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_browser() is None:
        if os.environ.get("CI"):
            pytest.fail(NONE)
        pytest.skip(NONE)
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Environment]:
    """The app with storage and both systems; nothing synchronised yet."""
    options = Options(scope=HEART, records=Generated(6, 4), sales=(), label="browser-")
    with Processes(tmp_path_factory.mktemp("browser")) as processes, start(processes, options) as found:
        yield found


@pytest.fixture(scope="module")
def story(running: Environment) -> dict[str, str]:
    """What happened before people look: the ids of what there is."""
    return tell(running, to_the_end=False)


@pytest.fixture
def seen(running: Environment, browser: Browser) -> Iterator[Seen]:
    window = context(browser)
    yield signed_in(window, running.host.url)
    window.close()


def signed_in(window: BrowserContext, url: str, role: str = "administrator") -> Seen:
    """A page of somebody with a role; whatever the browser complains about is noted."""
    page = window.new_page()
    found = Seen(page, url)
    page.on("console", lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    sign_in(page, url, role)
    return found
