"""Every verb of the command line as a process of its own, against the running app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from tandem.exits import Exit
from tests.webhooks.conftest import await_true
from tools.checks.sources import ROOT

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with Processes(tmp_path_factory.mktemp("command-line-logs")) as processes:
        options = Options(scope=HEART, records=Generated(4, 6), sales=(), label="command-line-")
        with start(processes, options) as running:
            yield running


def tandem(environment: Environment, *arguments: str, key: str = "") -> tuple[Exit, str, str]:
    """Run the command as an administrator does: how it ended, and what it printed."""
    settings = {"TANDEM_URL": environment.host.url, "TANDEM_KEY": key or environment.keys.functions}
    command = [sys.executable, "-m", "tandem", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=200
    )
    return Exit(done.returncode), done.stdout, done.stderr


def as_json(environment: Environment, *arguments: str) -> Any:
    _, out, err = tandem(environment, *arguments, "--json")
    assert out, err
    return json.loads(out)


def test_the_first_synchronisation_is_looked_at_planned_and_run(environment: Environment) -> None:
    ended, out, err = tandem(environment, "doctor")
    assert ended in (Exit.DONE, Exit.ATTENTION), err
    assert "FAULT" not in out

    planned = as_json(environment, "plan")
    assert planned["status"] == "Finished"
    created = planned["writes"]["sales"]["create"]

    ended, out, err = tandem(environment, "run")
    assert ended in (Exit.DONE, Exit.ATTENTION), err
    run = as_json(environment, "status")
    assert run["health"]["status"] == "ok"
    lines = [each for each in run["jobs"] if each["kind"] == "full"]
    assert sum(each["toSales"]["inserted"] for each in lines) == created > 0

    assert as_json(environment, "plan")["writes"]["sales"] == {"create": 0, "update": 0, "delete": 0}
    problems = as_json(environment, "problems")
    assert {each["code"] for each in problems} <= {"option_missing", "conflict", "waits_for_lookup"}


def test_a_wrong_key_and_a_wrong_name_end_differently(environment: Environment) -> None:
    assert tandem(environment, "status", key="wrong")[0] is Exit.UNREACHABLE
    ended, _, err = tandem(environment, "run", "NOTHING")
    assert ended is Exit.REFUSED
    assert "NOTHING" in err


def customer(environment: Environment) -> dict[str, Any]:
    return environment.people.bc.list("customers")[0]


def until(environment: Environment, *arguments: str, fits: Callable[[Any], bool]) -> Any:
    """What a verb tells, asked until it fits."""
    ends_s = time.monotonic() + MOST_S
    while not fits(found := as_json(environment, *arguments)):
        assert time.monotonic() < ends_s, f"waited in vain for {' '.join(arguments)}: {found}"
        time.sleep(0.5)
    return found


MOST_S = 120.0
"""Two minutes' ticks: whatever is due has been done by then, also on a machine with other work."""


def test_pairs_are_found_ended_and_made_again(environment: Environment) -> None:
    number = customer(environment)["number"]
    [found] = as_json(environment, "find", "CUSTOMER", number)
    assert found["coupledWith"]

    ended, out, _ = tandem(environment, "uncouple", "CUSTOMER", number)
    assert (ended, out[:11]) == (Exit.DONE, "1 pairs end")
    until(environment, "find", "CUSTOMER", number, fits=lambda rows: rows[0]["coupledWith"] is None)

    partner = as_json(
        environment, "find", "CUSTOMER", found["name"].removeprefix(number).strip(), "--side", "sales"
    )
    checked = as_json(environment, "couple", "CUSTOMER", number, partner[0]["id"], "--check")
    assert [each["result"] for each in checked] == ["coupled"]
    assert tandem(environment, "couple", "CUSTOMER", number, partner[0]["id"])[0] is Exit.DONE
    again = as_json(environment, "couple", "CUSTOMER", number, partner[0]["id"])
    assert "already" in again[0]["message"]
    assert tandem(environment, "sync", "CUSTOMER", number)[0] is Exit.DONE


def test_a_conflict_is_told_explained_and_decided(environment: Environment) -> None:
    record = customer(environment)
    [found] = as_json(environment, "find", "CUSTOMER", record["number"])
    environment.people.bc.patch("customers", record["id"], {"phoneNumber": "111"})
    environment.people.sales.patch("accounts", found["coupledWith"], {"telephone1": "222"})
    assert tandem(environment, "sync", "CUSTOMER", record["number"])[0] is Exit.DONE
    told = until(environment, "conflicts", "CUSTOMER", fits=bool)
    assert [each["group"] for each in told[0]["fields"]] == ["phone"]

    ended, out, _ = tandem(environment, "why", "CUSTOMER", record["number"], "phone")
    assert ended is Exit.ATTENTION
    assert "Business Central: 111." in out
    assert "Sales: 222." in out

    groups = as_json(environment, "problems", "CUSTOMER", "--groups")
    assert [each["code"] for each in groups] == ["conflict"]
    ended, out, err = tandem(environment, "retry", "CUSTOMER", "--code", "conflict")
    assert ended is Exit.DONE, out + err

    ended, out, err = tandem(environment, "resolve", "bc", "CUSTOMER", record["number"], "--by", "Pat Miller")
    assert ended is Exit.DONE, out + err
    until(environment, "conflicts", "CUSTOMER", fits=lambda found: not found)
    assert environment.people.sales.get("accounts", found["coupledWith"])["telephone1"] == "111"
    _, out, _ = tandem(environment, "why", "CUSTOMER", record["number"], "phone")
    assert "Pat Miller" in out


def test_a_run_is_reviewed_and_a_line_of_it_run_once_more(environment: Environment) -> None:
    lines = {each["mapping"]: each for each in as_json(environment, "review")["lines"]}
    assert lines["CUSTOMER"]["wave"] > lines["CURRENCY"]["wave"]
    ended, out, err = tandem(environment, "run", "CURRENCY")
    assert ended is Exit.DONE, out + err
    run = as_json(environment, "status")["jobs"][0]["fullSynchronization"]
    assert tandem(environment, "control", "restart", run, "CURRENCY")[0] is Exit.DONE
    ended_at = until(environment, "status", "--run", run, fits=lambda found: found["status"] == "Finished")
    assert [each["mapping"] for each in ended_at["lines"]] == ["CURRENCY"]
    ended, _, err = tandem(environment, "control", "pause", run)
    assert (ended, "It has ended" in err) == (Exit.REFUSED, True)
    assert tandem(environment, "control", "pause", run, "CURRENCY")[0] is Exit.REFUSED


def test_what_changed_since_a_plan_is_listed_and_the_plan_removed(environment: Environment) -> None:
    plan = as_json(environment, "plan", "CUSTOMER")["id"]
    assert plan in [each["id"] for each in as_json(environment, "plan", "--list")]
    assert tandem(environment, "plan", "--show", plan, "--changed")[0] is Exit.DONE
    record = customer(environment)
    environment.people.bc.patch("customers", record["id"], {"website": "https://example.com"})
    ended, out, _ = tandem(environment, "plan", "--show", plan, "--changed")
    assert ended is Exit.ATTENTION
    assert f"CUSTOMER, {record['id']} of Business Central changed." in out
    assert tandem(environment, "plan", "--show", plan, "--remove")[0] is Exit.DONE
    assert tandem(environment, "plan", "--show", plan)[0] is Exit.REFUSED


def test_a_write_is_told_undone_and_erased(environment: Environment) -> None:
    record = environment.people.bc.list("customers")[1]
    [found] = as_json(environment, "find", "CUSTOMER", record["number"])
    for phone in ("+44 1", "+44 2"):
        environment.people.bc.patch("customers", record["id"], {"phoneNumber": phone})
        assert tandem(environment, "sync", "CUSTOMER", record["number"])[0] is Exit.DONE
        until(
            environment, "journal", "CUSTOMER", record["number"],
            fits=lambda told, phone=phone: phone in str(told),
        )  # fmt: skip
    ended, out, err = tandem(environment, "undo", "--record", "CUSTOMER", record["number"])
    assert ended is Exit.DONE, out + err
    assert "Sales, phone: +44 2 → +44 1" in out
    shown = as_json(environment, "undo", "--record", "CUSTOMER", record["number"], "--run")
    assert [each["outcome"] for each in shown["records"]] == ["modified"]
    account = environment.people.sales.get("accounts", found["coupledWith"])
    assert account["telephone1"] == "+44 1"
    ended, out, _ = tandem(environment, "erase", "CUSTOMER", record["number"])
    assert ended is Exit.DONE
    assert "+44 2" not in str(as_json(environment, "journal", "CUSTOMER", record["number"]))


def test_both_sides_are_compared(environment: Environment) -> None:
    compared = as_json(environment, "compare", "CURRENCY")
    assert [each["verdict"] for each in compared["lines"]] == ["in_step"]


def test_a_partner_is_created_where_a_person_wants_one(environment: Environment) -> None:
    number = environment.people.bc.list("customers")[2]["number"]
    [before] = as_json(environment, "find", "CUSTOMER", number)
    assert tandem(environment, "uncouple", "CUSTOMER", number)[0] is Exit.DONE
    until(environment, "find", "CUSTOMER", number, fits=lambda rows: rows[0]["coupledWith"] is None)
    assert tandem(environment, "create", "CUSTOMER", number)[0] is Exit.DONE
    [made] = until(environment, "find", "CUSTOMER", number, fits=lambda rows: rows[0]["coupledWith"])
    assert made["coupledWith"] != before["coupledWith"]


def test_a_mapping_file_is_read_checked_stored_and_taken_back(
    environment: Environment, tmp_path: Path
) -> None:
    file = tmp_path / "currency.toml"
    file.write_text(as_json(environment, "mapping", "show", "CURRENCY")["text"], encoding="utf-8")
    assert tandem(environment, "mapping", "check", str(file))[0] is Exit.DONE
    assert tandem(environment, "mapping", "put", str(file))[0] is Exit.DONE
    origins = {each["name"]: each["origin"] for each in as_json(environment, "mapping", "list")}
    assert origins["CURRENCY"] == "changed"
    assert tandem(environment, "mapping", "remove", "CURRENCY")[0] is Exit.DONE
    assert tandem(environment, "mapping", "options", "PAYMENT TERMS")[0] is Exit.DONE
    file.write_text(file.read_text("utf-8").replace('bc = "code"', 'bc = "cod"'), encoding="utf-8")
    ended, _, err = tandem(environment, "mapping", "check", str(file))
    assert (ended, "cod" in err) == (Exit.REFUSED, True)


def test_how_it_is_set_up_and_what_is_in_stock_is_told(environment: Environment) -> None:
    assert {each["step"] for each in as_json(environment, "setup")["steps"]} >= {"sales", "business-central"}
    ended, out, _ = tandem(environment, "availability", "NOPE")
    assert (ended, out[:6]) == (Exit.ATTENTION, "NOPE: ")


def test_a_mapping_is_looked_at_anew_and_a_brake_that_does_not_hold_is_not_released(
    environment: Environment,
) -> None:
    begun = as_json(environment, "reset", "CURRENCY")
    run = ("status", "--run", begun["id"])
    until(environment, *run, fits=lambda found: found["status"] == "Finished")
    ended, _, err = tandem(environment, "reset", "CURRENCY", "--release-brake")
    assert (ended, "no brake" in err) == (Exit.REFUSED, True)


def test_the_connection_is_switched_off_and_on(environment: Environment) -> None:
    assert tandem(environment, "switch", "off", "--by", "Pat Miller")[0] is Exit.DONE
    assert as_json(environment, "status")["health"]["status"] != "ok"
    assert tandem(environment, "switch", "on")[0] is Exit.DONE


def test_all_pairs_end_are_matched_and_coupled_again(environment: Environment) -> None:
    def coupled() -> list[Any]:
        numbers = [each["number"] for each in environment.people.bc.list("customers")]
        return [as_json(environment, "find", "CUSTOMER", each)[0]["coupledWith"] for each in numbers]

    name = next(iter(as_json(environment, "status")["health"]["connections"]))
    assert tandem(environment, "uncouple-all", "--connection", name)[0] is Exit.DONE
    await_true(lambda: not any(coupled()), "the end of all pairs")
    ended, out, err = tandem(environment, "match", "CUSTOMER", "--accept", "exact", "--by", "number")
    assert ended in (Exit.DONE, Exit.ATTENTION), err
    assert "Accepted in job" in out
    await_true(lambda: any(coupled()), "the coupled pairs")
