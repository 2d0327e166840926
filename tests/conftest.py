"""Says which test runs, and holds that the tests which depend on bulk messages are marked."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from local.dev.test import PIPELINE
from local.simulation.left_open import LeftOpen, by_default
from tests.current import Current
from tools.checks.sources import ROOT

_PIPELINE = tuple(ROOT / each for each in PIPELINE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """For the whole of a test, with what is set up for it and torn down."""
    Current.changes_code = "monkeypatch" in getattr(item, "fixturenames", ("monkeypatch",))
    LeftOpen.depended = False
    try:
        return (yield)
    finally:
        Current.changes_code = True


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """What several tests share is noticed with the first of them and counts for all."""
    before, LeftOpen.depended = LeftOpen.depended, False
    try:
        return (yield)
    finally:
        if LeftOpen.depended and fixturedef.scope != "function":
            Current.shared.add((fixturedef.baseid, fixturedef.argname))
        LeftOpen.depended |= before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test of the pipeline that goes otherwise without bulk messages says so, or it fails."""
    result = yield
    if by_default() and _is_of_pipeline(item) and item.get_closest_marker("bulk") is None:
        depends = LeftOpen.depended or _shares(item)
        assert not depends, (
            "This test goes otherwise where account and contact take no bulk messages. "
            "Mark it with @pytest.mark.bulk: then `python dev.py test --no-bulk` runs it without them, too."
        )
    return result


def _is_of_pipeline(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(folder) for folder in _PIPELINE)


def _shares(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return any(item.nodeid.startswith(place) and name in names for place, name in Current.shared)
