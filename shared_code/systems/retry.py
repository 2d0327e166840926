"""When a request is sent again: a decision apart from doing it.  Pure.

A request that surely did nothing (refused by a limit, never sent) may be sent again whatever it is.
One whose answer was lost is sent again only when repeating it cannot do harm.  Sources: Microsoft
docs api-limits.md (Dataverse), administration/operational-limits-online.md (Business Central).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MAX_ATTEMPTS = 5
LONGEST_WAIT_S = 20.0
"""A longer wait is not slept here: the work goes back to its queue instead of holding a worker."""
FIRST_WAIT_S = 0.5
FIRST_REFUSAL_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent at most, the longest wait in between, and for an answer."""

    attempts: int = MAX_ATTEMPTS
    longest_wait_s: float = LONGEST_WAIT_S
    answer_s: float = 130.0
    """Above the two minutes that either service lets a request's logic run."""


PATIENT = Patience()
BRIEF = Patience(attempts=2, longest_wait_s=2.0, answer_s=15.0)
"""For a person who waits for the answer."""


class Trouble(Enum):
    """What went wrong with an attempt."""

    UNSENT = "the connection could not be made"
    REFUSED = "the service refused to take the request now"
    LOST = "no usable answer came back"


@dataclass(frozen=True, slots=True)
class Retry:
    """Send again after ``wait_s`` seconds."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not send again; ``retry_after_s`` is when it makes sense to come back."""

    retry_after_s: float


def decide(
    trouble: Trouble,
    *,
    repeatable: bool,
    attempt: int,
    retry_after_s: float | None,
    chance: float,
    patience: Patience = PATIENT,
) -> Retry | GiveUp:
    """What to do after attempt number ``attempt`` (from 1).  ``chance`` in [0, 1) spreads the waits."""
    wait_s = _wait_s(trouble, attempt, retry_after_s, chance)
    if trouble is Trouble.LOST and not repeatable:
        return GiveUp(wait_s)
    if attempt >= patience.attempts or wait_s > patience.longest_wait_s:
        return GiveUp(wait_s)
    return Retry(wait_s)


def _wait_s(trouble: Trouble, attempt: int, retry_after_s: float | None, chance: float) -> float:
    if retry_after_s is not None:
        return retry_after_s + chance / 2
    first_s = FIRST_REFUSAL_WAIT_S if trouble is Trouble.REFUSED else FIRST_WAIT_S
    wait_s = first_s * 2.0 ** min(attempt - 1, 10)
    return min(LONGEST_WAIT_S, wait_s * (0.5 + chance))


def retry_after(text: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header; ``None`` when missing or not a plain number of seconds."""
    if text is None or not text.strip().isdecimal():
        return None
    return min(float(text.strip()), 3600.0)
