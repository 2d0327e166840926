"""Says which test runs."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.current import Current


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """For the whole of a test, with what is set up for it and torn down."""
    Current.changes_code = "monkeypatch" in getattr(item, "fixturenames", ("monkeypatch",))
    try:
        return (yield)
    finally:
        Current.changes_code = True
