"""The time that a host shows the app: wrong by as much as it was told, and only for the app."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from local.host.app_clock import (
    MOST_SHIFT_S,
    AppClock,
    machine_time,
    shift_from_body,
    shift_from_setting,
)
from local.host.errors import HostError


@pytest.fixture(autouse=True)
def right_time() -> Iterator[None]:
    yield
    time.time = machine_time


@pytest.mark.parametrize("shift_s", [3600.0, -240.0])
def test_the_app_sees_another_time(shift_s: float) -> None:
    assert shift_from_body(AppClock(), f'{{"shift_s": {shift_s}}}'.encode())
    assert time.time() - machine_time() == pytest.approx(shift_s, abs=5)
    assert time.monotonic() < machine_time()


def test_a_setting_shifts_it_from_the_start() -> None:
    shift_from_setting(AppClock(), "")
    assert time.time is machine_time
    shift_from_setting(AppClock(), "60")
    assert time.time() - machine_time() == pytest.approx(60, abs=5)


@pytest.mark.parametrize("text", ["soon", "nan", str(MOST_SHIFT_S * 2)])
def test_a_setting_that_is_no_shift_stops_the_start(text: str) -> None:
    with pytest.raises(HostError, match="LOCAL_CLOCK_SHIFT_SECONDS"):
        shift_from_setting(AppClock(), text)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"shift_s": true}', b'{"shift_s": 1e300}'])
def test_a_body_that_is_no_shift_changes_nothing(body: bytes) -> None:
    assert not shift_from_body(AppClock(), body)
    assert time.time is machine_time
