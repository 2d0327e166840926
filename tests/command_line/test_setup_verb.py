"""`setup`: what it sends, what it shows, what it writes to a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tandem.exits import Exit
from tests.command_line.scripted import Scripted, called

STEPS = ("sales", "business-central", "what", "how", "check", "couple", "run")
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


BEGUN = {
    "userCode": "ABCD2345Z", "address": "https://microsoft.com/devicelogin", "deviceCode": "device",
    "expiresInSeconds": 3, "intervalSeconds": 1,
}  # fmt: skip


def finding(level: str, text: str) -> dict[str, str]:
    return {"area": "system", "level": level, "subject": "the solution", "text": text, "remedy": ""}


def test_an_administrator_signs_in_and_what_was_done_is_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("POST", "setup/sign-in", BEGUN)
    done = {
        "signedIn": True,
        "complete": True,
        "status": "ok",
        "findings": [finding("ok", "it was imported")],
    }
    scripted.says("POST", "setup/preparation", {"signedIn": False}, done)
    assert called(scripted, "setup", "--prepare", URL) == Exit.DONE
    shown = capsys.readouterr().out
    assert "enter the code ABCD2345Z" in shown
    assert "the solution: it was imported" in shown
    assert BEGUN["deviceCode"] not in shown.replace("devicelogin", "")
    assert scripted.seen[-1][2] == {"url": URL, "deviceCode": "device"}


def test_a_code_that_nobody_enters_is_told_apart_from_a_fault(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("POST", "setup/sign-in", BEGUN)
    scripted.says("POST", "setup/preparation", {"signedIn": False})
    assert called(scripted, "setup", "--prepare") == Exit.UNFINISHED
    assert "Nobody signed in" in capsys.readouterr().out
