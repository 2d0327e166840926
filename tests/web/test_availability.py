"""The page of item availability: asked by a form, answered with words and figures, hostile texts as texts."""

from __future__ import annotations

import pytest

from local.simulation.world import World
from tests.sync.availability.shop import new_shop, plan
from tests.sync.invoicing import BICYCLE
from tests.web.visits import Browser, text


@pytest.fixture(scope="module")
def world() -> World:
    world = new_shop()
    plan(world, "Sale", -18, "2027-02-01", location="BLUE", reserved=3)
    plan(world, "Purchase", 50, "2027-03-01", location="BLUE")
    return world


def test_the_page_asks_nothing_before_an_item_is_named(world: World) -> None:
    world.reset_requests()
    page = Browser(world, "reader").get("availability")
    assert page.status == 200
    assert 'name="item"' in text(page)
    assert world.requests["bc"] == []


def test_an_answer_is_shown_for_each_place(world: World) -> None:
    shown = text(Browser(world, "reader").get(f"availability?item={BICYCLE}&quantity=40"))
    assert "From 2027-03-01 on" in shown
    assert "BLUE" in shown
    assert "(no location)" in shown
    assert "Not with what is planned" in shown


def test_what_is_wrong_is_said_beside_the_form(world: World) -> None:
    browser = Browser(world, "reader")
    assert "there is no item" in text(browser.get("availability?item=NOPE"))
    wrong = browser.get(f"availability?item={BICYCLE}&quantity=many")
    assert wrong.status == 200
    assert "quantity: it must be a number" in text(wrong)


def test_what_is_asked_is_shown_as_text(world: World) -> None:
    shown = text(Browser(world).get("availability?item=<script>x</script>"))
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown


def test_without_the_extension_the_page_says_what_is_not_known() -> None:
    shown = text(Browser(new_shop(()), "reader").get(f"availability?item={BICYCLE}"))
    assert "extension is not installed" in shown
    assert "In stock; what is promised is not known" in shown


def test_somebody_without_a_role_sees_nothing(world: World) -> None:
    assert Browser(world, "nobody").get(f"availability?item={BICYCLE}").status != 200
