"""Filters: whether a native record is inside a mapping's filter.

Detection never sends a filter to a service, so that a record that leaves the filter is seen leaving.
"""

from __future__ import annotations

from shared_code.core.mapping import Condition, Mapping
from shared_code.core.records import ZERO_ID, Side, Value, Values

BLANKS: tuple[Value, ...] = (None, "", ZERO_ID, "_x0020_")


def inside(mapping: Mapping, side: Side, native: Values) -> bool:
    """Whether the record meets all conditions of its side."""
    return all(meets(condition, native) for condition in mapping.side(side).filter)


def told(mapping: Mapping, side: Side, native: Values) -> str:
    """Why a record that only one condition keeps outside the filter is not carried; blank where none says."""
    failed = [each for each in mapping.side(side).filter if not meets(each, native)]
    return failed[0].otherwise if len(failed) == 1 else ""


def creatable(mapping: Mapping, side: Side, native: Values) -> bool:
    """Whether a record of that side may be given a partner, as far as its own values tell."""
    return all(meets(condition, native) for condition in mapping.side(side).creates_when)


def can_move_unstamped(mapping: Mapping, held: Values) -> bool:
    """Whether BC's record of a pair that held these values can have changed at the same version."""
    conditions = mapping.bc.unstamped_while
    moves = bool(conditions) or mapping.bc.moved_by is not None
    return moves and all(meets(condition, held) for condition in conditions)


def foreign(mapping: Mapping, side: Side, native: Values, company_id: str) -> bool:
    """Whether a Dataverse row carries the mark of another company.  An unmarked row is free to take."""
    column = mapping.side(side).company_column
    mark = native.get(column) if column else None
    return bool(mark) and str(mark).lower() != company_id.lower()


def meets(condition: Condition, native: Values) -> bool:
    """Whether one condition holds.  Text is compared without regard to case, as both services do."""
    value = native.get(condition.field)
    match condition.op:
        case "is_blank":
            return value in BLANKS
        case "is_not_blank":
            return value not in BLANKS
        case "is_not":
            return not any(_same(value, each) for each in condition.values)
        case _:
            return any(_same(value, each) for each in condition.values)


def _same(value: Value, wanted: Value) -> bool:
    if wanted in BLANKS:
        return value in BLANKS
    if isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
