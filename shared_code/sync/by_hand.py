"""Coupling by hand: a person names pairs, is told what would become of each, and what differs in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared_code.core.coupling import Coupling, Intent, Origin, OriginKind
from shared_code.core.instructions import Instruction, rules_under
from shared_code.core.jobs import JobKind
from shared_code.core.labels import label_of
from shared_code.core.mapping import Mapping
from shared_code.core.merging import Known
from shared_code.core.pairing import Difference, Verdict, differences, verdict, verdict_of_records
from shared_code.core.policies import Rules
from shared_code.core.records import Row, Side
from shared_code.core.references import reference_key
from shared_code.sync.coupling import NewPair, couple_pairs, end_couplings
from shared_code.sync.parts import ConnectionParts, Parts, table_of
from shared_code.sync.processing.committing import is_coupled
from shared_code.sync.processing.knowing import known_of
from shared_code.sync.processing.links import LinkTable
from shared_code.sync.retries import queue_records
from shared_code.sync.waiting import free_waiters

AGAIN_S = 300.0
"""After so long a pair is synchronised by itself whose job never came, because its maker died."""

MAX_PAIRS = 500
"""Pairs of one request: one read per side."""


@dataclass(frozen=True, slots=True)
class PairWanted:
    """How a pair stands: its records' names, who its records are coupled with instead, what differs."""

    bc_id: str
    sales_id: str
    verdict: Verdict
    names: MappingOf[Side, str] = field(default_factory=dict)
    partners: MappingOf[Side, str] = field(default_factory=dict)
    differences: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class Coupled:
    """What became of each pair, in the order given; ``job`` synchronises the coupled ones, if one does."""

    pairs: Sequence[PairWanted]
    job: str = ""


def couple(
    parts: Parts,
    at: ConnectionParts,
    mapping: Mapping,
    wanted: Sequence[tuple[str, str]],
    then: Instruction,
    *,
    moves: bool = False,
    only_check: bool = False,
) -> Coupled:
    """Couple pairs of records that a person names.

    ``then`` tells what is done about what differs: ``NONE`` leaves it for the next change or full
    synchronisation.  ``moves``: a record leaves the partner it has.  ``only_check`` writes nothing.
    """
    look = _Look(at, mapping, wanted, then, moves=moves)
    looked = [look.at_pair(*each) for each in wanted]
    if only_check:
        return Coupled(looked)
    fit = [each for each in looked if each.verdict is Verdict.COUPLED]
    end_couplings(at, mapping.name, look.in_the_way(fit))
    job = parts.new_job_id()
    now = parts.runtime.now()
    origin = Origin(OriginKind.BY_HAND, job, "", now)
    again_at_s = 0.0 if then is Instruction.NONE else now + AGAIN_S
    new = [look.new_pair(each) for each in fit]
    done = couple_pairs(at, mapping.name, new, origin, again_at_s=again_at_s)
    answers = [_outcome(each, done) for each in looked]
    _free(parts, at, mapping, look, [each for each in answers if each.verdict is Verdict.COUPLED])
    in_place = [each.bc_id for each in answers if each.verdict in (Verdict.COUPLED, Verdict.IN_PLACE)]
    if then is Instruction.NONE or not in_place:
        return Coupled(answers)
    return Coupled(
        answers,
        queue_records(parts, at, mapping.name, Side.BC, in_place, JobKind.COUPLING, job, instruction=then),
    )


def _outcome(each: PairWanted, done: set[tuple[str, str]]) -> PairWanted:
    """A pair that was fit and is not coupled was overtaken: a record of it got another partner just now."""
    overtaken = each.verdict is Verdict.COUPLED and (each.bc_id, each.sales_id) not in done
    return replace(each, verdict=Verdict.ALREADY_COUPLED) if overtaken else each


def _free(
    parts: Parts, at: ConnectionParts, mapping: Mapping, look: _Look, coupled: Sequence[PairWanted]
) -> None:
    pairs = [look.new_pair(each) for each in coupled]
    keys = {f"{Side.BC}|{each.bc_id}" for each in pairs} | {f"{Side.SALES}|{each.sales_id}" for each in pairs}
    keys |= {f"{Side.BC}|{each.reference}" for each in pairs if each.reference}
    free_waiters(parts, at, mapping.name, keys)


class _Look:
    """What is on file and in both systems about the records of a request."""

    def __init__(
        self,
        at: ConnectionParts,
        mapping: Mapping,
        wanted: Sequence[tuple[str, str]],
        then: Instruction,
        *,
        moves: bool,
    ) -> None:
        self._at, self._mapping, self._moves = at, mapping, moves
        self._rules = rules_under(then, Rules())
        ids = {side: sorted({each[n] for each in wanted}) for n, side in enumerate(Side)}
        self._times = {side: Counter(each[n] for each in wanted) for n, side in enumerate(Side)}
        store = at.couplings(mapping.name)
        self._on_file = {side: store.load(side, ids[side]) for side in Side}
        self._links = LinkTable(at, mapping)
        self._rows = {side: self._read(side, {*ids[side], *self._partners_on(side)}) for side in Side}

    def _partners_on(self, side: Side) -> set[str]:
        """Who the named records of the other side are coupled with: a person wants to read their names."""
        found = self._on_file[side.other].values()
        return {each.id_on(side) for each in found if isinstance(each, Coupling) and is_coupled(each)}

    def _read(self, side: Side, ids: set[str]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        table, listed = table_of(self._mapping, side), sorted(ids)
        for start in range(0, len(listed), MAX_PAIRS):
            rows |= self._at.systems[side].read(table, listed[start : start + MAX_PAIRS])
        self._links.load(side, rows.values())
        return rows

    def at_pair(self, bc_id: str, sales_id: str) -> PairWanted:
        ids = {Side.BC: bc_id, Side.SALES: sales_id}
        names = {side: self._name(side, own) for side, own in ids.items()}
        if any(self._times[side][own] > 1 for side, own in ids.items()):
            return PairWanted(bc_id, sales_id, Verdict.NAMED_TWICE, names)
        found = verdict(
            bc_id, sales_id, [self._of(side, own) for side, own in ids.items()], moves=self._moves
        )
        known = [self._known(side, own) for side, own in ids.items()]
        if found is Verdict.COUPLED:
            found = verdict_of_records(*known)
        partners = {side: name for side, own in ids.items() if (name := self._partner(side, own))}
        differ = self._differences(found, *known)
        return PairWanted(bc_id, sales_id, found, names, partners, differ)

    def _differences(self, found: Verdict, bc: Known | None, sales: Known | None) -> list[Difference]:
        if found is not Verdict.COUPLED or bc is None or sales is None:
            return []
        return differences(self._mapping, bc, sales, self._rules)

    def _of(self, side: Side, record_id: str) -> Coupling | Intent | None:
        return self._on_file[side].get(record_id)

    def _known(self, side: Side, record_id: str) -> Known | None:
        row = self._rows[side].get(record_id)
        return known_of(self._at, self._mapping, self._links, side, row) if row else None

    def _name(self, side: Side, record_id: str) -> str:
        row = self._rows[side].get(record_id)
        return label_of(self._mapping.side(side), row.values) if row else ""

    def _partner(self, side: Side, record_id: str) -> str:
        known = self._of(side, record_id)
        if not isinstance(known, Coupling) or not is_coupled(known):
            return ""
        partner = known.id_on(side.other)
        return self._name(side.other, partner) or partner

    def in_the_way(self, fit: Sequence[PairWanted]) -> list[Coupling]:
        """The living couplings of records that are to get another partner, each once."""
        found = (
            self._of(side, own) for p in fit for side, own in ((Side.BC, p.bc_id), (Side.SALES, p.sales_id))
        )
        living = [each for each in found if isinstance(each, Coupling) and is_coupled(each)]
        return list({each.bc_id: each for each in living}.values())

    def new_pair(self, each: PairWanted) -> NewPair:
        row = self._rows[Side.BC].get(each.bc_id)
        names = self._mapping.bc.reference
        return NewPair(
            each.bc_id, each.sales_id, (reference_key(map(row.values.get, names)) if row else "") or ""
        )
