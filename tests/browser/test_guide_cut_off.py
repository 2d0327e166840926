"""The guide imports the Sales solution while its host is killed and its page is closed: it goes on, and
nothing is lost or doubled.  No sign-in outlives its page, so that somebody signs in again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.browser import context
from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from tests.browser.conftest import Seen, signed_in
from tests.browser.test_setup_guide import enter_code

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]
PATIENCE_S, ENDED_MS = 30.0, 90_000
IMPORT_S = 8.0
"""Longer than a host needs to start again, so that it meets the import under way."""


@pytest.fixture
def unprepared(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Environment]:
    options = Options(
        scope=HEART, records=Generated(2, 1), sales=(), connected=False, prepared=False, label="cut-off-"
    )
    with Processes(tmp_path_factory.mktemp("cut-off")) as processes, start(processes, options) as found:
        found.sales_control.set_options(import_s=IMPORT_S)
        yield found


def sign_in_as_administrator(page: Page, environment: Environment) -> None:
    """Up to where the guide has what it needs to begin."""
    page.goto(f"{environment.host.url}/app/setup/sales")
    page.get_by_label("Address of the organisation").fill(environment.addresses.sales)
    page.get_by_role("button", name="Sign in as an administrator").click()
    enter_code(page, environment)


def begin(page: Page) -> None:
    """The person goes on; the answer, which comes when all is done, is not waited for."""
    page.get_by_role("button", name="I have signed in").click(no_wait_after=True)


def imports(environment: Environment) -> int:
    """How many imports of a solution there were, with the one under way."""
    return int(environment.sales_control.counts().get("importjob", 0))


def wait_for_import(environment: Environment) -> None:
    """Raises AssertionError where none begins."""
    ends = time.monotonic() + PATIENCE_S
    while imports(environment) == 0:
        assert time.monotonic() < ends, "the import did not begin"
        time.sleep(0.05)


def prepared_once(seen: Seen, environment: Environment) -> None:
    """Sales is as after an undisturbed preparation, and nothing was made twice."""
    expect(seen.page.get_by_text("Sales is prepared.")).to_be_visible(timeout=ENDED_MS)
    expect(seen.page.get_by_text("Tandem 1.0.0.0 is there")).to_be_visible()
    assert imports(environment) == 1
    ours = f"applicationid eq {environment.settings['CLIENT_ID']}"
    (user,) = environment.people.sales.list("systemusers", filter=ours)
    assert not user["isdisabled"]
    seen.page.get_by_role("link", name="Go on").click()
    expect(seen.page.get_by_text("It answers.")).to_be_visible()


def test_a_host_that_is_killed_while_the_solution_is_imported_loses_and_doubles_nothing(
    unprepared: Environment, browser: Browser
) -> None:
    seen = signed_in(context(browser), unprepared.host.url)
    sign_in_as_administrator(seen.page, unprepared)
    used = seen.page.locator("input[name=device]").get_attribute("value")
    begin(seen.page)
    wait_for_import(unprepared)
    unprepared.host.restart()
    seen = signed_in(seen.page.context, unprepared.host.url)
    seen.page.goto(f"{unprepared.host.url}/app/setup/sales")
    expect(seen.page.get_by_text("If it is cut off, sign in again")).to_be_visible()
    sign_in_as_administrator(seen.page, unprepared)
    assert seen.page.locator("input[name=device]").get_attribute("value") != used
    assert seen.accessibility() == []
    begin(seen.page)
    prepared_once(seen, unprepared)


def test_a_page_that_is_closed_while_the_solution_is_imported_loses_and_doubles_nothing(
    unprepared: Environment, browser: Browser
) -> None:
    seen = signed_in(context(browser), unprepared.host.url)
    sign_in_as_administrator(seen.page, unprepared)
    begin(seen.page)
    wait_for_import(unprepared)
    seen.page.close()
    seen = signed_in(seen.page.context, unprepared.host.url)
    sign_in_as_administrator(seen.page, unprepared)
    begin(seen.page)
    prepared_once(seen, unprepared)


def test_a_sign_in_that_was_used_asks_for_another_one(unprepared: Environment, browser: Browser) -> None:
    """What a browser sends again after a host died under it."""
    unprepared.sales_control.set_options(import_s=0.0)
    seen = signed_in(context(browser), unprepared.host.url)
    sign_in_as_administrator(seen.page, unprepared)
    seen.page.get_by_role("button", name="I have signed in").click()
    expect(seen.page.get_by_text("Sales is prepared.")).to_be_visible(timeout=ENDED_MS)
    seen.page.reload()
    expect(seen.page.get_by_role("alert")).to_contain_text("not valid any more")
    expect(seen.page.get_by_text("none is kept: to go on, somebody signs in again")).to_be_visible()
    expect(seen.page.get_by_role("button", name="Sign in again")).to_be_visible()
    assert seen.accessibility() == []


def test_a_preparation_says_that_it_is_under_way(unprepared: Environment, browser: Browser) -> None:
    seen = signed_in(context(browser), unprepared.host.url)
    sign_in_as_administrator(seen.page, unprepared)
    expect(seen.page.get_by_text("Sales is being prepared.")).to_be_hidden()
    seen.page.route("**/preparation/run", lambda route: route.fulfill(status=204))  # the page stays
    seen.page.get_by_role("button", name="I have signed in").click()
    expect(seen.page.get_by_text("Sales is being prepared.")).to_be_visible()
    assert seen.accessibility() == []
