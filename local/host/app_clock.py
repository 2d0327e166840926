"""What the app takes for the time, on a machine whose clock is wrong.

Instances in Azure have clocks of their own.  Here all hosts share one machine's, so a host can be told to
show the app another: ``LOCAL_CLOCK_SHIFT_SECONDS`` at its start, ``POST /admin/local/clock`` with
``{"shift_s": seconds}`` later.  Only wall-clock time moves; waits take as long as they take.
"""

from __future__ import annotations

import json
import math
import time

from local.host.errors import HostError

SETTING = "LOCAL_CLOCK_SHIFT_SECONDS"
MOST_SHIFT_S = 30 * 86_400.0
machine_time = time.time
"""This machine's own clock."""


class AppClock:
    """Stands in for ``time.time`` once it was shifted."""

    def __init__(self) -> None:
        self.shift_s = 0.0

    def time(self) -> float:
        """Seconds since the epoch, as the app sees them."""
        return machine_time() + self.shift_s

    def shift(self, shift_s: float) -> None:
        """Be ahead of the machine's clock from now on.  Raises ValueError for what is no such number."""
        if not math.isfinite(shift_s) or abs(shift_s) > MOST_SHIFT_S:
            raise ValueError(f"a clock is shifted by at most {MOST_SHIFT_S:g} s")
        self.shift_s = shift_s
        time.time = self.time


def shift_from_setting(clock: AppClock, text: str) -> None:
    """Shift as the setting says; empty is not at all.  Raises HostError."""
    if not text:
        return
    try:
        clock.shift(float(text))
    except ValueError as error:
        raise HostError(f'{SETTING} is "{text}": {error}') from None


def shift_from_body(clock: AppClock, body: bytes) -> bool:
    """Shift as the body of a request says; False where it does not say it properly."""
    try:
        content = json.loads(body or b"{}")
        shift_s = content.get("shift_s") if isinstance(content, dict) else None
        if isinstance(shift_s, bool) or not isinstance(shift_s, int | float):
            return False
        clock.shift(float(shift_s))
    except ValueError:
        return False
    return True
