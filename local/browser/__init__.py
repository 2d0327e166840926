"""A real Chromium for tests of the pages and for their pictures.

The browser is the machine's own: ``TANDEM_BROWSER`` names it, else it is looked for on the path.  On Debian
``apt-get install chromium`` brings one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
TIMEOUT_MS = 20_000.0
NONE = (
    "There is no Chromium on this machine: install one (on Debian: apt-get install chromium), or name one in "
    "TANDEM_BROWSER."
)


def find_browser() -> str | None:
    """The program to start, if there is one."""
    named = os.environ.get("TANDEM_BROWSER")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser.  Raises LookupError where the machine has none."""
    program = find_browser()
    if program is None:
        raise LookupError(NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def context(
    browser: Browser, *, width: int = 1280, height: int = 900, scheme: Literal["light", "dark"] = "light",
    language: str = "en-GB", script: bool = True,
) -> BrowserContext:  # fmt: skip
    """A window of its own: no cookie of another one."""
    made = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale=language,
        java_script_enabled=script, reduced_motion="reduce",
    )  # fmt: skip
    made.set_default_timeout(TIMEOUT_MS)
    return made


def sign_in(page: Page, url: str, role: str = "administrator") -> None:
    """Through the stand-in that signs people in locally."""
    page.goto(f"{url}/app/sign-in")
    page.check(f"input[value={role}]")
    page.click("main button")
