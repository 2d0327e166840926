"""Runs one after the other let processes die at every operation there is."""

from __future__ import annotations

import itertools

import pytest

from tests.sync import density


def tried(first: int, monkeypatch: pytest.MonkeyPatch, every: int = 4, stride: int = 1) -> list[int]:
    monkeypatch.setattr(density, "EVERY", every)
    monkeypatch.setattr(density, "FIRST", first)
    return [*itertools.takewhile(lambda at: at < 40, density.places(stride))]


def test_the_samples_of_all_runs_are_every_operation_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [tried(first, monkeypatch) for first in (1, 2, 3, 4)]
    assert sorted(itertools.chain(*runs)) == [*range(1, 40)]


def test_where_all_are_asked_for_all_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(1, monkeypatch, every=1) == [*range(1, 40)]
    assert tried(1, monkeypatch, every=1, stride=5) == [*range(1, 40, 5)]


def test_a_loop_that_does_not_end_is_told() -> None:
    with pytest.raises(AssertionError, match="no end after 100"):
        for _ in density.places(end=100):
            pass
