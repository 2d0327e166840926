"""Instructions: what a person wants done with the records of a job, beyond what the rules say."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from shared_code.core.policies import BySide, DeletionRule, Rules, deletion_rule
from shared_code.core.records import Side


class Instruction(StrEnum):
    """``merge``: as the rules say, after both sides were read.  ``bc_values``, ``sales_values``: wherever the
    two differ the values of that side count, also where only the other one changed; the journal keeps
    what is replaced.  ``create``: the partner is created although nobody released that.  ``uncouple``: the
    pair ends, and neither record gets a partner by itself.  ``uncouple_all``: as one of all pairs of a
    mapping.  ``restore``: a deleted partner is created again.  ``delete``: the survivor is deleted, too; in
    Business Central only where the mapping does so by itself.
    ``undo``: what a job wrote is taken back; ``plan_undo``: it is only told what would be.
    """

    NONE = ""
    MERGE = "merge"
    BC_VALUES = "bc_values"
    SALES_VALUES = "sales_values"
    CREATE = "create"
    UNCOUPLE = "uncouple"
    UNCOUPLE_ALL = "uncouple_all"
    RESTORE = "restore"
    DELETE = "delete"
    UNDO = "undo"
    PLAN_UNDO = "plan_undo"


UNDOING = frozenset({Instruction.UNDO, Instruction.PLAN_UNDO})
UNCOUPLING = frozenset({Instruction.UNCOUPLE, Instruction.UNCOUPLE_ALL})


def deletes_in_bc(rules: Rules) -> bool:
    """Whether the mapping deletes in Business Central what was deleted in Sales: its file says so by name."""
    return deletion_rule(rules.deletion, Side.SALES) is DeletionRule.DELETE


def _in_bc(rules: Rules) -> DeletionRule:
    return DeletionRule.DELETE if deletes_in_bc(rules) else DeletionRule.ASK


def rules_under(instruction: Instruction, rules: Rules) -> Rules:
    """The rules as a person's instruction changes them.  Directions and filters stay."""
    match instruction:
        case Instruction.BC_VALUES:
            return replace(rules, favour=Side.BC)
        case Instruction.SALES_VALUES:
            return replace(rules, favour=Side.SALES)
        case Instruction.CREATE:
            return replace(rules, create_in=frozenset(Side), insists=True)
        case Instruction.RESTORE:
            return replace(rules, deletion=DeletionRule.RESTORE, insists=True)
        case Instruction.DELETE:
            return replace(rules, deletion=BySide(DeletionRule.DELETE, _in_bc(rules)), insists=True)
        case _:
            return rules
