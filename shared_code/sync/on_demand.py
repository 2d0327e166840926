"""On demand: a person wants something done with records now, or with all of a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared_code.core.coupling import Coupling
from shared_code.core.instructions import UNCOUPLING, Instruction
from shared_code.core.jobs import JobKind
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.retries import queue_records

MAX_RECORDS = 1000
"""Records of one request."""

COUPLED, NOT_COUPLED = "coupled_already", "not_coupled"
"""Why a record is left out."""


class NotAllowed(Exception):
    """The mapping does not do what is asked for; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The job that does it, blank where nothing is left to do; the records it is given, and why others are
    left out, by id."""

    job: str
    ids: Sequence[str] = ()
    left_out: dict[str, str] = field(default_factory=dict)


def queue(
    parts: Parts, at: ConnectionParts, mapping: Mapping, side: Side, ids: Sequence[str], wish: Instruction
) -> Queued:
    """Queue records of one side with what a person wants done with them.

    To create leaves coupled records out, everything else those that are not coupled.  Raises ``NotAllowed``.
    """
    if wish is Instruction.CREATE:
        refuse_creation(mapping, side.other)
    given = list(dict.fromkeys(ids))
    known = at.couplings(mapping.name).load(side, given)
    coupled = {own for own, each in known.items() if isinstance(each, Coupling) and is_coupled(each)}
    wants_coupled = wish is not Instruction.CREATE
    chosen = [each for each in given if (each in coupled) is wants_coupled]
    reason = NOT_COUPLED if wants_coupled else COUPLED
    left_out = {each: reason for each in given if (each in coupled) is not wants_coupled}
    if not chosen:
        return Queued("", (), left_out)
    kind = JobKind.UNCOUPLING if wish in UNCOUPLING else JobKind.ON_DEMAND
    return Queued(
        queue_records(parts, at, mapping.name, side, chosen, kind, instruction=wish), chosen, left_out
    )


def refuse_creation(mapping: Mapping, target: Side) -> None:
    """Raises ``NotAllowed`` where a mapping creates nothing on that side, whoever wants it."""
    if not mapping.may_create(target, insists=True):
        what = f"{mapping.title} creates nothing in {target.system_name}."
        raise NotAllowed(f"{what} Create the record there, then couple it.")
