"""A run of very many seeds is kept part by part, goes on where it was cut off, and is told in a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from local.simulate import recording
from local.simulate.running import Result

FAILING = {3: ["I1 nothing lost: “a” | of nobody", "I2 convergence"]}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """The seeds that were run; parts are of two."""
    seeds: list[int] = []

    def run_seeds(chosen: Iterable[int], jobs: int = 1) -> Iterator[Result]:
        for seed in chosen:
            seeds.append(seed)
            counts = Counter({"crash": 2, "decision Merge to_bc": 1, "mapping CUSTOMER": 1})
            yield Result(seed, "", 1, FAILING.get(seed, []), counts, 0, 0.1)

    monkeypatch.setattr(recording, "run_seeds", run_seeds)
    monkeypatch.setattr(recording, "PART", 2)
    monkeypatch.setattr(recording, "PAGE", tmp_path / "seeds.md")
    monkeypatch.setattr(recording, "commit", lambda: "abc1234")
    return seeds


def test_what_is_on_file_is_not_run_again(ran: list[int], tmp_path: Path) -> None:
    file = tmp_path / "record"
    assert recording.report(file, 0, 4, 1, write=False) == 1
    assert recording.report(file, 0, 7, 1, write=False) == 1
    assert ran == [0, 1, 2, 3, 4, 5, 6]
    record = recording.opened(file, 0)
    assert (record.seeds, list(record.failed), record.counts["crash"]) == (7, ["3"], 14)


def test_a_line_that_was_cut_off_counts_for_nothing(ran: list[int], tmp_path: Path) -> None:
    file = tmp_path / "record"
    recording.report(file, 0, 4, 1, write=False)
    file.write_text(file.read_text("utf-8")[:-20], "utf-8")
    assert recording.opened(file, 0).seeds == 2


def test_seeds_of_two_commits_are_not_one_result(
    ran: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record"
    recording.report(file, 0, 2, 1, write=False)
    monkeypatch.setattr(recording, "commit", lambda: "def5678")
    assert recording.report(file, 0, 4, 1, write=False) == 2
    assert "abc1234" in capsys.readouterr().out
    assert ran == [0, 1]


def test_the_page_tells_what_failed_and_what_happened(ran: list[int], tmp_path: Path) -> None:
    recording.report(tmp_path / "record", 0, 4, 2, write=True)
    page = (tmp_path / "seeds.md").read_text("utf-8")
    assert "commit abc1234: 3 of 4 seeds passed, 1 failed" in page
    for row in (
        "| 3 | I1 nothing lost: “a” / of nobody |", "| F2 crash | crash 8 |", "| Merge to bc | 4 |",
        "| CUSTOMER | 4 |",
    ):  # fmt: skip
        assert row in page


def test_the_rest_of_the_time_is_told(
    ran: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording.report(tmp_path / "record", 0, 8, 1, write=False)
    assert "2 to 3 in 0 s, failed: 3 (50.0 %, about 0.0 h left)" in capsys.readouterr().out
