"""What a person sees: results on standard output, progress on standard error, nothing in a script's way."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

NAMES = {"bc": "Business Central", "sales": "Sales"}
"""What people call the two systems."""

BAR_WIDTH = 24
MAX_CELL = 60


@dataclass
class Screen:
    """Where a verb writes.  ``as_json``: the result is one JSON document and nothing else."""

    as_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def say(self, text: str = "") -> None:
        """A line for people."""
        if not self.as_json:
            print(text, file=self.out)

    def result(self, document: object) -> None:
        """The result for scripts."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, indent=2), file=self.out)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; columns of numbers stand to the right."""
        if self.as_json or not rows:
            return
        cells = [[_cell(each) for each in row] for row in rows]
        widths = [max(len(line[n]) for line in [list(heads), *cells]) for n in range(len(heads))]
        right = [all(isinstance(row[n], int) for row in rows) for n in range(len(heads))]
        for line in [list(heads), *cells]:
            parts = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True))
            print("  ".join(parts).rstrip(), file=self.out)

    def links(self, document: dict[str, Any]) -> None:
        """Where the records of a document are opened, a line each."""
        for side, name in NAMES.items():
            if address := document.get(f"{side}Link"):
                self.say(f"  {name}: {address}")

    def fail(self, text: str) -> None:
        """What went wrong, on standard error."""
        print(text, file=self.err)

    @property
    def shows_progress(self) -> bool:
        return self.err.isatty()


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


@dataclass
class Progress:
    """One line that is drawn over and over: a bar, how much of how much, the rate and the time left."""

    screen: Screen
    title: str
    now_s: Callable[[], float] = time.monotonic
    unit: str = "records"
    began_s: float = field(init=False)
    began_with: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.began_s = self.now_s()

    def show(self, done: int, given: int, what: str) -> None:
        if self.screen.shows_progress:
            print(f"\r\x1b[K{self.line(done, given, what)}", end="", file=self.screen.err, flush=True)

    def line(self, done: int, given: int, what: str) -> str:
        """The line as it is now."""
        if self.began_with is None:
            self.began_with = done
        share = done / given if given else 0.0
        filled = round(share * BAR_WIDTH)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        told = f", {what}" if what else ""
        return f"{self.title} {bar} {done:,} of {given:,} {self.unit}{told}{self._rate(done, given)}"

    def end(self) -> None:
        """Leaves the line for what follows."""
        if self.screen.shows_progress:
            print("\r\x1b[K", end="", file=self.screen.err, flush=True)

    def _rate(self, done: int, given: int) -> str:
        passed_s = self.now_s() - self.began_s
        moved = done - (self.began_with or 0)
        if passed_s < 1 or moved <= 0:
            return ""
        rate = moved / passed_s
        return f", {rate:,.0f}/s, {duration(round((given - done) / rate))} left"


def duration(seconds: int) -> str:
    """A time as people say it."""
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def shown(value: object) -> str:
    """A field's value as people read it."""
    return "(blank)" if value in (None, "") else str(value)


def counted(sums: dict[str, Any], names: Sequence[str]) -> str:
    """The counters that are not zero: “3 inserted, 1 failed”."""
    return ", ".join(f"{sums[name]:,} {name}" for name in names if sums.get(name))
