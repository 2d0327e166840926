"""`python dev.py test`: which tests pytest is given."""

from __future__ import annotations

import os
import sys

import pytest

from local.dev import test as verb

FILE = "tests/unit/test_settings.py"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pytest was called with; the environment is as it was afterwards."""
    calls: list[list[str]] = []
    monkeypatch.setenv(verb.STORAGE, "kept")
    monkeypatch.setenv(verb.BULK, "1")
    monkeypatch.setenv(verb.EVERY, "4")
    monkeypatch.setenv(verb.FIRST, "3")
    monkeypatch.setattr(verb.pytest, "main", lambda arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(verb, "interrupt_on_terminate", lambda: None)
    monkeypatch.setenv(verb.FORBIDDEN, "1")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return calls


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--unit"], ["tests/unit"]),
        (["--unit", "-q", "-k", "name"], ["tests/unit", "-q", "-k", "name"]),
        (["--unit", FILE], [FILE]),
        (["--unit", f"{FILE}::test_x", "-q"], [f"{FILE}::test_x", "-q"]),
        (["--no-bulk"], [*verb.marked_files(), "-m", "bulk", *verb.EVERYTHING]),
        (["--no-bulk", "tests/sync/test_tick.py"], ["tests/sync/test_tick.py"]),
    ],
)
def test_a_named_file_is_run_alone_and_else_the_usual_tests(
    arguments: list[str], expected: list[str], given: list[list[str]]
) -> None:
    assert verb.main(arguments) == 0
    assert given == [expected]


@pytest.mark.parametrize(
    ("arguments", "every"), [([FILE], "4"), (["--exhaustive", FILE], "1"), (["--no-bulk", FILE], "16")]
)
def test_processes_die_at_a_sample_of_the_operations_unless_every_one_is_asked_for(
    arguments: list[str], every: str, given: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(verb.FIRST)
    assert verb.main(arguments if "--no-bulk" in arguments else ["--unit", *arguments]) == 0
    assert given == [[FILE]]
    assert os.environ[verb.EVERY] == every
    assert 1 <= int(os.environ[verb.FIRST]) <= int(every)


def test_what_one_process_compiled_is_there_for_the_others(given: list[list[str]]) -> None:
    assert verb.main(["--unit", FILE]) == 0
    assert given == [[FILE]]
    assert verb.FORBIDDEN not in os.environ
    assert not sys.dont_write_bytecode


def test_without_bulk_messages_only_files_are_looked_through_that_mark_a_test() -> None:
    given = verb.marked_files()
    assert "tests/sync/test_published_orders.py" in given
    assert "tests/sync/test_tick.py" not in given
