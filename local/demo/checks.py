"""What is found out without asking Tandem how it went: records that nobody accounts for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from local.demo.kinds import Kind
from local.demo.stage import Stage


@dataclass(frozen=True)
class Account:
    """What became of the records of Business Central that belong in Sales; ``missing`` are those nobody
    speaks of."""

    inside: int
    coupled: int
    waiting: Mapping[str, int]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """How many records of a kind are in Business Central, belong in Sales, are in Sales, are coupled."""

    in_bc: int
    belong: int
    in_sales: int
    coupled: int


def account_for(stage: Stage, kind: Kind) -> Account:
    """Every record that belongs in Sales is coupled, or GET /api/problems tells why it waits."""
    inside = {kind.key(each): each for each in stage.bc(kind.bc) if kind.belongs(each)}
    coupled = {each.bc_id for each in stage.couplings(kind.mapping)} & inside.keys()
    listed = {
        each["id"]: each
        for each in stage.problems()
        if (each["mapping"], each["side"]) == (kind.mapping, "bc")
    }
    waiting = [each for each in inside if each not in coupled and each in listed]
    missing = inside.keys() - coupled - set(waiting)
    return Account(
        len(inside),
        len(coupled),
        Counter(str(listed[each]["code"]) for each in waiting),
        tuple(sorted(missing)),
    )


def numbers(stage: Stage, kind: Kind) -> Numbers:
    """Counted on both systems and in Table storage."""
    records = stage.bc(kind.bc)
    return Numbers(
        len(records),
        sum(map(kind.belongs, records)),
        sum(map(kind.counts, stage.sales(kind.sales))),
        len(stage.couplings(kind.mapping)),
    )
