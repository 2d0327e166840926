"""Against the running app: a conflict is decided, a value explained, a job undone, both sides compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from tests.security.conftest import synchronise
from tests.webhooks.conftest import await_looked, await_true

pytestmark = [pytest.mark.host, pytest.mark.storage]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    options = Options(scope=HEART, records=Generated(3, 2), sales=(), label="decisions-")
    with Processes(tmp_path_factory.mktemp("decisions")) as processes, start(processes, options) as found:
        synchronise(found)
        yield found


@pytest.fixture
def pair(running: Environment) -> tuple[str, str]:
    """A customer and its account, by their ids."""
    customer = running.people.bc.list("customers")[0]
    number = customer["number"]
    (account,) = running.people.sales.list("accounts", filter=f"accountnumber eq '{number}'")
    return customer["id"], account["accountid"]


def edit_bc(running: Environment, bc_id: str, **changes: object) -> None:
    bc = running.people.bc
    bc.patch("customers", bc_id, changes, bc.get("customers", bc_id)["@odata.etag"])


def account(running: Environment, sales_id: str) -> dict[str, Any]:
    found: dict[str, Any] = running.people.sales.get("accounts", sales_id)
    return found


def carried(running: Environment, pair: tuple[str, str], phone: str) -> None:
    edit_bc(running, pair[0], phoneNumber=phone)
    await_looked(running, lambda: account(running, pair[1])["telephone1"] == phone, "the phone number")


def why(running: Environment, pair: tuple[str, str], field: str) -> dict[str, Any]:
    shown: dict[str, Any] = running.api.get(f"why?mapping=CUSTOMER&id={pair[1]}&field={field}")
    return shown


def test_a_conflict_is_listed_decided_and_explained(running: Environment, pair: tuple[str, str]) -> None:
    edit_bc(running, pair[0], city="Leeds")
    running.people.sales.patch("accounts", pair[1], {"address1_city": "York"})
    (found,) = await_looked(running, lambda: running.api.get("conflicts")["conflicts"], "the conflict")
    assert found["bcId"] == pair[0]
    records = [{"id": pair[0], "version": found["version"]}]
    decided = running.api.post(
        "conflicts/decide", {"mapping": "CUSTOMER", "winner": "bc", "records": records, "by": "Pat"}
    )
    assert decided["records"] == [pair[0]]
    await_true(lambda: account(running, pair[1])["address1_city"] == "Leeds", "the decided value")
    (city,) = [each for each in why(running, pair, "address")["fields"] if each["field"] == "city"]
    assert "a person decided (Pat)" in city["sales"]["why"]
    assert "“York”" in city["sales"]["why"]


def test_a_job_is_previewed_and_undone_and_stays_undone(running: Environment, pair: tuple[str, str]) -> None:
    carried(running, pair, "+44 1")
    carried(running, pair, "+44 2")
    undo = running.api.post("undos", {"mapping": "CUSTOMER", "id": pair[0]})["id"]
    finished(running, f"undos/{undo}", "the preview")
    (planned,) = running.api.get(f"undos/{undo}/records")["records"]
    assert planned["fields"] == [{"side": "sales", "field": "phone", "from": "+44 2", "to": "+44 1"}]
    assert account(running, pair[1])["telephone1"] == "+44 2"
    running.api.post(f"undos/{undo}/run", {})
    shown = finished(running, f"undos/{undo}", "the undo")
    assert shown["lines"][0]["undoneBy"]["toSales"]["modified"] == 1
    assert account(running, pair[1])["telephone1"] == "+44 1"
    running.host.run_timer("minute")
    synchronise(running)
    assert account(running, pair[1])["telephone1"] == "+44 1"
    assert running.people.bc.get("customers", pair[0])["phoneNumber"] == "+44 2"


def test_a_compare_proves_that_nothing_drifted(running: Environment) -> None:
    compare = running.api.post("compares", {"mappings": ["CURRENCY", "CUSTOMER"]})["id"]
    shown = finished(running, f"compares/{compare}", "the compare")
    assert {each["mapping"]: each["verdict"] for each in shown["lines"]} == {
        "CURRENCY": "in_step", "CUSTOMER": "in_step",
    }  # fmt: skip


def test_the_values_of_a_record_are_erased(running: Environment, pair: tuple[str, str]) -> None:
    assert running.api.post("journal/erase", {"mapping": "CUSTOMER", "id": pair[1]})["erased"] > 0
    entries = running.api.get(f"journal?mapping=CUSTOMER&id={pair[0]}")["entries"]
    assert all(each["erasedAt"] for each in entries)


def finished(running: Environment, path: str, what: str) -> dict[str, Any]:
    def ended() -> Any:
        found = running.api.get(path)
        return found if found["status"] == "Finished" else None

    found: dict[str, Any] = await_true(ended, what)
    return found
