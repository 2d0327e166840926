"""Policies: what is done where two sides disagree, and what people decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared_code.core.records import Side, Values


class ConflictRule(StrEnum):
    """What happens when both sides changed the same field group to different values."""

    ASK = "ask"
    BC_WINS = "bc_wins"
    SALES_WINS = "sales_wins"
    NEWEST_WINS = "newest_wins"


MODIFIED_ON = "modifiedon"
"""The column of every Sales table with the time of its last change: the newest is told by it."""


class LeavingRule(StrEnum):
    """What becomes of the Sales row of a BC record that leaves the filter."""

    KEEP = "keep"
    REMOVE = "remove"


class DeletionRule(StrEnum):
    """What happens when one of two coupled records was deleted."""

    ASK = "ask"
    UNCOUPLE = "uncouple"
    RESTORE = "restore"
    DELETE = "delete"
    DEACTIVATE = "deactivate"


PARTED = "parted"
"""The problem code of a record that the rule to uncouple left without a partner."""


@dataclass(frozen=True, slots=True)
class BySide:
    """What happens by the side whose record was deleted."""

    bc: DeletionRule = DeletionRule.ASK
    sales: DeletionRule = DeletionRule.ASK


type DeletionRules = DeletionRule | BySide


def deletion_rule(rules: DeletionRules, gone: Side) -> DeletionRule:
    """The rule for a record of ``gone`` that was deleted.

    One rule for both sides deletes nothing in Business Central: that must be asked for by name.
    """
    if isinstance(rules, BySide):
        return rules.bc if gone is Side.BC else rules.sales
    return DeletionRule.ASK if rules is DeletionRule.DELETE and gone is Side.SALES else rules


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's decision about one field group in conflict: whose value counts.

    It holds for the values that the person saw, ``bc`` and ``sales``, and for no others.
    """

    winner: Side
    bc: Values
    sales: Values
    by: str = ""

    def fits(self, bc: Values, sales: Values) -> bool:
        """Whether both sides still hold what was decided about."""
        return self.bc == bc and self.sales == sales


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person or a job decided beyond the mapping: whether creating is allowed, by side, and choices by
    field group.

    ``favour``: wherever the sides differ its values count, also where only the other one changed.
    ``insists``: a person asked for just this creation, restoration or deletion.
    """

    create_in: frozenset[Side] = field(default_factory=lambda: frozenset(Side))
    conflict: ConflictRule = ConflictRule.ASK
    deletion: DeletionRules = DeletionRule.ASK
    choices: Mapping[str, Choice] = field(default_factory=dict)
    favour: Side | None = None
    insists: bool = False
