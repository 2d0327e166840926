"""The verbs that steer a run and keep mapping files, against a scripted app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tandem.exits import Exit
from tests.command_line.scripted import Scripted, called
from tests.command_line.test_command import NO_WRITES, line

RUN = {"id": "9", "status": "In Process", "lines": [line("CUSTOMER", "In Process")]}


def sent(scripted: Scripted) -> list[tuple[str, Any]]:
    return [(target, body) for method, target, body in scripted.seen if method != "GET"]


def test_a_review_tells_waves_and_asks_for_attention_where_records_are_to_be_coupled(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    full, couple = "Full Synchronization", "Couple Records"
    lines = [
        {"wave": 1, "mapping": "CURRENCY", "initialSynchRecommendation": full, "message": "",
         "uncoupled": {"bc": 3, "sales": 0}, "complete": True},
        {"wave": 2, "mapping": "CUSTOMER", "initialSynchRecommendation": couple, "message": "",
         "uncoupled": {"bc": 60000, "sales": 5}, "complete": False},
    ]  # fmt: skip
    scripted.says("GET", "full-synchronization-review", {"lines": lines}, {"lines": lines[:1]})
    assert called(scripted, "review") is Exit.ATTENTION
    assert "60,000 or more" in capsys.readouterr().out
    assert called(scripted, "review") is Exit.DONE


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_a_run_is_steered_as_a_whole(scripted: Scripted, action: str) -> None:
    scripted.says("POST", "full-synchronizations/9/control", (202, RUN))
    assert called(scripted, "control", action, "9") is Exit.DONE
    assert sent(scripted) == [("/api/full-synchronizations/9/control", {"action": action})]


@pytest.mark.parametrize("action", ["restart", "reset"])
def test_a_line_is_run_once_more_or_put_back(scripted: Scripted, action: str) -> None:
    scripted.says("POST", "full-synchronizations/9/lines", (202, RUN))
    assert called(scripted, "control", action, "9", "CUSTOMER") is Exit.DONE
    assert sent(scripted) == [
        ("/api/full-synchronizations/9/lines", {"action": action, "mapping": "CUSTOMER"})
    ]


@pytest.mark.parametrize("arguments", [("pause", "9", "CUSTOMER"), ("restart", "9")])
def test_a_line_is_named_with_what_is_about_a_line_and_only_then(
    scripted: Scripted, arguments: tuple[str, ...]
) -> None:
    assert called(scripted, "control", *arguments) is Exit.REFUSED
    assert scripted.seen == []


def test_a_mapping_is_looked_at_anew_and_its_brake_released_only_when_told(scripted: Scripted) -> None:
    for way in ("reset", "brake/release"):
        scripted.says("POST", f"mappings/CUSTOMER/{way}", (202, {"id": "9"}))
    called(scripted, "reset", "CUSTOMER")
    called(scripted, "reset", "CUSTOMER", "--release-brake")
    assert [target for target, _ in sent(scripted)] == [
        "/api/mappings/CUSTOMER/reset", "/api/mappings/CUSTOMER/brake/release",
    ]  # fmt: skip


def test_the_faults_of_a_mapping_file_are_told_with_their_lines(
    scripted: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "CUSTOMER"\n', encoding="utf-8")
    fault = {"line": 3, "reason": "There is no field town.", "suggestion": "city?"}
    refused = {"title": "The mapping's file cannot be used.", "detail": "", "faults": [fault]}
    scripted.says("PUT", "mapping-files/CUSTOMER", (400, refused), {"name": "CUSTOMER", "stored": True})
    assert called(scripted, "mapping", "check", str(file)) is Exit.REFUSED
    assert "line 3: There is no field town. city?" in capsys.readouterr().err
    assert called(scripted, "mapping", "put", str(file)) is Exit.DONE
    assert [target for target, _ in sent(scripted)] == [
        "/api/mapping-files/CUSTOMER?check=true", "/api/mapping-files/CUSTOMER",
    ]  # fmt: skip


def test_a_file_that_is_not_there_and_one_without_a_name_are_told(scripted: Scripted) -> None:
    assert called(scripted, "mapping", "put", "not-there.toml") is Exit.USAGE
    assert called(scripted, "mapping", "put") is Exit.REFUSED


def test_what_changed_since_a_preview_asks_for_attention(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"mapping": "CUSTOMER", "side": "bc", "id": "7", "gone": True}
    lines = [{**line("CUSTOMER"), "writes": NO_WRITES, "samples": []}]
    scripted.says("GET", "previews/9", {"status": "Finished", "lines": lines, "writes": NO_WRITES})
    scripted.says(
        "GET", "previews/9/changed", {"changed": [one], "more": False}, {"changed": [], "more": False}
    )
    assert called(scripted, "plan", "--show", "9", "--changed") is Exit.ATTENTION
    assert "7 of Business Central is not there any more" in capsys.readouterr().out
    assert called(scripted, "plan", "--show", "9", "--changed") is Exit.DONE


def test_a_merged_record_is_coupled_with_the_survivor(scripted: Scripted) -> None:
    scripted.says("POST", "problems/actions", (202, {"jobs": ["7"], "count": 1, "leftOut": []}))
    called(scripted, "retry", "CUSTOMER", "--code", "merged", "--action", "recouple")
    assert sent(scripted) == [
        ("/api/problems/actions", {"mapping": "CUSTOMER", "action": "recouple", "code": "merged"})
    ]
