"""Stock in the simulation: which seeds have some, and that the checker sees what a product shows wrongly."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers import stock
from local.simulate.evidence import Evidence
from local.simulate.further_pairs import ITEM
from local.simulate.observing import Key
from local.simulate.plan import draw_plan
from local.simulate.stock_actions import ITEMS

BC, SALES = Key("bc", "c", "items", "b1"), Key("sales", "", "product", "s1")


def test_stock_moves_in_some_of_the_seeds_that_have_items() -> None:
    plans = [draw_plan(seed) for seed in range(200)]
    assert 10 < sum(each.stock for each in plans) < 100
    assert all(set(each.parts) & set(ITEMS) for each in plans if each.stock)


def evidence(shown: float | None, *, inside: bool = True, listed: bool = False) -> Evidence:
    """An item whose product shows this."""
    present: dict[Key, Any] = {BC: {"number": "1000"}, SALES: {"quantityonhand": shown}}
    env = SimpleNamespace(companies={"c": "the company"})
    stand_in = SimpleNamespace(
        links=[SimpleNamespace(pair=ITEM, bc=BC, sales=SALES)],
        values=present.get,
        problems_of=lambda key: ["conflict"] if listed else [],
        was_undone=lambda bc_id: False,
        is_inside=lambda pair, key: inside,
        simulation=SimpleNamespace(surroundings=SimpleNamespace(bc=SimpleNamespace(env=env))),
    )
    return cast(Evidence, stand_in)


@pytest.fixture
def seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Business Central has seven of it."""
    monkeypatch.setattr(stock, "stock_of", lambda env, company, number: 7.0)


@pytest.mark.usefixtures("seven")
def test_a_product_that_shows_another_stock_is_told() -> None:
    assert stock.check(evidence(7)) == []
    assert stock.check(evidence(6)) == ["1000: 7 are there, and its product shows 6"]
    assert stock.check(evidence(None)) != []


@pytest.mark.usefixtures("seven")
def test_what_is_listed_or_outside_the_filter_may_show_what_it_did() -> None:
    assert stock.check(evidence(6, listed=True)) == stock.check(evidence(6, inside=False)) == []
