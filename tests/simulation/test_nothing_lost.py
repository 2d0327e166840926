"""What of a record of Business Central anybody could see before it was deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.simulate.checkers.nothing_lost import last_shown
from local.simulate.observing import Key, Observer
from local.simulate.setting import Setting
from local.simulate.setting import draw as draw_setting

KEY = Key("bc", "c1", "customers", "b1")
REQUEST = "/v2.0/tenant/production/api/v2.0/companies(c1)/customers?$select=id,blocked"


def observed(looks: list[float], who: str = "pat") -> Observer:
    """Inside the filter from the first, blocked at 100, unblocked at 200, deleted at 210."""
    clock = [0.0]
    observer = Observer(lambda: clock[0])
    observer._begin(KEY, {"blocked": " "})
    with observer.acting(who):
        for at, values in ((100.0, {"blocked": "All"}), (200.0, {"blocked": " "}), (210.0, None)):
            clock[0] = at
            observer._take(KEY, values, "", observer.actor)
    for at in looks:
        clock[0] = at
        observer.look(REQUEST)
    return observer


def setting(late_s: float = 0.0, lag_s: float = 0.0) -> Setting:
    return replace(draw_setting(1), bc_late_s=late_s, bc_lag_s=lag_s)


@pytest.mark.parametrize(
    ("looks", "late_s", "lag_s", "shown"),
    [
        ([150.0, 205.0, 300.0], 0.0, 0.0, " "),
        ([150.0, 300.0], 0.0, 0.0, "All"),
        ([50.0, 300.0], 0.0, 0.0, " "),
        ([150.0, 205.0, 600.0], 200.0, 0.0, " "),
        ([350.0, 399.0, 600.0], 200.0, 0.0, "All"),
        ([350.0, 405.0], 200.0, 0.0, " "),
        ([150.0, 300.0], 0.0, 120.0, " "),
    ],
)
def test_what_was_there_between_two_looks_only_nobody_saw(
    looks: list[float], late_s: float, lag_s: float, shown: str
) -> None:
    assert last_shown(observed(looks), KEY, setting(late_s, lag_s))["blocked"] == shown


def test_what_the_product_wrote_shows_at_once() -> None:
    assert last_shown(observed([150.0, 205.0], "tandem a"), KEY, setting(200.0))["blocked"] == " "


def test_a_look_at_another_table_or_company_shows_nothing() -> None:
    observer = observed([150.0])
    observer.now = lambda: 205.0
    observer.look(REQUEST.replace("customers", "contacts"))
    observer.look(REQUEST.replace("(c1)", "(c2)"))
    assert last_shown(observer, KEY, setting())["blocked"] == "All"
