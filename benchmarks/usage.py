"""What a process used: processor time, memory and transactions of storage.  Standard library only."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Used:
    """``cpu_s`` of all threads and ``storage_transactions`` grow from the process's start on;
    ``peak_rss_mb`` is the most memory held since ``forget_peak``."""

    cpu_s: float
    peak_rss_mb: float
    storage_transactions: int


def used_here(storage_transactions: int) -> Used:
    """What this process used."""
    return Used(time.process_time(), peak_rss_mb(), storage_transactions)


def between(before: Sequence[Used], after: Sequence[Used]) -> Used:
    """What several processes used meanwhile: the sums, and the memory of the largest."""
    return Used(
        sum(each.cpu_s for each in after) - sum(each.cpu_s for each in before),
        max(each.peak_rss_mb for each in after),
        sum(each.storage_transactions for each in after) - sum(each.storage_transactions for each in before),
    )


def forget_peak() -> None:
    """Let the kernel begin its high-water mark anew (Linux; elsewhere it is that of the process's life)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak_rss_mb() -> float:
    """The most memory held, in megabytes of 1,000,000 bytes."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / 1e6, 1)
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
