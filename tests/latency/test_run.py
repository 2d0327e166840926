"""The whole tool, with few changes and a short delay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.latency.__main__ import main

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]


def test_a_small_measurement_ends_well_and_writes_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    given = ["--changes", "2", "--spread-s", "2", "--seed", "3", "--only", "webhooks", "--bc-delay-s", "1"]
    assert main([*given, "--json", str(figures), "--page", str(page)]) == 0
    found = json.loads(figures.read_text("utf-8"))
    assert [each["arrived"] for each in found["runs"][0]["directions"].values()] == [2, 2]
    assert "BC->Sales" in capsys.readouterr().out
    assert "seed 3" in page.read_text("utf-8")
