"""What people do, from the first run on, in a real browser against the running app."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from local.browser import context
from local.browser.story import account_of, edit_both
from local.environment import Environment
from tests.browser.conftest import Seen, signed_in
from tests.webhooks.conftest import await_looked, await_true

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]
ENDED_MS = 90_000


def customer(running: Environment, number: int) -> dict[str, object]:
    found = running.people.bc.list("customers", filter=f"number eq 'G{number:06d}'")
    return found[0]


def test_the_first_run_is_reviewed_started_and_watched_to_its_end(running: Environment, seen: Seen) -> None:
    page = seen.go()
    page.get_by_role("link", name="Review the full synchronisation").click()
    expect(page.get_by_text("Both systems are asked")).to_have_count(0, timeout=30_000)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Full synchronisation")).to_be_visible()
    address = page.url
    page.close()
    running.host.restart()
    seen.page = page = seen.page.context.new_page()
    page.goto(address)
    expect(page.get_by_text("6 of 6 mappings")).to_be_visible(timeout=ENDED_MS)
    assert len(running.people.sales.list("accounts")) >= 6
    assert seen.complaints == []


def test_a_conflict_is_decided_field_by_field(running: Environment, seen: Seen) -> None:
    chosen = customer(running, 1)
    edit_both(running, chosen)
    await_looked(running, lambda: running.api.get("conflicts")["conflicts"], "the conflict")
    page = seen.go("conflicts")
    expect(page.get_by_text("7 Station Road")).to_be_visible()
    page.get_by_role("button", name=re.compile("Take Sales' value: address")).click()
    expect(page.get_by_text("Decided.")).to_be_visible()
    await_true(lambda: customer(running, 1)["addressLine1"] == "7 Station Road", "the decided street")
    expect(seen.go("conflicts").get_by_text("There are no conflicts.")).to_be_visible()


def test_a_problem_is_mended_and_retried(running: Environment, seen: Seen) -> None:
    row = account_of(running, customer(running, 2))
    running.people.sales.patch("accounts", row["accountid"], {"name": "Long " * 24})
    await_looked(running, lambda: running.api.get("problems")["problems"], "the problem")
    page = seen.go("problems")
    page.get_by_role("heading", name=re.compile("A value is longer")).get_by_role("link").click()
    running.people.sales.patch("accounts", row["accountid"], {"name": "Short"})
    page.locator("input[name=record]").first.check()
    page.get_by_role("button", name="Retry", exact=True).click()
    expect(page.get_by_text("It is queued")).to_be_visible()
    await_true(lambda: customer(running, 2)["displayName"] == "Short", "the mended name")


def test_an_edit_is_undone_after_its_preview(running: Environment, seen: Seen) -> None:
    chosen = customer(running, 3)
    running.people.bc.patch("customers", str(chosen["id"]), {"phoneNumber": "+44 1"})
    await_looked(
        running, lambda: account_of(running, chosen).get("telephone1") == "+44 1", "the phone number"
    )
    page = seen.go(f"mappings/CUSTOMER/records/{chosen['id']}")
    page.get_by_role("button", name=re.compile("Preview the undo")).click()
    expect(page.get_by_role("button", name="Undo it now")).to_be_visible(timeout=30_000)
    assert account_of(running, chosen)["telephone1"] == "+44 1"
    page.get_by_role("button", name="Undo it now").click()
    await_true(lambda: account_of(running, chosen).get("telephone1") != "+44 1", "the undo")


def test_a_reader_sees_everything_and_is_refused_to_act(running: Environment, browser: Browser) -> None:
    window = context(browser)
    seen = signed_in(window, running.host.url, "reader")
    page = seen.go("full-synchronization")
    assert page.get_by_role("button", name="Start", exact=True).count() == 0
    refused = page.evaluate(
        "fetch('/app/full-synchronization', {method: 'POST', body: new URLSearchParams({act: 'start'})})"
        ".then(answer => answer.status)"
    )
    assert refused == 403
    window.close()


def test_another_site_cannot_act_in_the_browser_of_an_administrator(running: Environment, seen: Seen) -> None:
    """The page of another site, on another port, posts a form to ours with all its cookies."""
    before = running.api.get("jobs")["jobs"]
    page = seen.page
    foreign = running.addresses.business_central.replace("127.0.0.1", "localhost")
    page.route(f"{foreign}/**", lambda route: route.fulfill(content_type="text/html", body=FORM % seen.url))
    page.goto(f"{foreign}/evil")
    page.click("button")
    expect(page.get_by_text("This did not come from a page of Tandem")).to_be_visible()
    assert running.api.get("jobs")["jobs"] == before


FORM = '<form method="post" action="%s/app/full-synchronization"><button name="act" value="start">!'
