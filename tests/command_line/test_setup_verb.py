"""`setup`: what it sends, what it shows, what it writes to a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tandem.exits import Exit
from tests.command_line.scripted import Scripted, called

STEPS = ("sales", "business-central", "what", "check", "couple", "run")
URL = "https://contoso.crm4.dynamics.com"


def state(*done: str) -> dict[str, Any]:
    return {
        "steps": [{"step": each, "done": each in done} for each in STEPS],
        "next": next((each for each in STEPS if each not in done), "run"),
        "settings": {"SALES_URL": URL},
        "fixed": ["SALES_URL"],
    }


def test_what_is_done_and_what_is_open_is_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("GET", "setup", state("sales"))
    assert called(scripted, "setup") == Exit.ATTENTION
    shown = capsys.readouterr().out
    assert "done  connect to Sales" in shown
    assert "open  connect to Business Central" in shown
    assert "fixed in the app settings" in shown


def test_all_done_is_success(scripted: Scripted) -> None:
    scripted.says("GET", "setup", state(*STEPS))
    assert called(scripted, "setup") == Exit.DONE


def test_settings_are_kept_all_at_once(scripted: Scripted, tmp_path: Path) -> None:
    scripted.says("PUT", "setup", {"stored": True, **state("sales")})
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"SALES_URL": "https://other.crm.dynamics.com", "FEATURES": "vendors"}))
    called(scripted, "setup", "--file", str(file), "--set", f"SALES_URL={URL}", "--set", "TEMPLATES=A=B")
    [(_, _, sent)] = scripted.seen
    assert sent == {
        "settings": {"SALES_URL": URL, "FEATURES": "vendors", "TEMPLATES": "A=B"}, "check": False
    }  # fmt: skip


def test_the_settings_are_written_as_they_can_be_read_again(scripted: Scripted, tmp_path: Path) -> None:
    scripted.says("GET", "setup", state())
    file = tmp_path / "settings.json"
    called(scripted, "setup", "--export", str(file))
    assert json.loads(file.read_text()) == {"SALES_URL": URL}


def test_companies_are_listed(scripted: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    scripted.says("GET", "setup/companies", {"companies": [{"id": "d6079f35", "name": "CRONUS"}]})
    assert called(scripted, "setup", "--companies", "production") == Exit.DONE
    assert "d6079f35  CRONUS" in capsys.readouterr().out
    assert scripted.seen[0][1].endswith("environment=production")


@pytest.mark.parametrize("arguments", [["--set", "nonsense"], ["--file", "nothing.json"], ["--set", "=x"]])
def test_what_cannot_be_used_is_told_and_nothing_is_sent(scripted: Scripted, arguments: list[str]) -> None:
    assert called(scripted, "setup", *arguments) not in (Exit.DONE, Exit.ATTENTION)
    assert scripted.seen == []
