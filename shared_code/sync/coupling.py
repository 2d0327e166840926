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
    joining = _Joining(store, origin, again_at_s)
    on_file = store.load(Side.BC, [each.bc_id for each in pairs], ordered=True)
    done = {each.ids for each in pairs if _is_pair(on_file.get(each.bc_id), each)}
    new = _distinct(each for each in pairs if not is_coupled(on_file.get(each.bc_id)))
    at.pairs(mapping).note(each.ids for each in new)
    listed = joining.problems(new)
    planned = [(each, joining.operations(each, on_file, listed)) for each in new]
    for group in _groups(planned):
        done |= joining.transact(group)
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


TRIES = 3

type _Listed = Mapping[tuple[Side, str], Problem]
"""The problems that records are listed with."""


@dataclass(frozen=True, slots=True)
class _Joining:
    """Pairs of one mapping that are coupled for one reason; ``again_at_s`` is that of ``couple_pairs``."""

    store: CouplingStore
    origin: Origin
    again_at_s: float

    def transact(self, group: Sequence[_Planned]) -> set[tuple[str, str]]:
        """Couple these in one transaction, or each on its own; the ids of those that are coupled now."""
        try:
            self.store.transact([operation for _, own in group for operation in own])
        except (AlreadyExists, Changed, Missing):
            return {pair.ids for pair, _ in group if self._couple_one(pair)}
        return {pair.ids for pair, _ in group}

    def _couple_one(self, pair: NewPair) -> bool:
        """Somebody was faster with one of a group: each on its own, as it is on file now."""
        for _ in range(TRIES):
            on_file = self.store.load(Side.BC, [pair.bc_id])
            if is_coupled(on_file.get(pair.bc_id)):
                return _is_pair(on_file.get(pair.bc_id), pair)
            try:
                self.store.transact(self.operations(pair, on_file, self.problems([pair])))
            except AlreadyExists:
                return False
            except (Changed, Missing):
                continue
            return True
        return False

    def problems(self, pairs: Sequence[NewPair]) -> _Listed:
        """What the records of these pairs are listed with."""
        ids = {Side.BC: [each.bc_id for each in pairs], Side.SALES: [each.sales_id for each in pairs]}
        found = {side: self.store.problems(side, sorted(own), ordered=True) for side, own in ids.items()}
        return {(side, own): problem for side, each in found.items() for own, problem in each.items()}

    def operations(
        self, pair: NewPair, on_file: Mapping[str, Coupling | Intent], listed: _Listed
    ) -> list[Operation]:
        """What couples a pair and ends its problems; one that is synchronised next is listed until then."""
        places = [(Side.BC, pair.bc_id), (Side.SALES, pair.sales_id)]
        waits = [self.store.problem_operation(self._unsettled(pair))] if self.again_at_s else []
        solved = [
            self.store.solved_operation(listed[each]) for each in places[len(waits) :] if each in listed
        ]
        return self.store.insert_operations(self._coupling(pair, on_file)) + waits + solved

    def _coupling(self, pair: NewPair, on_file: Mapping[str, Coupling | Intent]) -> Coupling:
        """The new coupling; it takes the place of one of the same BC record that ended."""
        ended = on_file.get(pair.bc_id)
        generation, etag = (ended.generation, ended.etag) if isinstance(ended, Coupling) else (0, "")
        return Coupling(
            pair.bc_id, pair.sales_id, generation=generation, reference=pair.reference,
            batch=self.origin.job, outcome=Outcome.COUPLED, origin=self.origin, etag=etag,
        )  # fmt: skip

    def _unsettled(self, pair: NewPair) -> Problem:
        return Problem(
            Side.BC, pair.bc_id, Outcome.WAITING, "unsettled", UNSETTLED, next_attempt_at_s=self.again_at_s,
            since_s=self.origin.at_s,
        )  # fmt: skip


def _is_pair(known: Coupling | Intent | None, pair: NewPair) -> bool:
    return isinstance(known, Coupling) and is_coupled(known) and known.sales_id == pair.sales_id


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
