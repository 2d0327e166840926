"""`python dev.py test`: which tests pytest is given."""

from __future__ import annotations

import pytest

from local.dev import test as verb

FILE = "tests/unit/test_settings.py"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pytest was called with; the environment is as it was afterwards."""
    calls: list[list[str]] = []
    monkeypatch.setenv(verb.STORAGE, "kept")
    monkeypatch.setenv(verb.BULK, "1")
    monkeypatch.setattr(verb.pytest, "main", lambda arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(verb, "interrupt_on_terminate", lambda: None)
    return calls


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--unit"], ["tests/unit"]),
        (["--unit", "-q", "-k", "name"], ["tests/unit", "-q", "-k", "name"]),
        (["--unit", FILE], [FILE]),
        (["--unit", f"{FILE}::test_x", "-q"], [f"{FILE}::test_x", "-q"]),
        (["--no-bulk"], [*verb.PIPELINE, *verb.EVERYTHING]),
        (["--no-bulk", "tests/sync/test_tick.py"], ["tests/sync/test_tick.py"]),
    ],
)
def test_a_named_file_is_run_alone_and_else_the_usual_tests(
    arguments: list[str], expected: list[str], given: list[list[str]]
) -> None:
    assert verb.main(arguments) == 0
    assert given == [expected]
