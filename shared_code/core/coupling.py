"""The coupling: the durable 1:1 link between one BC record and one Dataverse row of a mapping."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from shared_code.core.base import Base
from shared_code.core.frozen import frozen
from shared_code.core.outcome import Outcome
from shared_code.core.records import Side, Values, Version


class CouplingState(StrEnum):
    """``creating``: the intent to create the BC record is on file and its outcome is not.
    ``ended``: uncoupled or deleted; kept for its generation, so that an old creation cannot come back."""

    COUPLED = "coupled"
    CREATING = "creating"
    ENDED = "ended"


class OriginKind(StrEnum):
    """How a pair came to be: Tandem created one of the two, found both by matching or by what it knew of them
    before, or a person coupled them."""

    CREATED = "created"
    FOUND = "found"
    BY_HAND = "by_hand"


@frozen
class Origin:
    """When and by which work a pair came to be; ``side`` is the one on which its record was created."""

    kind: OriginKind
    job: str
    batch: str
    at_s: float
    side: Side | None = None


@frozen
class Coupling:
    """One coupling.

    ``in_step``: at exactly these versions the two records hold exactly the base.  Only then may a side
    go unread; otherwise (a conflict is open, a value was refused, an echo is awaited) both are read.
    ``reference`` is what other BC records point here with.  ``batch`` and ``outcome`` name the batch
    that wrote last and what it did, so that a repeated batch reports the same.  ``rules`` are those the base
    was made under (``rules_digest``; blank: the present ones).  ``etag`` is the stored row's.
    ``origin`` tells how the pair came to be (pairs of an older Tandem do not know).  ``untouched`` is the
    version that the created record has as long as nobody but Tandem wrote it; blank: somebody did.
    """

    bc_id: str
    sales_id: str
    state: CouplingState = CouplingState.COUPLED
    generation: int = 0
    base: Base | None = None
    bc_version: Version | None = None
    sales_version: Version | None = None
    in_step: bool = False
    reference: str = ""
    batch: str = ""
    outcome: Outcome | None = None
    rules: str = ""
    origin: Origin | None = None
    untouched: str = ""
    etag: str = ""

    def id_on(self, side: Side) -> str:
        return self.bc_id if side is Side.BC else self.sales_id

    def version_on(self, side: Side) -> Version | None:
        return self.bc_version if side is Side.BC else self.sales_version


@frozen
class Intent:
    """A BC record is being created for a Sales row: written before the request goes out.

    ``started_at_s`` tells when a lost request can no longer be running.  ``name`` is what was sent as the
    record's name: a new BC record of that name may be the one that is being created.  ``sent`` are all
    neutral values that were sent: what is looked for after a lost answer, whatever the Sales row holds then.
    ``rules`` are those that said what the values mean.  ``key`` is what the creation is sent under where the
    service keeps it, so that a repeat makes no second record; blank elsewhere.
    """

    sales_id: str
    started_at_s: float
    batch: str
    name: str = ""
    etag: str = ""
    sent: Values = field(default_factory=dict)
    rules: str = ""
    key: str = ""
