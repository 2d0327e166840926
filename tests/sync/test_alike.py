"""Which tests depend on bulk messages is noticed, and none of them goes without its mark."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.simulation.left_open import BULK, LeftOpen, by_default
from local.simulation.world import World
from tests import conftest
from tests.current import Current
from tests.sync import invoicing, ordering, quoting, worlds
from tests.sync.alike import made_and_depends, traits
from tools.checks.sources import ROOT

pytestmark = pytest.mark.bulk


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    LeftOpen.depended = False
    yield
    LeftOpen.depended = False


def sent(world: World, count: int) -> bool:
    """Whether so many customers that go to Sales at once are noticed."""
    LeftOpen.depended = False
    for number in range(count):
        worlds.new_customer(world, f"Customer {number}")
    worlds.cycle(world)
    assert len(worlds.accounts(world)) == len(worlds.CUSTOMERS) + count
    return LeftOpen.depended


@pytest.mark.parametrize("count", [1, 2])
def test_several_creations_at_once_are_noticed_and_one_is_not(count: int) -> None:
    expected = count > 1 and by_default()
    assert sent(worlds.synced(), count) is expected


def test_the_question_for_bulk_messages_is_noticed() -> None:
    worlds.full(worlds.new_world())
    assert LeftOpen.depended


@pytest.mark.parametrize("bulk", [True, False])
def test_who_says_whether_there_are_bulk_messages_depends_on_nothing(bulk: bool) -> None:
    assert not sent(worlds.synced(bulk=bulk), 2)


@pytest.mark.parametrize(
    "make", [worlds.synced, ordering.synchronised, quoting.synchronised, invoicing.synchronised]
)
def test_a_world_is_the_same_with_bulk_messages_and_without(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make()
    monkeypatch.setenv(BULK, "0" if by_default() else "1")
    other = make()
    assert bool(one.sales.org.options.bulk["account"]) != bool(other.sales.org.options.bulk["account"])
    assert traits(one) == traits(other)


def test_what_comes_out_otherwise_without_bulk_messages_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> World:
        world = worlds.synced()
        if not by_default():
            worlds.new_customer(world, "One more")
        return world

    monkeypatch.setenv(BULK, "1")
    assert made_and_depends(worlds.synced)[1] is False
    assert made_and_depends(make)[1] is True
    assert made_and_depends(make, known=False)[1] is False
    assert not LeftOpen.depended


def ended(path: str, marks: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> None:
    """A test at that place comes to its end."""
    item = SimpleNamespace(
        path=ROOT / path, nodeid=f"{path}::test_it", fixturenames=names,
        get_closest_marker=lambda name: name if name in marks else None,
    )  # fmt: skip
    running = conftest.pytest_runtest_call(cast("pytest.Item", item))
    next(running)
    with pytest.raises(StopIteration):
        running.send(None)


PLACE = "tests/sync/test_tick.py"


def test_a_test_of_the_pipeline_that_depends_and_is_not_marked_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BULK, "1")
    ended(PLACE)
    LeftOpen.depended = True
    with pytest.raises(AssertionError, match="bulk"):
        ended(PLACE)
    ended(PLACE, marks=("bulk",))
    ended("tests/web/test_pages.py")
    monkeypatch.setenv(BULK, "0")
    ended(PLACE)


def test_each_test_depends_that_shares_what_depends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BULK, "1")
    monkeypatch.setattr(Current, "shared", {(PLACE, "world")})
    ended(PLACE, names=("other",))
    ended("tests/sync/test_detect.py", names=("world",))
    with pytest.raises(AssertionError, match="bulk"):
        ended(PLACE, names=("world",))
