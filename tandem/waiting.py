"""Waiting for work in the app to end, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tandem.app import App, Document
from tandem.screen import Progress, Screen

FIRST_S, LONGEST_S = 0.5, 5.0
"""How soon it is looked again, and how seldom in the end."""


class Unfinished(Exception):
    """The time to wait is over; the work goes on.  The text tells how to look again."""


@dataclass(frozen=True)
class Patience:
    """How long a verb waits."""

    most_s: float
    now_s: Callable[[], float] = time.monotonic


def until(
    app: App,
    path: str,
    is_ended: Callable[[Document], bool],
    patience: Patience,
    again: str,
    show: Callable[[Document], None] = lambda found: None,
) -> Document:
    """What is at ``path`` once it has ended; ``show`` sees it each time.

    Raises ``Unfinished``, which names the command ``again``.
    """  # fmt: skip
    began_s, wait_s = patience.now_s(), FIRST_S
    while not is_ended(found := app.get(path)):
        show(found)
        if patience.now_s() - began_s > patience.most_s:
            raise Unfinished(f"It goes on; look again with: {again}")
        app.sleep(wait_s)
        wait_s = min(wait_s * 1.5, LONGEST_S)
    return found


def until_finished(
    app: App, screen: Screen, path: str, title: str, patience: Patience, again: str
) -> Document:
    """The run at ``path`` once it is finished, with progress.

    Raises ``Unfinished``, also for one that is paused: it goes on when a person resumes it.
    """
    progress = Progress(screen, title, patience.now_s)
    try:
        found = until(app, path, _is_at_rest, patience, again, lambda found: progress.show(*_far(found)))
    finally:
        progress.end()
    if not is_finished(found):
        raise Unfinished(f"It is paused. When it was resumed, look again with: {again}")
    return found


def until_through(
    app: App,
    path: str,
    is_ended: Callable[[Document], bool],
    patience: Patience,
    again: str,
    progress: Progress,
) -> Document:
    """``until`` with progress: of a report its percentage, else how many of its lines are done."""
    try:
        return until(app, path, is_ended, patience, again, lambda found: progress.show(*_through(found), ""))
    finally:
        progress.end()


def _through(found: Document) -> tuple[int, int]:
    if "percent" in found:
        return int(found["percent"]), 100
    return sum(_has_ended(each) for each in found["lines"]), len(found["lines"])


def _has_ended(line: Document) -> bool:
    """Whether a line is done: of a compare it says so itself, of an undo its job does."""
    job = line.get("undoneBy")
    return str((job or line).get("status")) == "Finished"


def _is_at_rest(run: Document) -> bool:
    return is_finished(run) or str(run["status"]) == "Paused"


def is_finished(found: Document) -> bool:
    """Whether work has ended; each kind calls it so."""
    return str(found["status"]) == "Finished"


def _far(run: Document) -> tuple[int, int, str]:
    """How far a run with lines is."""
    lines = run["lines"]
    done = sum(each["progress"]["done"] for each in lines)
    given = sum(each["progress"]["given"] for each in lines)
    ended = sum(each["jobQueueEntryStatus"] in ("Finished", "Error") for each in lines)
    return done, given, f"{ended} of {len(lines)} mappings done"
