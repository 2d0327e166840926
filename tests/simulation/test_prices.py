"""The checker of prices: what Sales holds for a list and an item is what Business Central has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulate.checkers.prices import check
from local.simulate.evidence import Evidence
from local.simulate.further import LIST
from local.simulate.observing import Key
from local.simulators.wire import ManualClock

LINE = Key("bc", "c1", "tandem/priceListLines", "l1")
ROW = Key("sales", "", "productpricelevel", "p1")
IN_BC = {"priceListCode": LIST, "assetNumber": "1000", "unitPrice": 12.5}
IN_SALES = {"_pricelevelid_value": "v1", "productnumber": "1000", "amount": 12.5}


def evidence(*, listed: bool = False, parts: tuple[str, ...] = ("price_lists",), **rows: Any) -> Evidence:
    """One line and one price; ``line`` and ``row`` change or (``None``) take them away."""
    present: dict[Key, Any] = {Key("sales", "", "pricelevel", "v1"): {"name": LIST}}
    for key, values, changed in ((LINE, IN_BC, rows.get("line", {})), (ROW, IN_SALES, rows.get("row", {}))):
        if changed is not None:
            present[key] = {**values, **changed}
    store = SimpleNamespace(all_problems=lambda limit: ["a problem"] if listed else [])
    plan = SimpleNamespace(parts=parts)
    bc = SimpleNamespace(env=SimpleNamespace(clock=ManualClock()))
    stand_in = SimpleNamespace(
        observer=SimpleNamespace(present=present),
        connections=[SimpleNamespace(couplings=lambda mapping: store)],
        problems_of=lambda *keys: [],
        simulation=SimpleNamespace(incidents=SimpleNamespace(plan=plan), surroundings=SimpleNamespace(bc=bc)),
    )
    return cast(Evidence, stand_in)


def test_equal_prices_are_right() -> None:
    assert check(evidence()) == []


@pytest.mark.parametrize(
    "rows",
    [
        {"line": {"unitPrice": 13}},
        {"line": {"endingDate": "2027-01-14"}},
        {"row": {"amount": 13.0}},
        {"line": None},
        {"row": None},
    ],
)
def test_another_price_one_that_ended_and_one_that_lacks_are_told(rows: dict[str, Any]) -> None:
    (told,) = check(evidence(**rows))
    assert "1000" in told
    assert check(evidence(listed=True, **rows)) == []


def test_a_seed_without_prices_has_none_to_judge() -> None:
    assert check(evidence(parts=("items",), row=None)) == []
