"""What a person does in Tandem itself while it works: each deed is one use case behind its API.

A deed is drawn with the records it is about; what the product does not allow now is just not done.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from local.simulate.fields import SIDES, Pair
from local.simulate.observing import Key, Observer
from shared_code.core.coupling import Coupling
from shared_code.core.instructions import Instruction
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.core.undo import Otherwise
from shared_code.sync import by_hand, full_sync, on_demand, problem_actions
from shared_code.sync.conflicts import deciding
from shared_code.sync.history import undos
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.previewing import previews
from shared_code.sync.problem_actions import Action

FEW = 3
"""Records of one deed at most."""

MAX_LISTED = 200
VALUES = (Instruction.MERGE, Instruction.MERGE, Instruction.BC_VALUES, Instruction.SALES_VALUES)


@dataclass
class Desk:
    """Where a person sits: one process, one connection, and what has been done there.

    ``uncoupled`` are the pairs that were to end, by connection and id in Business Central, ``undos`` those
    whose preview has begun, by connection and id.
    """

    rng: random.Random
    observer: Observer
    pairs: Mapping[str, Pair]
    uncoupled: set[tuple[str, str]] = field(default_factory=set)
    undos: list[tuple[str, str]] = field(default_factory=list)

    def mapping(self, at: ConnectionParts) -> str:
        """One of the mappings that are kept in step."""
        return self.rng.choice(sorted(name for name in self.pairs if name in at.mappings))

    def coupled(self, at: ConnectionParts, mapping: str) -> list[Coupling]:
        """Some coupled pairs; the local currency is none that a person could name."""
        found = [each for each in at.couplings(mapping).all_coupled() if each.bc_id.strip("0-")]
        return self.rng.sample(found, min(len(found), self.rng.randint(1, FEW)))

    def listed(self, at: ConnectionParts, mapping: str) -> list[Problem]:
        """Some records that are listed."""
        found = at.couplings(mapping).all_problems(MAX_LISTED)
        return self.rng.sample(found, min(len(found), self.rng.randint(1, FEW)))

    def alone(self, at: ConnectionParts, mapping: str, side: str) -> list[str]:
        """The ids of records of a side that wait for a partner and that Tandem did not make."""
        company = at.connection.company_id.lower() if side == "bc" else ""
        table = self.pairs[mapping].table(side)
        ours = {e.key for e in self.observer.writes if e.kind == "created" and e.who.startswith("tandem")}
        listed = (e for e in at.couplings(mapping).all_problems(MAX_LISTED) if e.side.value == side)
        keys = (Key(side, company, table, each.record_id) for each in listed)
        return [key.id for key in keys if key in self.observer.present and key not in ours]


type Deed = Callable[[Desk, Parts, ConnectionParts], bool]


def synchronise_now(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """Some pairs are synchronised at once, perhaps with the values of one side."""
    name, side = desk.mapping(at), Side(desk.rng.choice(SIDES))
    ids = [each.id_on(side) for each in desk.coupled(at, name)]
    return bool(on_demand.queue(parts, at, at.mapping(name), side, ids, desk.rng.choice(VALUES)).job)


def try_again(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """Listed records are tried again: some, or all of one cause."""
    name = desk.mapping(at)
    listed = desk.listed(at, name)
    if listed and desk.rng.random() < 0.3:
        problem_actions.act_on_group(parts, at, at.mapping(name), Action.RETRY, listed[0].code, "")
    elif listed:
        problem_actions.act(parts, at, at.mapping(name), Action.RETRY, _places(listed))
    return bool(listed)


def set_aside(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """Listed records are left out until somebody wants them."""
    name = desk.mapping(at)
    listed = desk.listed(at, name)
    return problem_actions.act(parts, at, at.mapping(name), Action.SKIP, _places(listed)).count > 0


def decide(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """A conflict, or all of a mapping, are decided."""
    name, winner = desk.mapping(at), Side(desk.rng.choice(SIDES))
    found = [each for each in at.couplings(name).all_problems(MAX_LISTED) if each.code == "conflict"]
    records = {desk.rng.choice(found).record_id: ""} if found and desk.rng.random() < 0.7 else {}
    decision = deciding.Decision(winner, records, by="pat")
    return deciding.decide_conflicts(parts, at, name, decision).groups > 0


def preview(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """A full synchronisation on paper."""
    release = tuple(name for name in at.mappings if desk.rng.random() < 0.3)
    previews.start(parts, at, full_sync.Request(release=release))
    return True


def create_partner(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """A partner is made for a record that waits for one, whoever else might have been it."""
    name, side = desk.mapping(at), desk.rng.choice(SIDES)
    alone = desk.alone(at, name, side)
    if not alone or side not in desk.pairs[name].sources:
        return False
    chosen = [desk.rng.choice(alone)]
    return bool(on_demand.queue(parts, at, at.mapping(name), Side(side), chosen, Instruction.CREATE).job)


def couple(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """Two records that wait for a partner are said to belong together, where both sides have such."""
    names = sorted(name for name in desk.pairs if name in at.mappings)
    alone = {name: [desk.alone(at, name, side) for side in SIDES] for name in names}
    fitting = [name for name, (bc, sales) in alone.items() if bc and sales]
    if not fitting:
        return False
    name = desk.rng.choice(fitting)
    bc, sales = alone[name]
    wanted = [(desk.rng.choice(bc), desk.rng.choice(sales))]
    return bool(by_hand.couple(parts, at, at.mapping(name), wanted, desk.rng.choice(VALUES)).job)


def uncouple(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """A pair is to end, and neither gets a partner by itself."""
    name = desk.rng.choice(("CUSTOMER", "CONTACT"))
    pairs = desk.coupled(at, name)[:1]
    desk.uncoupled |= {(at.name, each.bc_id) for each in pairs}
    ids = [each.bc_id for each in pairs]
    return bool(on_demand.queue(parts, at, at.mapping(name), Side.BC, ids, Instruction.UNCOUPLE).job)


def undo(desk: Desk, parts: Parts, at: ConnectionParts) -> bool:
    """What a job wrote, on one record or on all, is to be taken back: first previewed, then done."""
    for place in [each for each in desk.undos if each[0] == at.name]:
        found = undos.store_of(at).get(place[1])
        if found is not None and found.done:
            desk.undos.remove(place)
            undos.run(parts, at, found, Otherwise.LIST)
            return True
    lines = [
        (row.partition.split("|")[1], str(row.values["job"]), row.row.partition("|")[0])
        for row in at.tables.scan("Journal", limit=MAX_LISTED)
        if row.partition.startswith((f"{at.name}|CUSTOMER|", f"{at.name}|CONTACT|"))
    ]
    if lines:
        mapping, job, record = desk.rng.choice(lines)
        record = "" if record == "made" or desk.rng.random() < 0.5 else record
        desk.undos.append((at.name, undos.begin(parts, at, [(mapping, job)], record).id))
    return False


def _places(listed: Sequence[Problem]) -> list[tuple[Side, str]]:
    return [(each.side, each.record_id) for each in listed]


ALWAYS: tuple[Deed, ...] = (synchronise_now, synchronise_now, try_again, set_aside, decide, decide, preview)
"""Deeds that fit beside everything else."""

OF_PAIRS: tuple[Deed, ...] = (create_partner, couple, uncouple)
"""Deeds that begin and end pairs: not where a restore or a loss takes pairs away as well."""

OF_VALUES: tuple[Deed, ...] = (undo, undo, undo)
"""Deeds that need to know what was written, and under which rules: not where rules change, either."""
