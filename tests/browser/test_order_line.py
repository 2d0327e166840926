"""Availability on the order line: the shipped web resource in a real browser, against the running app.

The form's pages and the app have different origins, as in production: what the browser lets through is CORS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Request

from local.browser import context
from local.dev.processes import Processes
from local.environment import COMPANY, Environment, Options, scope_of, start
from tests.browser.conftest import RULES
from tests.browser.order_form import OrderForm, sales_pages
from tests.security.conftest import synchronise

pytestmark = [pytest.mark.host, pytest.mark.storage]

ITEM, OTHER = "1000", "1001"


class Shop:
    """The running app with items as products, and the form's server."""

    def __init__(self, environment: Environment, port: int) -> None:
        self.environment = environment
        self.origin, self.stranger = f"http://127.0.0.1:{port}", f"http://localhost:{port}"

    @property
    def data(self) -> dict[str, str]:
        """The web resource's custom parameter."""
        return {"app": self.environment.host.url, "key": self.environment.keys.functions}

    def product(self, number: str) -> str:
        (found,) = self.environment.people.sales.list("products", filter=f"productnumber eq '{number}'")
        return str(found["productid"])

    def post(self, path: str, **values: Any) -> None:
        self.environment.bc_control.post(path, {"company": COMPANY, **values})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Shop]:
    assert browser.is_connected()
    with sales_pages() as port:
        origins = json.dumps([f"http://127.0.0.1:{port}"])
        settings = {"WEBSITE_CORS_ALLOWED_ORIGINS": origins}
        options = Options(scope=scope_of(["ITEM-PRODUCT"]), sales=(), label="line-", app_settings=settings)
        with Processes(tmp_path_factory.mktemp("line")) as processes, start(processes, options) as found:
            shop = Shop(found, port)
            synchronise(found)
            stock_up(shop)
            yield shop


def stock_up(shop: Shop) -> None:
    """Five bicycles anywhere, twenty in the blue warehouse, eighteen of these sold, fifty to come."""
    shop.post("stock", item=ITEM, quantity=5)
    shop.post("stock", item=ITEM, quantity=20, location="BLUE")
    shop.post("planned", item=ITEM, type="Sale", quantity=-18, date="2035-02-01", location="BLUE", reserved=3)
    shop.post("planned", item=ITEM, type="Purchase", quantity=50, date="2035-03-01", location="BLUE")


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    opened = context(browser, width=820, height=620)
    yield opened
    opened.close()


@pytest.fixture
def form(shop: Shop, window: BrowserContext) -> OrderForm:
    return OrderForm(window.new_page(), shop.origin, shop.data)


def on_hand(shop: Shop) -> float:
    found = shop.environment.api.get(f"items/{ITEM}/availability")
    return float(found["inventory"])


def test_the_line_shows_what_is_there_at_each_place_in_words_and_colour(shop: Shop, form: OrderForm) -> None:
    form.choose(shop.product(ITEM), quantity=4)
    assert form.verdict("4 PCS can be had on this day").startswith("✓")
    assert form.frame.locator("#verdict").get_attribute("data-state") == "good"
    places = form.places()
    assert [row[0] for row in places] == ["(no location)", "BLUE"]
    assert places[1][1:4] == ["20 PCS", "20 PCS", "2 PCS"]
    assert places[1][4].startswith("◷ From 1 Mar 2035")
    figures = form.frame.locator("#figures").inner_text()
    assert "Reserved\n3 PCS" in figures.replace("\n\n", "\n")
    assert f"{ITEM}, read at" in form.frame.locator("#age").inner_text()


def test_every_change_of_the_line_is_answered_anew(shop: Shop, form: OrderForm) -> None:
    whole = on_hand(shop)
    form.choose(shop.product(ITEM), quantity=whole - 10)
    form.verdict("PCS can be had from 1 Mar 2035")
    form.choose_day("2035-03-02")
    form.verdict("can be had on this day")
    assert "2 Mar 2035" in form.frame.locator("#figures").inner_text()
    form.fill(quantity=whole + 1000)
    assert form.verdict("cannot be had with what is planned").startswith("✕")
    form.fill(quantity=None)
    form.verdict("Something can be promised")


def test_typing_quickly_asks_once_and_shows_the_last(shop: Shop, form: OrderForm) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/items/" in request.url and request.method == "GET":
            asked.append(request.url)

    form.choose(shop.product(ITEM), quantity=1)
    form.verdict("1 PCS can")
    form.page.on("request", note)
    for quantity in (1.2, 1.25, 1.3):
        form.fill(quantity=quantity)
    form.verdict("1.3 PCS can")
    assert len(asked) == 1


def test_many_lines_cost_business_central_one_request(shop: Shop, form: OrderForm) -> None:
    shop.environment.bc_control.reset_requests()
    for quantity in (1, 2, 3, 4):
        form.choose(shop.product(OTHER), quantity=quantity)
        form.verdict(f"{quantity} PCS can")
    parts = shop.environment.bc_control.requests()["batch_parts_by_kind"]
    assert parts["GET itemAvailabilityEvents"] == 1


def test_a_unit_that_business_central_does_not_know_hides_nothing(shop: Shop, form: OrderForm) -> None:
    form.choose(shop.product(ITEM), unit="Primary Unit", quantity=2)
    form.verdict("Something can be promised")
    assert "does not know the unit Primary Unit" in form.frame.locator("#remarks").inner_text()


def test_what_cannot_be_answered_is_said_in_words(shop: Shop, form: OrderForm) -> None:
    form.verdict("Choose a product")
    form.choose("00000000-0000-4000-8000-00000000dead")
    form.verdict("Business Central has no item for this product")
    form.fill(isproductoverridden=True)
    form.verdict("A write-in product has no stock")


def test_a_wrong_key_is_told(shop: Shop, window: BrowserContext) -> None:
    form = OrderForm(window.new_page(), shop.origin, {**shop.data, "key": "wrong"})
    form.choose(shop.product(ITEM))
    assert form.frame.locator("#verdict").get_attribute("data-state") is not None
    form.verdict("Tandem does not accept the key")


def test_a_page_of_an_origin_that_is_not_listed_reads_nothing(shop: Shop, window: BrowserContext) -> None:
    form = OrderForm(window.new_page(), shop.stranger, shop.data)
    form.choose(shop.product(ITEM))
    assert shop.stranger in form.verdict("Tandem cannot be reached")
    assert form.places() == []


def test_the_form_of_a_product_shows_its_own_availability(shop: Shop, window: BrowserContext) -> None:
    form = OrderForm(window.new_page(), shop.origin, shop.data, product=shop.product(ITEM))
    form.verdict("Something can be promised")
    assert [row[0] for row in form.places()] == ["(no location)", "BLUE"]


def test_without_an_address_an_administrator_is_told(shop: Shop, window: BrowserContext) -> None:
    form = OrderForm(window.new_page(), shop.origin, {})
    form.choose(shop.product(ITEM))
    form.verdict("address is missing")


def test_a_hostile_name_of_a_place_is_only_text(shop: Shop, form: OrderForm) -> None:
    form.page.route("**/availability?*", lambda route: route.fulfill(
        json={**told(), "remarks": ["<img src=x onerror=alert(1)>"]},
        headers={"access-control-allow-origin": shop.origin},
    ))  # fmt: skip
    form.choose(shop.product(ITEM))
    form.verdict("1 PCS can")
    assert form.frame.locator("img").count() == 0
    assert form.places()[0][0] == "<b>BLUE</b>"


def told() -> dict[str, Any]:
    """An answer with what must not be taken for markup."""
    figures = {"inventory": 1, "reserved": 0, "onSalesOrders": 0, "onPurchaseOrders": 0, "receipts": 0,
               "requirements": 0, "projected": 1, "promisable": 1, "earliestDate": None,
               "verdict": "enough"}  # fmt: skip
    item = {"number": "<i>1000</i>", "id": "x", "name": "x", "baseUnit": "PCS", "blocked": False}
    place = {"variant": "", "location": "<b>BLUE</b>", **figures}
    return {"item": item, "variant": None, "location": None, "date": "2035-01-01", "quantity": 1,
            "unit": "PCS", "detail": "places", **figures, "places": [place],
            "asOf": "2035-01-01T08:00:00.000Z", "ageSeconds": 1, "stale": False, "remarks": []}  # fmt: skip


def test_it_is_accessible_and_works_by_keyboard(shop: Shop, form: OrderForm) -> None:
    form.choose(shop.product(ITEM), quantity=20)
    form.verdict("from")
    found: dict[str, Any] = Axe().run(form.page, options=RULES).response
    assert [f"{each['id']}: {[n['html'] for n in each['nodes']]}" for each in found["violations"]] == []
    assert form.frame.locator("#verdict[role=status][aria-live=polite]").count() == 1
    assert form.frame.locator("#places th[scope=row]").count() == 2
    form.frame.locator("#again").focus()
    form.page.keyboard.press("Enter")
    form.verdict("from")
