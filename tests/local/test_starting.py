"""How an environment begins and ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.dev.processes import NotReady, Processes
from local.environment import (
    COMPANY,
    HEART,
    WHOLE,
    WITHOUT_EXTENSION,
    Environment,
    Generated,
    Options,
    Refused,
    scope_of,
    start,
)
from local.environment.http import Talk
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
        app=APP, hosts=2, companies=(COMPANY, USA), scope=HEART, records=Generated(40, 80, seed=3), sales=(),
        bulk=False, option_values=False, webhooks=True, look_back_s=5, settle_s=2.5, lease_s=3,
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


def test_the_extension_is_there_unless_it_is_not_wanted(own: Processes) -> None:
    for label, scope in (("with-", WHOLE), ("without-", WITHOUT_EXTENSION)):
        with start(own, Options(app=APP, hosts=0, option_values=False, scope=scope, label=label)) as world:
            company = world.people.companies[COMPANY]
            where = world.addresses
            api = f"{where.business_central}/v2.0/{where.tenant_id}/{where.business_central_environment}/api"
            talk = Talk(f"{api}/tandem/sync/v1.0/companies({company})", world.people.bc.talk._headers)
            if scope.extension:
                assert len(talk.json("GET", "priceListLines")["value"]) == 84
            else:
                with pytest.raises(Refused) as refused:
                    talk.json("GET", "priceListLines")
                assert refused.value.status == 404


def test_everything_published_for_sales_can_be_loaded(own: Processes) -> None:
    options = Options(hosts=0, option_values=False, sales=("overlap", "products", "samples"))
    with start(own, options) as world:
        counts = world.sales_control.counts()
    assert (counts["account"], counts["contact"]) == (839 + 66, 582 + 154)
    assert (counts["product"], counts["pricelevel"], counts["productpricelevel"]) == (421 + 63, 4, 472)
    assert (counts["opportunity"], counts["uomschedule"], counts["uom"]) == (5, 39, 39)


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


def test_a_mapping_that_is_not_there_is_named_before_anything_starts() -> None:
    without = set(scope_of(["CUSTOMER"], extension=False).settings["FEATURES"].split(","))
    assert {"invoices", "opportunities", "vendors"} <= without
    assert not without & {"extension", "price_lists", "unit_groups"}
    with pytest.raises(ValueError, match="PLLINE-PRODPRICE"):
        scope_of(["PLLINE-PRODPRICE"], extension=False)


def test_companies_are_named_after_their_folders() -> None:
    entries = dict(each.split("=") for each in companies_setting((COMPANY, USA)).split(","))
    assert list(entries) == ["cronus", "us"]


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20
