"""Who gets in, what is refused, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared_code.web.guards import POLICY
from shared_code.web.messages import Asked, Reply
from shared_code.web.pages import ROUTES
from shared_code.web.people import COOKIE, Doorkeeper, Role, SignIn
from shared_code.web.router import Site
from tests.sync.worlds import new_world
from tests.web.test_people import TENANT, principal
from tests.web.visits import Browser, text

ADDRESSES = [(each.method, each.pattern, each.role) for each in ROUTES]


@pytest.fixture(scope="module")
def browser() -> Browser:
    return Browser(new_world())


def concrete(pattern: str) -> str:
    """The address of a route with made-up ids."""
    return pattern.replace("{name}", "CUSTOMER").replace("{id}", "nothing")


@pytest.mark.parametrize(("method", "pattern", "role"), ADDRESSES)
def test_a_lower_role_than_a_route_needs_is_refused(
    browser: Browser, method: str, pattern: str, role: Role
) -> None:
    for lower in (each for each in Role if each < role):
        other = Browser(browser.world, lower.name.lower())
        answer = other.post(concrete(pattern)) if method == "POST" else other.get(concrete(pattern))
        assert answer.status == 403
        assert "needs the role" in text(answer)


@pytest.mark.parametrize("pattern", [each.pattern for each in ROUTES if each.method == "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "http://localhost:7071", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "http://localhost:7071.evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "", "sec-fetch-site": ""},
        {"sec-fetch-site": "none", "origin": "http://localhost:7071"},
    ],
)
def test_a_form_of_another_site_does_nothing(browser: Browser, pattern: str, headers: dict[str, str]) -> None:
    answer = browser.send("POST", concrete(pattern), {}, headers)
    assert answer.status == 403
    assert "did not come from a page" in text(answer)


@pytest.mark.parametrize("address", ["sign-in", "language"])
def test_the_forms_of_the_door_are_guarded_too(browser: Browser, address: str) -> None:
    assert browser.send("POST", address, {"role": "administrator"}, {}).status == 403


def every_answer(browser: Browser) -> Iterator[Reply]:
    yield from (
        browser.get(address) for address in ("", "jobs", "nothing", "static/site.css", "jobs/nothing")
    )
    yield Browser(browser.world, "").get("")
    yield Browser(browser.world, "", Site(ROUTES, Doorkeeper())).get("")


def test_every_answer_forbids_foreign_scripts_styles_frames_and_forms(browser: Browser) -> None:
    for answer in every_answer(browser):
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY


def test_nothing_but_files_may_be_kept_on_the_way(browser: Browser) -> None:
    assert browser.get("").headers["Cache-Control"] == "no-store"
    assert "immutable" in browser.get("static/site.css").headers["Cache-Control"]


@pytest.mark.parametrize("name", ["../people.py", "nothing.css", "", "site", "..", "htmx-2.0.11.LICENSE"])
def test_only_the_sites_own_files_are_served(browser: Browser, name: str) -> None:
    assert browser.get(f"static/{name}").status == 404


def test_without_a_sign_in_there_are_no_pages(browser: Browser) -> None:
    answer = Browser(browser.world, "administrator", Site(ROUTES, Doorkeeper())).get("")
    assert answer.status == 403
    assert "SIGN_IN" in text(answer)


def test_nobody_is_sent_to_entra_and_comes_back_to_the_page(browser: Browser) -> None:
    site = Site(ROUTES, Doorkeeper(SignIn.APP_SERVICE, True, TENANT))
    answer = Browser(browser.world, "", site).get("jobs")
    assert answer.status == 303
    assert answer.headers["Location"] == "/.auth/login/aad?post_login_redirect_uri=%2Fapp%2Fjobs"


def test_a_person_of_entra_sees_what_their_role_allows(browser: Browser) -> None:
    site = Site(ROUTES, Doorkeeper(SignIn.APP_SERVICE, True, TENANT))
    reader = Browser(browser.world, "", site, principal("Tandem.Reader"))
    assert "Pat Miller" in text(reader.get(""))
    nothing = Browser(browser.world, "", site, principal())
    assert nothing.get("").status == 403


def test_an_unknown_page_is_404_and_an_unknown_id_too(browser: Browser) -> None:
    assert browser.get("nothing").status == 404
    assert browser.get("jobs/nothing").status == 404


def test_a_fault_of_our_own_tells_its_reference_and_no_more(browser: Browser) -> None:
    def broken() -> object:
        raise RuntimeError("a value of a record")

    asked = Asked("GET", "jobs", "http://localhost:7071/app/jobs", {}, {"cookie": f"{COOKIE}=reader"})
    answer = browser.site.answer(broken, asked, "reference-1")  # type: ignore[arg-type]
    assert answer.status == 500
    assert "reference-1" in text(answer)
    assert "a value of a record" not in text(answer)


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-original-host"])
def test_a_form_of_the_name_that_a_proxy_forwards_is_ours(browser: Browser, header: str) -> None:
    given = {"origin": "https://tandem.contoso.com", "sec-fetch-site": "same-origin"}
    assert browser.send("POST", "language", {"language": "nl"}, given).status == 403
    behind = {**given, header: "tandem.contoso.com, 10.0.0.4"}
    assert browser.send("POST", "language", {"language": "nl"}, behind).status == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_forwarded_name_lets_no_other_site_in(browser: Browser, origin: str) -> None:
    given = {"origin": origin, "x-forwarded-host": "tandem.contoso.com, evil.example"}
    assert browser.send("POST", "language", {"language": "nl"}, given).status == 403
    crossed = {**given, "origin": "https://tandem.contoso.com", "sec-fetch-site": "cross-site"}
    assert browser.send("POST", "language", {"language": "nl"}, crossed).status == 403
