"""Coupling outside a batch: pairs that a match found or a person named, create-only in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_code.core.coupling import Coupling, CouplingState, Intent, Origin
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.records import Side
from shared_code.store.couplings import CouplingStore
from shared_code.store.tables import AlreadyExists, Changed, Missing, Operation
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.processing.committing import is_coupled

MAX_ENTITIES = 99
"""Entities of one transaction; a pair takes up to five: itself, two ways to it, two problems that end."""


UNSETTLED = "The pair was coupled and is not synchronised yet."


@dataclass(frozen=True, slots=True)
class NewPair:
    """Two records to couple.  ``reference``: what other BC records point to the BC one with, where known."""

    bc_id: str
    sales_id: str
    reference: str = ""

    @property
    def ids(self) -> tuple[str, str]:
        return self.bc_id, self.sales_id


def couple_pairs(
    at: ConnectionParts,
    mapping: str,
    pairs: Sequence[NewPair],
    origin: Origin,
    *,
    again_at_s: float = 0.0,
) -> set[tuple[str, str]]:
    """Couple the pairs, and end what their records were listed with; the ids of those that are coupled now.

    One whose record has another partner, or is being created now, stays as it is.  A repeat finds its own.
    ``again_at_s``: the caller has the pairs synchronised next.  They are listed until that is done, and tried
    by themselves from that moment on: whoever asked for it may die in between.
    """
    store = at.couplings(mapping)
    on_file = store.load(Side.BC, [each.bc_id for each in pairs], ordered=True)
    done = {each.ids for each in pairs if _is_pair(on_file.get(each.bc_id), each)}
    new = _distinct(each for each in pairs if not is_coupled(on_file.get(each.bc_id)))
    at.pairs(mapping).note(each.ids for each in new)
    listed = _problems(store, new)
    planned = [
        (each, _operations(store, _coupling(each, origin, on_file), listed, again_at_s)) for each in new
    ]
    for group in _groups(planned):
        done |= _transact(store, group, origin, again_at_s)
    return done


def _distinct(pairs: Iterable[NewPair]) -> list[NewPair]:
    """Pairs whose references differ: a transaction writes no row twice.  A run that follows sets the rest."""
    seen: set[str] = set()
    found = []
    for each in pairs:
        found.append(replace(each, reference="") if each.reference in seen else each)
        seen.add(each.reference)
    return found


type _Planned = tuple[NewPair, list[Operation]]


def _groups(planned: Iterable[_Planned]) -> Iterator[list[_Planned]]:
    group: list[_Planned] = []
    size = 0
    for each in planned:
        if group and size + len(each[1]) > MAX_ENTITIES:
            yield group
            group, size = [], 0
        group.append(each)
        size += len(each[1])
    if group:
        yield group


def _transact(
    store: CouplingStore, group: Sequence[_Planned], origin: Origin, again_at_s: float
) -> set[tuple[str, str]]:
    try:
        store.transact([operation for _, own in group for operation in own])
    except (AlreadyExists, Changed, Missing):
        return {pair.ids for pair, _ in group if _couple_one(store, pair, origin, again_at_s)}
    return {pair.ids for pair, _ in group}


TRIES = 3


def _couple_one(store: CouplingStore, pair: NewPair, origin: Origin, again_at_s: float) -> bool:
    """Somebody was faster with one of a group: each on its own, as it is on file now."""
    for _ in range(TRIES):
        on_file = store.load(Side.BC, [pair.bc_id])
        if is_coupled(on_file.get(pair.bc_id)):
            return _is_pair(on_file.get(pair.bc_id), pair)
        try:
            new = _coupling(pair, origin, on_file)
            store.transact(_operations(store, new, _problems(store, [pair]), again_at_s))
        except AlreadyExists:
            return False
        except (Changed, Missing):
            continue
        return True
    return False


def _is_pair(known: Coupling | Intent | None, pair: NewPair) -> bool:
    return isinstance(known, Coupling) and is_coupled(known) and known.sales_id == pair.sales_id


def _coupling(pair: NewPair, origin: Origin, on_file: Mapping[str, Coupling | Intent]) -> Coupling:
    """The new coupling; it takes the place of one of the same BC record that ended."""
    ended = on_file.get(pair.bc_id)
    generation, etag = (ended.generation, ended.etag) if isinstance(ended, Coupling) else (0, "")
    return Coupling(
        pair.bc_id, pair.sales_id, generation=generation, reference=pair.reference, batch=origin.job,
        outcome=Outcome.COUPLED, origin=origin, etag=etag,
    )  # fmt: skip


type _Listed = Mapping[tuple[Side, str], Problem]


def _problems(store: CouplingStore, pairs: Sequence[NewPair]) -> _Listed:
    ids = {Side.BC: [each.bc_id for each in pairs], Side.SALES: [each.sales_id for each in pairs]}
    found = {side: store.problems(side, sorted(own), ordered=True) for side, own in ids.items()}
    return {(side, own): problem for side, each in found.items() for own, problem in each.items()}


def _operations(
    store: CouplingStore, coupling: Coupling, listed: _Listed, again_at_s: float
) -> list[Operation]:
    places = [(Side.BC, coupling.bc_id), (Side.SALES, coupling.sales_id)]
    waits = [store.problem_operation(_unsettled(coupling, again_at_s))] if again_at_s else []
    solved = [store.solved_operation(listed[each]) for each in places[len(waits) :] if each in listed]
    return store.insert_operations(coupling) + waits + solved


def _unsettled(coupling: Coupling, again_at_s: float) -> Problem:
    since_s = coupling.origin.at_s if coupling.origin else again_at_s
    return Problem(
        Side.BC, coupling.bc_id, Outcome.WAITING, "unsettled", UNSETTLED, next_attempt_at_s=again_at_s,
        since_s=since_s,
    )  # fmt: skip


def end_couplings(at: ConnectionParts, mapping: str, couplings: Iterable[Coupling]) -> list[Coupling]:
    """End couplings as they were read, with what was listed of the pair; those that ended.

    Others were changed meanwhile.
    """
    store, ended, living = at.couplings(mapping), [], list(couplings)
    listed = store.problems(Side.BC, [each.bc_id for each in living])
    for each in living:
        over = replace(
            each, state=CouplingState.ENDED, generation=each.generation + 1, base=None, bc_version=None,
            sales_version=None, in_step=False, reference="", outcome=Outcome.UNCOUPLED,
        )  # fmt: skip
        try:
            problem = listed.get(each.bc_id)
            solved = [store.solved_operation(problem)] if problem else []
            store.transact(store.end_operations(over) + solved)
        except (Changed, Missing):
            continue
        at.pairs(mapping).end([(each.bc_id, each.sales_id)])
        ended.append(each)
    return ended
