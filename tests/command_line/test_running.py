"""Every verb of the command line as a process of its own, against the running app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from tandem.exits import Exit
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
