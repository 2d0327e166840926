"""Jobs and batches: what was given, what became of it, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from shared_code.core.frozen import frozen
from shared_code.core.instructions import Instruction
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side

MAX_BATCH = 500
"""Records in one batch."""


class JobKind(StrEnum):
    """Why a job runs."""

    SCHEDULED = "scheduled"
    FULL = "full"
    RETRY = "retry"
    ON_DEMAND = "on_demand"
    COUPLING = "coupling"
    UNCOUPLING = "uncoupling"
    UNDO = "undo"


@frozen
class Job:
    """One run over one mapping.  ``full_sync`` names the full synchronisation it belongs to, if any.

    ``instruction`` is what a person wants done with its records; ``order`` what a walk goes over.
    """

    id: str
    mapping: str
    kind: JobKind
    created_at_s: float
    full_sync: str = ""
    instruction: Instruction = Instruction.NONE
    order: Mapping[str, object] | None = None

    @property
    def undo(self) -> Mapping[str, object]:
        """What the job takes back, if it does."""
        found = (self.order or {}).get("undo")
        return found if isinstance(found, dict) else {}


@frozen
class Batch:
    """Some records of one side of one mapping; the unit of queued work.

    ``stamps`` are the versions the scan saw (empty where none).  ``counts`` holds the outcomes once
    ``done``; ``rest`` are records that were handed on to the batch ``rest_id``, counted there.  ``rules`` are
    those it was planned under: under others it is planned anew.
    """

    id: str
    job: str
    mapping: str
    side: Side
    ids: tuple[str, ...]
    stamps: tuple[str, ...] = ()
    ordered: bool = False
    attempt: int = 0
    done: bool = False
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    rest_id: str = ""
    rules: str = ""
    etag: str = ""


@frozen
class Account:
    """What a batch counts, without its records: ``size`` of them, of which ``rest`` were handed on."""

    id: str
    side: Side
    size: int
    counts: Mapping[Outcome, int]
    done: bool = False
    rest: int = 0
    rest_id: str = ""

    @property
    def given(self) -> int:
        """Records whose outcome this batch counts."""
        return self.size - self.rest


@frozen
class Progress:
    """A job's sums for one direction; ``given`` counts every record once, however often it was handed on."""

    given: int
    counts: Mapping[Outcome, int]
    open_batches: int

    @property
    def done(self) -> int:
        return sum(self.counts.values())


def progress(accounts: Iterable[Account]) -> Progress:
    """The sum of the batches of one direction.  All done: the counts add up to what was given."""
    known = {each.id: each for each in accounts}
    given, open_batches = 0, 0
    counts = dict.fromkeys(Outcome, 0)
    for batch in known.values():
        # Records that were handed on count where they went to; until that batch is on file they count here.
        handed_on = not batch.rest or batch.rest_id in known
        given += batch.given if handed_on else batch.size
        open_batches += not (batch.done and handed_on)
        for outcome, number in batch.counts.items():
            counts[outcome] += number
    return Progress(given, counts, open_batches)
