"""Reading what happens when one of a pair was deleted: one rule for both sides, or one for each."""

from __future__ import annotations

from dataclasses import dataclass

from shared_code.core.document_kinds import Choice, Read, Schema
from shared_code.core.policies import BySide, DeletionRule, DeletionRules
from shared_code.core.records import Side

_RULE = Choice(DeletionRule, DeletionRule.ASK)


@dataclass(frozen=True, slots=True)
class Deletions:
    """A rule, or a table of rules by the side whose record was deleted."""

    default: DeletionRules = DeletionRule.ASK

    def read(self, given: object, where: str, key: str) -> Read:
        if not isinstance(given, dict):
            return _RULE.read(given, where, key)
        faults = [f"{key} has an unknown key “{name}”" for name in given if name not in tuple(Side)]
        rules: dict[str, DeletionRule] = {}
        for side in Side:
            if side.value in given:
                rules[side.value], wrong = _RULE.read(given[side.value], key, side.value)
                faults += wrong
        return BySide(**rules), faults

    def schema(self) -> Schema:
        sides = {
            side.value: {
                "description": f"When the record of {side.system_name} was deleted.",
                **_RULE.schema(),
            }
            for side in Side
        }
        by_side = {"type": "object", "properties": sides, "additionalProperties": False}
        return {"anyOf": [_RULE.schema(), by_side]}
