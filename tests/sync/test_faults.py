"""What keeps a connection from working is told by health, by full synchronisations and once by the log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.simulation.world import World
from shared_code.core.records import Side
from shared_code.sync import faults, views
from shared_code.sync.full_sync import Request, start
from shared_code.systems.auth import FixedTokens
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable
from tests.sync import worlds


def health(world: World) -> tuple[str, str]:
    """The status, and why the connection is stopped."""
    view = views.health_view(world.parts)
    return view["status"], view["connections"][world.at.name]["stoppedBecause"]


def full_sync_lines(world: World, full_sync: str) -> list[dict[str, Any]]:
    found = world.at.full_syncs.get(full_sync)
    assert found
    why_not = faults.why_not(world.parts, world.at)
    lines: list[dict[str, Any]] = views.full_sync_view(world.at, *found, why_not)["lines"]
    return lines


def break_environment(world: World) -> None:
    world.bc.env.options.environment = "other"


def break_company(world: World) -> None:
    companies = world.bc.env.companies
    companies["00000000-0000-0000-0000-00000000dead"] = companies.pop(world.at.connection.company_id)


def break_secret(world: World) -> None:
    def refuse(self: FixedTokens, scope: str) -> str:
        raise AccessDenied("Entra gave no token. Check TENANT_ID, CLIENT_ID and CLIENT_SECRET.")

    FixedTokens.token = refuse  # type: ignore[method-assign]


def break_authority(world: World) -> None:
    def lose(self: FixedTokens, scope: str) -> str:
        raise SystemUnavailable("Sign-in failed. If it stays so, check AUTHORITY and TENANT_ID.")

    FixedTokens.token = lose  # type: ignore[method-assign]


def break_sales(world: World) -> None:
    world.faults["sales"]._service = worlds.Wire(world.sales, before=lose)


def lose(request: object) -> None:
    raise worlds.ConnectionLost


WRONG = {
    "BUSINESS_CENTRAL_ENVIRONMENT": break_environment,
    "BUSINESS_CENTRAL_COMPANIES": break_company,
    "CLIENT_SECRET": break_secret,
    "AUTHORITY": break_authority,
    "SALES_URL": break_sales,
}


@pytest.fixture
def fixed_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test does to the tokens is undone."""
    monkeypatch.setattr(FixedTokens, "token", FixedTokens.token)


@pytest.mark.parametrize("setting", WRONG)
@pytest.mark.usefixtures("fixed_tokens")
def test_a_wrong_setting_is_named_by_health_by_every_line_and_once_by_the_log(
    setting: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = worlds.new_world()
    WRONG[setting](world)
    begun = start(world.parts, world.at, Request())
    worlds.cycles(world, 4)
    status, reason = health(world)
    assert status == "degraded"
    assert setting in reason
    others = WRONG.keys() - {setting}
    assert not [each for each in others if each in reason], "no other setting is accused"
    assert {line["message"] for line in full_sync_lines(world, begun.id)} == {reason}
    assert {line["jobQueueEntryStatus"] for line in full_sync_lines(world, begun.id)} == {"Ready"}
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert setting in caplog.text


@pytest.mark.bulk
def test_it_heals_by_itself_once_the_systems_answer(caplog: pytest.LogCaptureFixture) -> None:
    world = worlds.new_world()
    break_environment(world)
    begun = start(world.parts, world.at, Request())
    worlds.cycles(world, 2)
    world.bc.env.options.environment = "production"
    worlds.cycle(world, 310)
    assert health(world) == ("ok", "")
    assert "works again" in caplog.messages[-1]
    assert {line["message"] for line in full_sync_lines(world, begun.id)} == {""}
    assert len(worlds.accounts(world)) == 3


def test_another_fault_is_another_line_and_the_same_one_is_none(caplog: pytest.LogCaptureFixture) -> None:
    world = worlds.new_world()
    for _ in range(3):
        faults.note(world.parts, world.at, "one")
        world.clock.now += faults.NOTE_EVERY_S
    faults.note(world.parts, world.at, "another")
    assert [each.rpartition(": ")[2] for each in caplog.messages] == ["one", "another"]


def test_a_fault_that_nobody_meets_any_more_is_forgotten_and_told_anew_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = worlds.new_world()
    faults.note(world.parts, world.at, "one")
    world.clock.now += faults.LASTS_S
    assert health(world) == ("ok", "")
    faults.note(world.parts, world.at, "one")
    assert health(world) == ("degraded", "one")
    assert len(caplog.messages) == 2


def test_any_words_of_a_service_can_be_kept_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    world = worlds.new_world()
    faults.note(world.parts, world.at, "half \ud800 pair\nand\ta forged line " + "x" * 9000)
    assert health(world)[1].startswith("half ? pair and a forged line xxx")
    assert len(caplog.messages[0].splitlines()) == 1


def test_the_same_fault_met_often_is_written_once_a_minute() -> None:
    world = worlds.new_world()
    faults.note(world.parts, world.at, "one")
    seen: list[str] = []
    world.tables.before = lambda operation, table: seen.append(operation)
    for _ in range(20):
        faults.note(world.parts, world.at, "one")
    assert set(seen) == {"get"}


@pytest.mark.bulk
def test_an_address_that_goes_wrong_while_the_app_runs_is_told_without_values_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = worlds.synced()

    def scan(*given: object) -> None:
        raise SettingWrong("There is no table “customers” for pat@contoso.example.")

    monkeypatch.setattr(type(world.at.systems[Side.BC]), "scan", scan)
    worlds.cycle(world)
    assert health(world) == ("degraded", "There is no table “customers” for pat@contoso.example.")
    assert "contoso" not in caplog.text
    assert "SettingWrong" in caplog.text


def test_a_stopped_connection_says_so_on_the_lines_and_once_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = worlds.synced()
    stored = world.at.identities.get()
    world.at.identities.put(replace(stored, known={**stored.known, "organizationId": "another"}))
    world.parts.confirmed.clear()
    begun = start(world.parts, world.at, Request())
    worlds.cycles(world, 3)
    assert {line["message"] for line in full_sync_lines(world, begun.id)} == {health(world)[1]}
    assert len([each for each in caplog.messages if "is stopped" in each]) == 1


def test_a_business_central_that_is_too_old_is_told_with_both_versions() -> None:
    world = worlds.new_world(bc_options={"version": 25})
    worlds.cycle(world)
    status, reason = health(world)
    assert status == "degraded"
    assert "25.0.30643.32100" in reason
    assert "26 or newer" in reason
    assert worlds.accounts(world) == []


def test_an_updated_business_central_is_worked_with_by_itself() -> None:
    world = worlds.new_world(bc_options={"version": 25})
    worlds.cycle(world)
    world.bc.env.options.version = 26
    worlds.cycles(world, 2)
    assert health(world)[0] == "ok"
