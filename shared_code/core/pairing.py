"""Pairing: whether two records may be coupled, and what is out of step between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.mapping import Mapping
from shared_code.core.merging import Known, merge
from shared_code.core.policies import Rules
from shared_code.core.records import Side, Values


class Verdict(StrEnum):
    """What becomes of a pair that a person wants coupled."""

    COUPLED = "coupled"
    IN_PLACE = "in_place"
    NAMED_TWICE = "named_twice"
    ALREADY_COUPLED = "already_coupled"
    BEING_CREATED = "being_created"
    NOT_FOUND = "not_found"
    OUTSIDE_FILTER = "outside_filter"
    OTHER_COMPANY = "other_company"


type OnFile = Coupling | Intent | None


def verdict(bc_id: str, sales_id: str, on_file: Sequence[OnFile], *, moves: bool) -> Verdict:
    """By what is on file about the two records.  ``moves``: a record may leave the partner it has."""
    living = [each for each in on_file if isinstance(each, Coupling) and each.state is CouplingState.COUPLED]
    if any((each.bc_id, each.sales_id) == (bc_id, sales_id) for each in living):
        return Verdict.IN_PLACE
    if any(isinstance(each, Intent) for each in on_file):
        return Verdict.BEING_CREATED
    return Verdict.ALREADY_COUPLED if living and not moves else Verdict.COUPLED


def verdict_of_records(bc: Known | None, sales: Known | None) -> Verdict:
    """By what the two records are now; ``None`` is one that is not there."""
    if bc is None or sales is None:
        return Verdict.NOT_FOUND
    if bc.foreign or sales.foreign:
        return Verdict.OTHER_COMPANY
    return Verdict.COUPLED if bc.inside and sales.inside else Verdict.OUTSIDE_FILTER


@dataclass(frozen=True, slots=True)
class Difference:
    """A field group that two records do not agree in.  ``goes_to`` is the side that is written; ``None``: a
    conflict, which a person decides."""

    group: str
    bc: Values
    sales: Values
    goes_to: Side | None


def differences(mapping: Mapping, bc: Known, sales: Known, rules: Rules) -> list[Difference]:
    """What is out of step between two records that were never in step, and what the rules make of it."""
    merged = merge(mapping, None, {Side.BC: bc, Side.SALES: sales}, rules)
    contested = {each.group for each in merged.conflicts}
    found = []
    for group in mapping.groups:
        names = [each.name for each in group]
        targets = [side for side in Side if any(name in merged.to(side) for name in names)]
        if targets or group[0].group in contested:
            ours, theirs = ({name: known.values.get(name) for name in names} for known in (bc, sales))
            found.append(Difference(group[0].group, ours, theirs, targets[0] if targets else None))
    return found
