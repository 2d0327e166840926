"""The command itself: what it offers and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

import dev
from local.dev.places import ROOT


def test_only_verbs_whose_module_exists_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local" / "demo").mkdir(parents=True)
    (tmp_path / "local" / "demo" / "__main__.py").touch()
    (tmp_path / "local" / "load.py").touch()
    monkeypatch.setattr(dev, "ROOT", str(tmp_path))
    offered = [line.split()[0] for line in dev.usage().splitlines()[2:]]
    assert offered == ["demo", "load"]


def test_a_verb_without_its_module_is_refused_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "ROOT", str(tmp_path))
    assert dev.main(["load"]) == 2
    assert capsys.readouterr().err == "load: not available in this version.\n"


@pytest.mark.parametrize("arguments", [[], ["no-such-verb"]])
def test_without_a_known_verb_the_answer_is_the_usage_and_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == 2
    said = capsys.readouterr()
    assert "usage: python dev.py VERB" in said.out + said.err


def test_an_older_python_without_a_newer_one_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "MINIMUM", (99, 0))
    assert dev.main(["test"]) == 2
    assert "needs Python 3.13 or newer" in capsys.readouterr().err


def test_an_older_python_hands_over_to_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[list[str]] = []
    monkeypatch.setattr(dev, "MINIMUM", (99, 0))
    monkeypatch.setattr(dev, "newer_python", lambda: ["newer"])
    monkeypatch.setattr(dev, "hand_over", handed.append)
    dev.main(["test", "-k", "x"])
    assert handed == [["newer", str(ROOT / "dev.py"), "test", "-k", "x"]]


def test_a_second_start_takes_less_than_a_second_to_set_up() -> None:
    code = (
        "import time; from local.dev.installation import set_up\n"
        "start = time.perf_counter(); set_up(); print(time.perf_counter() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert float(done.stdout) < 1, done.stderr


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("demo", ("story", "checked")),
        ("host", ("storage", "both systems", "until Ctrl+C")),
        ("check", ("stale documentation",)),
        ("load", ("many records", "killed")),
    ],
)
def test_a_summary_says_what_its_verb_does(verb: str, words: tuple[str, ...]) -> None:
    assert all(word in dev.VERBS[verb].summary for word in words)


@pytest.mark.parametrize("untrue", ["alone"])
def test_no_summary_promises_what_is_not_there(untrue: str) -> None:
    assert untrue not in dev.usage()
