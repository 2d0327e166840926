"""`python dev.py screenshots`: pictures of the pages, taken of the running app, into docs/pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from local.browser import NONE, chromium, context, find_browser, sign_in
from local.browser.story import tell
from local.dev.places import ROOT
from local.dev.processes import NotReady, Processes, interrupt_on_terminate
from local.dev.steps import SetUpFailed
from local.environment import HEART, Generated, Options, Refused, start

FOLDER = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the page below ``/app/``, and how it is looked at."""

    name: str
    page: str
    width: int = 1180
    height: int = 780
    scheme: Literal["light", "dark"] = "light"
    language: str = "en-GB"
    press: str = ""
    """A button that is pressed before the picture is taken."""


def pictures(ids: Mapping[str, str]) -> Iterator[Picture]:
    """Every picture of the documentation."""
    yield Picture("overview", "")
    yield Picture("overview-dark", "", scheme="dark")
    yield Picture("overview-phone", "", width=390, height=780)
    yield Picture("review", "full-synchronization/review")
    yield Picture("run", f"full-synchronization/{ids['run']}")
    yield Picture("preview", f"previews/{ids['preview']}")
    yield Picture("conflicts", "conflicts", height=560)
    yield Picture("problems", "problems", height=640)
    yield Picture("record", f"mappings/CUSTOMER/records/{ids['conflict']}")
    yield Picture("mappings", "mappings", height=900)
    yield Picture("jobs", "jobs", height=560)
    yield Picture("compare", f"compares/{ids['compare']}", height=640)
    yield Picture("connection", "connection/examination")
    yield Picture("setup", "setup", height=640)
    yield Picture("setup-prepare", "setup/sales", height=560, press="Sign in as an administrator")
    yield Picture("setup-how", "setup/how", height=1100)
    yield Picture("overview-dutch", "", language="nl-NL")


def take(browser: Browser, url: str, picture: Picture, folder: Path) -> None:
    """Take one picture."""
    window = context(
        browser, width=picture.width, height=picture.height, scheme=picture.scheme, language=picture.language
    )
    page = window.new_page()
    sign_in(page, url)
    page.goto(f"{url}/app/{picture.page}")
    if picture.press:
        page.get_by_role("button", name=picture.press).click()
    page.screenshot(path=folder / f"{picture.name}.png")
    window.close()
    print(f"  {picture.name}.png", flush=True)


def main(given: Sequence[str]) -> int:
    """Start everything, let the story happen, take the pictures; 2 when that cannot be done."""
    parser = argparse.ArgumentParser(prog="python dev.py screenshots")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="DIR")
    folder: Path = parser.parse_args(given).into
    interrupt_on_terminate()
    if find_browser() is None:
        print(NONE, file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    options = Options(scope=HEART, records=Generated(24, 30), sales=())
    with Processes() as processes:
        try:
            environment = start(processes, options)
        except (NotReady, SetUpFailed, Refused, OSError, ValueError) as failure:
            print(f"Not started: {failure}", file=sys.stderr)
            return 2
        with environment, chromium() as browser:
            ids = tell(environment)
            for picture in pictures(ids):
                take(browser, environment.host.url, picture, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
