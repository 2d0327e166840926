"""One record on its way through a batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, Intent
from shared_code.core.journal import Entry
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.reconcile import (
    Conflict,
    Known,
    State,
)
from shared_code.core.records import Row, Side, Unread, Values, Version


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A write that a service confirmed: the neutral values that were sent to ``side``, and what it holds of
    them at the ``version`` that the write made."""

    side: Side
    version: Version
    sent: Values
    returned: Values


@dataclass(slots=True)
class Item:
    """A record of the batch and all that is known of it and its partner.

    ``states`` lacks a side that has to be read.  ``base`` is the stored one until a confirmed write
    moves it; ``dirty`` says that a write is confirmed and not committed yet.  ``problem`` is the one on
    file and ``old_problem`` one that was filed under the Sales id before the pair was coupled.  An item is
    settled when it has an ``outcome``, or when it is handed on (``hand_on_s`` is the rest it needs first).
    ``confirmed`` are writes that are not on file yet.
    ``journal`` are entries that a confirmed write corrects, ``made`` tells of the record that was created;
    ``decided_by`` is the person who decided its conflict.
    ``told``: the row beside it was told its outcome.  ``found`` is the id of a partner that was there
    before the coupling and whose own problem was not read yet.  ``awaits`` is whose coupling it needs to be
    anybody's (``mapping|side|id``); until then it is not listed.
    ``lives_on``: its BC record is gone and lives on elsewhere, so nothing can be written there.
    """

    id: str
    side: Side
    stamp: str = ""
    coupling: Coupling | None = None
    intent: Intent | None = None
    problem: Problem | None = None
    old_problem: Problem | None = None
    states: dict[Side, State] = field(default_factory=dict)
    rows: dict[Side, Row] = field(default_factory=dict)
    base: Base | None = None
    inserted: bool = False
    announced: bool = False
    removed: bool = False
    modified: bool = False
    coupled: bool = False
    dirty: bool = False
    outcome: Outcome | None = None
    hand_on_s: float | None = None
    new_problem: Problem | None = None
    conflicts: tuple[Conflict, ...] = ()
    confirmed: list[Confirmed] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    made: Entry | None = None
    decided_by: str = ""
    told: bool = False
    found: str = ""
    awaits: tuple[str, ...] = ()
    lives_on: bool = False

    @property
    def settled(self) -> bool:
        return self.outcome is not None or self.hand_on_s is not None

    def hand_on(self, delay_s: float) -> None:
        """Not now: the record goes back on the queue."""
        self.hand_on_s = delay_s

    def id_on(self, side: Side) -> str | None:
        """The record's id on a side, if it has one."""
        if side is self.side:
            return self.id
        return self.coupling.id_on(side) if self.coupling else None

    @property
    def filed_under(self) -> tuple[Side, str]:
        """Where its problem is kept: a pair has one, under its BC id, whichever side is looked at."""
        return (Side.BC, self.coupling.bc_id) if self.coupling else (self.side, self.id)

    def known(self, side: Side) -> Known | None:
        state = self.states.get(side)
        return state if isinstance(state, Known) else None

    def values_on(self, side: Side) -> Values:
        """What the side holds; an unread side stands for the base."""
        if known := self.known(side):
            return known.values
        return self.base.on(side) if self.base else {}

    def version_on(self, side: Side) -> Version | None:
        state = self.states.get(side)
        return state.version if isinstance(state, Known | Unread) else None

    def success(self, repeated: Outcome | None) -> Outcome:
        """What a record that is in step counts as; ``repeated`` is what an earlier run of this batch did."""
        if self.inserted or repeated is Outcome.INSERTED:
            return Outcome.INSERTED
        if self.modified or repeated is Outcome.MODIFIED:
            return Outcome.MODIFIED
        return Outcome.COUPLED if self.coupled else (repeated or Outcome.UNCHANGED)
