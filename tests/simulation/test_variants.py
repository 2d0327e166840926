"""The checker of variants: name and price of a variant's product are its item's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.variants import check
from local.simulate.evidence import Evidence
from local.simulate.observing import Key
from local.simulate.wider_pairs import VARIANT

ITEM = Key("bc", "c1", "items", "i1")
IN_BC, IN_SALES = Key("bc", "c1", "itemVariants", "v1"), Key("sales", "", "product", "p1")


def evidence(*, listed: bool = False, **product: Any) -> Evidence:
    """A red bicycle for 12.50 on both sides; ``product`` changes what Sales holds."""
    present: dict[Key, dict[str, Any]] = {
        ITEM: {"displayName": "Bicycle", "unitPrice": 12.5},
        IN_BC: {"itemId": "i1", "description": "Red"},
        IN_SALES: {"name": "Bicycle, Red", "price": 12.5, "statecode": 0, "tandem_variantcode": "RED"}
        | product,
    }
    link = SimpleNamespace(pair=VARIANT, bc=IN_BC, sales=IN_SALES)
    stand_in = SimpleNamespace(
        links=[link],
        values=present.get,
        problems_of=lambda *keys: ["a problem"] if listed else [],
        was_undone=lambda bc_id: False,
        is_inside=lambda pair, key: pair.inside(key.side, present[key], {}),
        observer=SimpleNamespace(of=lambda side, table, company: {"i1": present[ITEM]}),
    )
    return cast(Evidence, stand_in)


def test_name_and_price_of_the_item_are_right() -> None:
    assert check(evidence()) == []


@pytest.mark.parametrize("product", [{"name": "Red"}, {"price": 13}])
def test_another_name_or_price_is_told_unless_it_is_listed(product: dict[str, Any]) -> None:
    (told,) = check(evidence(**product))
    assert "Bicycle, Red" in told
    assert check(evidence(listed=True, **product)) == []


def test_a_product_that_was_retired_keeps_what_it_has() -> None:
    assert check(evidence(price=13, statecode=1)) == []
