"""The setup guide alone leads from an app that knows nothing to a finished full synchronisation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.browser import context
from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from local.environment.settings import ADMINISTRATOR, ENVIRONMENT
from tests.browser.conftest import Seen, signed_in

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]
ENDED_MS = 90_000


@pytest.fixture(scope="module")
def unconnected(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Environment]:
    options = Options(
        scope=HEART, records=Generated(4, 3), sales=(), connected=False, prepared=False, label="guide-"
    )
    with Processes(tmp_path_factory.mktemp("guide")) as processes, start(processes, options) as found:
        yield found


def go_on(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Go on:")).click()


def accessible(seen: Seen) -> None:
    assert seen.accessibility() == [], seen.page.url


def prepare(seen: Seen, environment: Environment) -> None:
    """An administrator signs in by a code; the host is killed meanwhile, and everything is begun again."""
    page = seen.page
    page.get_by_label("Address of the organisation").fill(environment.addresses.sales)
    page.get_by_role("button", name="Sign in as an administrator").click()
    expect(page.get_by_text("enter the code")).to_be_visible()
    accessible(seen)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody has signed in")
    enter_code(page, environment)
    environment.host.restart()
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_text("Sales is prepared.")).to_be_visible(timeout=ENDED_MS)
    expect(page.get_by_text("Tandem 1.0.0.0 was imported")).to_be_visible()
    accessible(seen)


def decide(seen: Seen) -> None:
    """Currencies are shown, the owner is chosen, an item is asked for, notifications are told."""
    page = seen.page
    expect(page.get_by_text("keeps its books in")).to_be_visible()
    page.get_by_label("Owner", exact=True).select_option(label="The user of the salesperson")
    page.get_by_role("button", name="Keep the owner").click()
    expect(page.get_by_text("Stored.")).to_be_visible()
    page.get_by_label("Number of an item").fill("1896-S")
    page.get_by_role("button", name="Ask now").click()
    expect(page.get_by_text(re.compile("1896-S .*: On hand"))).to_be_visible()
    expect(page.get_by_text("Changes are found by looking each minute")).to_be_visible()
    accessible(seen)


def add_options(seen: Seen, environment: Environment) -> None:
    """The administrator signs in once more: now it is known which codes need an option."""
    page = seen.page
    page.get_by_role("button", name="Sign in as an administrator").click()
    enter_code(page, environment)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_text("options were added").first).to_be_visible(timeout=ENDED_MS)
    go_on(page)


def enter_code(page: Page, environment: Environment) -> None:
    """What the person does at Microsoft's page, on another machine."""
    given = {"user_code": page.locator("#code").inner_text().strip(), "user": ADMINISTRATOR}
    environment.entra_control.post("device", given)


def test_the_guide_alone_reaches_a_finished_full_synchronisation(
    unconnected: Environment, browser: Browser
) -> None:
    seen = signed_in(context(browser), unconnected.host.url)
    page = seen.page
    expect(page.get_by_role("heading", name="Setup")).to_be_visible()
    accessible(seen)
    go_on(page)
    page.get_by_label("Address of the organisation").fill("https://evil.example")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the address of the organisation")
    page.get_by_label("Address of the organisation").fill(unconnected.addresses.sales)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("not a member of the organization")
    prepare(seen, unconnected)
    go_on(page)
    expect(page.get_by_text("It answers.")).to_be_visible()
    accessible(seen)
    page.close()
    unconnected.host.restart()
    seen = signed_in(page.context, unconnected.host.url)
    page = seen.page
    page.goto(f"{unconnected.host.url}/app/setup")
    expect(page.get_by_text(unconnected.addresses.sales)).to_be_visible()
    go_on(page)
    page.get_by_label("Environment").fill("nowhere")
    page.get_by_role("button", name="Show its companies").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Environment").fill(ENVIRONMENT)
    page.get_by_role("button", name="Show its companies").click()
    page.get_by_label("CRONUS International Ltd.").check()
    accessible(seen)
    page.get_by_role("button", name="Connect").click()
    go_on(page)
    chosen = page.locator("input[name=mapping]")
    expect(chosen.first).to_be_visible()
    for each in chosen.all():
        each.set_checked(each.get_attribute("value") == "CONTACT")
    page.get_by_role("button", name="Keep", exact=True).click()
    assert page.locator("input[value=CUSTOMER]").is_checked()  # what contacts depend on came with them
    accessible(seen)
    go_on(page)
    decide(seen)
    go_on(page)
    expect(page.get_by_text("On the whole")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Sales lacks the options").first).to_be_visible()
    accessible(seen)
    add_options(seen, unconnected)
    expect(page.get_by_text("On the whole")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Sales lacks the options")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Go on")).click()
    expect(page.get_by_role("heading", name="Couple what belongs together")).to_be_visible()
    accessible(seen)
    go_on(page)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/app/full-synchronization/*")  # a page that is closed while it loads may never close
    address = page.url
    page.close()
    unconnected.host.restart()
    page = page.context.new_page()
    page.goto(address)
    expect(page.get_by_text("6 of 6 mappings")).to_be_visible(timeout=ENDED_MS)
    assert len(unconnected.people.sales.list("accounts")) == 4
    complaints = [each for each in seen.complaints if "400" not in each]
    assert complaints == []


def test_the_settings_are_a_file_without_a_secret_that_another_app_can_take(
    unconnected: Environment, browser: Browser
) -> None:
    page = signed_in(context(browser), unconnected.host.url).page
    page.goto(f"{unconnected.host.url}/app/setup/settings")
    text = page.get_by_label("Settings (JSON)").input_value()
    assert unconnected.addresses.sales in text
    hidden = [value for name, value in unconnected.settings.items() if "SECRET" in name or "KEY" in name]
    assert not [each for each in hidden if each and each in text]
    page.get_by_label("Settings (JSON)").fill(text.replace("CONTACT", "NONSENSE"))
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_role("alert")).to_contain_text("NONSENSE")
    page.get_by_label("Settings (JSON)").fill(text)
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_text("Stored.")).to_be_visible()
