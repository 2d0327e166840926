"""Something to see on every page: a first run, a conflict, a value that is too long, edits, a preview."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from local.environment import Environment

PATIENCE_S, LOOK_S = 120.0, 0.3
CONFLICT, TOO_LONG, EDITED = 0, 1, 2
"""Which customer is for what, in the order of their numbers."""


def tell(environment: Environment, *, to_the_end: bool = True) -> dict[str, str]:
    """Let it happen; the ids of what was made, by what it is.

    ``to_the_end``: the compare too, which looks a second time after more than a minute.
    """
    run = environment.api.post("full-synchronizations")["id"]
    _until(lambda: _status(environment, f"full-synchronizations/{run}") == "Finished", "the first run")
    customers = _customers(environment)
    edit_both(environment, customers[CONFLICT])
    sales, bc = environment.people.sales, environment.people.bc
    sales.patch("accounts", account_of(environment, customers[TOO_LONG])["accountid"], {"name": "Long " * 24})
    bc.patch("customers", customers[EDITED]["id"], {"phoneNumber": "+44 20 7946 0000"})
    environment.host.run_timer("minute")
    _until(lambda: len(environment.api.get("problems")["problems"]) >= 2, "the problems")
    preview = environment.api.post("previews", {})["id"]
    compare = environment.api.post("compares", {})["id"]
    _until(lambda: _status(environment, f"previews/{preview}") == "Finished", "the preview")
    if to_the_end:
        _until(lambda: _status(environment, f"compares/{compare}") == "Finished", "the compare")
    report = environment.api.post("match-reports", {"mapping": "CUSTOMER"})["id"]
    _until(lambda: _status(environment, f"match-reports/{report}") == "Finished", "the matching report")
    job = str(environment.api.get("jobs")["jobs"][0]["id"])
    return {
        "run": run, "job": job, "preview": preview, "compare": compare, "report": report,
        "conflict": str(customers[CONFLICT]["id"]), "too_long": str(customers[TOO_LONG]["id"]),
        "edited": str(customers[EDITED]["id"]),
    }  # fmt: skip


def edit_both(environment: Environment, customer: dict[str, Any]) -> None:
    """The street is corrected on one side, and on the other otherwise."""
    row = account_of(environment, customer)
    environment.people.bc.patch("customers", customer["id"], {"addressLine1": "192 Market Square"})
    environment.people.sales.patch("accounts", row["accountid"], {"address1_line1": "7 Station Road"})


def account_of(environment: Environment, customer: dict[str, Any]) -> dict[str, Any]:
    """The row of Sales that carries the customer's number."""
    wanted = f"accountnumber eq '{customer['number']}'"
    (found,) = environment.people.sales.list("accounts", filter=wanted)
    return found


def _customers(environment: Environment) -> list[dict[str, Any]]:
    found = environment.people.bc.list("customers")
    return sorted(found, key=lambda each: str(each["number"]))


def _status(environment: Environment, path: str) -> str:
    return str(environment.api.get(path)["status"])


def _until(holds: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not come within {PATIENCE_S:g} s")
        time.sleep(LOOK_S)
