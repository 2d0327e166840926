"""How an environment begins and ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.dev.processes import NotReady, Processes
from local.environment import COMPANY, Environment, Generated, Options, Refused, start
from local.environment.records import companies_setting
from local.environment.starting import free_ports
from tests.local.conftest import APP

pytestmark = [pytest.mark.host, pytest.mark.storage]

USA = "CRONUS USA, Inc."
FAULTS = {"rates": {"status_429": 1.0}}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path) as supervision:
        yield supervision


def pids(processes: Processes) -> list[int]:
    return [child.process.pid for child in processes.children]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def everything_is_gone(environment: Environment, before: list[int]) -> bool:
    return not any(map(is_alive, before)) and not environment.scratch.exists()


def test_stop_leaves_no_process_and_no_file(own: Processes) -> None:
    environment = start(own, Options(app=APP, hosts=2))
    before = pids(own)
    assert len(before) == 6
    assert all(map(is_alive, before))
    environment.stop()
    assert own.children == []
    assert everything_is_gone(environment, before)
    environment.stop()


def test_what_can_be_varied_is_varied(own: Processes) -> None:
    options = Options(
        app=APP, hosts=2, companies=(COMPANY, USA), records=Generated(40, 80, seed=3), sales=(), bulk=False,
        option_values=False, webhooks=True, look_back_s=5, settle_s=2.5, lease_s=3,
        faults={"sales": FAULTS | {"only": {"path": "/territories"}}, "bc": FAULTS | {"limit": 1}},
        app_settings={"LOOK_BACK_SECONDS": "7", "OWN": "1"},
    )  # fmt: skip
    with start(own, options) as environment:
        counts = environment.bc_control.counts()
        assert (counts[COMPANY]["customers"], counts[COMPANY]["contacts"]) == (40, 120)
        assert counts[USA]["customers"] == 5
        assert environment.sales_control.counts()["account"] == 0
        assert environment.sales_control.get("options")["bulk"] == {}
        assert "COD" not in environment.people.admin.option_labels("account", "paymenttermscode")
        for fails in (environment.people.bc.list, environment.people.sales.list):
            with pytest.raises(Refused) as refused:
                fails("territories")
            assert refused.value.status == 429
        assert environment.people.bookkeeper(USA).list("customers", top="1")
        settings = environment.settings
        assert settings["WEBHOOK_URL"] == environment.hosts["host-1"].url
        assert (settings["LOOK_BACK_SECONDS"], settings["OWN"]) == ("7", "1")
        assert (settings["SETTLE_SECONDS"], settings["LOCAL_LEASE_SECONDS"]) == ("2.500", "3")
        first, second = (host.api.get("health")["pid"] for host in environment.hosts.values())
        assert first != second
        environment.kill_host("host-1")
        assert environment.api.get("health")["pid"] == second


def test_two_environments_do_not_meet(own: Processes) -> None:
    first, second = (Options(hosts=0, option_values=False, label=label) for label in ("a-", "b-"))
    with start(own, first) as one, start(own, second) as two:
        one.people.sales.create("accounts", {"name": "only here"})
        assert one.sales_control.counts()["account"] == two.sales_control.counts()["account"] + 1
        assert one.settings["CLIENT_SECRET"] != two.settings["CLIENT_SECRET"]
        with pytest.raises(LookupError, match="no functions host"):
            _ = one.host


def test_a_start_that_fails_stops_what_had_started(own: Processes, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="host-1"):
        start(own, Options(app=tmp_path / "nowhere"))
    assert own.children == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"hosts": 9}, "hosts"),
        ({"companies": ()}, "companies"),
        ({"sales": ("all",)}, "all"),
        ({"faults": {"moon": {}}}, "moon"),
        ({"hosts": 0, "webhooks": True}, "webhooks"),
    ],
)
def test_options_without_sense_are_refused(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Options(**wrong)  # type: ignore[arg-type]


def test_an_unknown_company_is_named_before_anything_starts(own: Processes) -> None:
    with pytest.raises(ValueError, match="CRONUS Moon"):
        start(own, Options(companies=("CRONUS Moon",)))
    assert own.children == []


def test_companies_are_named_after_their_folders() -> None:
    entries = dict(each.split("=") for each in companies_setting((COMPANY, USA)).split(","))
    assert list(entries) == ["cronus", "us"]


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20
