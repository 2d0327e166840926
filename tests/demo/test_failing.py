"""A demonstration that fails: status 1 (2: not started), and a report of what was found until then."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.demo import __main__ as demo
from local.demo.failures import DemoFailed
from local.demo.meter import Counts
from local.demo.told import Told
from local.dev.processes import NotReady

PROBLEM = {"mapping": "CUSTOMER", "side": "bc", "id": "1", "code": "x", "message": "m", "remedy": "r",
           "outcome": "failed", "details": {}}  # fmt: skip


def a_stage(problems: Any) -> Any:
    options = SimpleNamespace(look_back_s=600, settle_s=5)
    environment = SimpleNamespace(options=options, api=SimpleNamespace(get=lambda _: {"jobs": []}))
    return SimpleNamespace(
        company="CRONUS", environment=environment, problems=problems, mappings=(),
        meter=SimpleNamespace(total=Counts()),
    )  # fmt: skip


class AnEnvironment(nullcontext[None]):
    """What the command itself needs of a running environment."""

    def __init__(self, logs: Path) -> None:
        super().__init__()
        self.processes = SimpleNamespace(logs=logs)


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A demonstration whose second step fails with what it is given."""

    def fail_with(failure: Exception, problems: Any = lambda: [PROBLEM]) -> None:
        def tell(_: Any, __: Any, told: Told) -> None:
            told.step("The first step")
            told.proved("that it holds")
            told.step("The second step")
            raise failure

        monkeypatch.setattr(demo.story, "tell", tell)
        monkeypatch.setattr(demo, "Stage", lambda _: a_stage(problems))

    monkeypatch.setattr(demo, "start", lambda *_: AnEnvironment(tmp_path))
    monkeypatch.setattr(demo, "interrupt_on_terminate", lambda: None)
    monkeypatch.setattr(demo.beginning, "load_few", lambda _: None)
    return fail_with


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def test_a_step_that_is_not_as_told_is_1_and_the_report_has_what_was_known(tells: Any, file: Path) -> None:
    tells(DemoFailed("3 accounts, not 4."))
    assert demo.main(["--once", "--report", str(file)]) == 1
    report = read(file)
    assert report["failure"] == "3 accounts, not 4."
    assert [(step["step"], step["proofs"]) for step in report["steps"]] == [
        ("The first step", ["that it holds"]),
        ("The second step", []),
    ]
    assert [each["code"] for each in report["failures"]] == ["x"]
    assert report["requests"]["bc"] == 0


def test_a_system_that_refuses_is_1_and_what_the_app_cannot_tell_is_left_out(tells: Any, file: Path) -> None:
    def nothing() -> list[Any]:
        raise OSError("gone")

    tells(OSError("connection refused"), nothing)
    assert demo.main(["--once", "--report", str(file)]) == 1
    report = read(file)
    assert report["failure"].startswith("OSError: connection refused")
    assert "failures" not in report
    assert report["company"] == "CRONUS"


def test_a_defect_of_the_demonstration_is_reported_before_it_is_raised(tells: Any, file: Path) -> None:
    tells(KeyError("accounts"))
    with pytest.raises(KeyError):
        demo.main(["--once", "--report", str(file)])
    assert "KeyError" in read(file)["failure"]


def test_what_does_not_start_is_2_and_reported(
    tells: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready(*_: Any) -> Any:
        raise NotReady("storage")

    monkeypatch.setattr(demo, "start", not_ready)
    assert demo.main(["--once", "--report", str(file)]) == 2
    assert read(file)["failure"] == "Not started: storage"


def test_with_json_a_failed_run_prints_the_report(tells: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tells(DemoFailed("not so"))
    assert demo.main(["--once", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["failure"] == "not so"
