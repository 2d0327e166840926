"""The main job of a deployed app: a full synchronisation, to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from local.environment import HEART, Environment, Options

PATIENCE_S = 120.0
OPTIONS: Mapping[str, Any] = {"scope": HEART, "lease_s": 10}
"""Customers, contacts and what they need: enough for every part to work."""


def await_true[T](condition: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """What the condition comes to once it holds."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain for {what}"
        time.sleep(0.1)  # between two looks at the condition
    return found


def synchronise(environment: Environment) -> list[dict[str, Any]]:
    """A full synchronisation to its end; its lines."""
    own = environment.api.post("full-synchronizations", {"release": ["CUSTOMER", "CONTACT"]})["id"]

    def finished() -> list[dict[str, Any]] | None:
        view = environment.api.get(f"full-synchronizations/{own}")
        return view["lines"] if view["status"] == "Finished" else None

    found = await_true(finished, "the end of the full synchronisation")
    assert found is not None
    return found


def carry_one_change(environment: Environment) -> None:
    """A bookkeeper's edit arrives in Sales, by the minute timer's own run."""
    customer = environment.people.bc.list("customers", filter="number eq '10000'")[0]
    environment.people.bc.patch("customers", customer["id"], {"city": "Łódź"}, customer["@odata.etag"])

    def arrived() -> bool:
        rows = environment.people.sales.list(
            "accounts", filter="accountnumber eq '10000'", select="address1_city"
        )
        return [each["address1_city"] for each in rows] == ["Łódź"]

    environment.host.run_timer("minute")
    await_true(arrived, "the change in Sales")


def options(**more: Any) -> Options:
    """Those of the main job, with more."""
    return Options(**OPTIONS, **more)
