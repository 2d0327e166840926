"""States: a value of Business Central as the state and the status reason of a Dataverse row.

A row's status reason belongs to its state, and organisations add reasons of their own, so an unknown reason
stands for the first value of its state.  Source: facts of the Dataverse tables, state transitions.
"""

from __future__ import annotations

from shared_code.core.fields import FieldMapping
from shared_code.core.records import Side, Value, Values


def get(each: FieldMapping, side: Side, native: Values) -> str | None:
    """The value a record is in; ``None`` for one that the field's ``states`` do not name."""
    if side is Side.BC:
        held = native.get(each.bc or "")
        return next((name for name, _, _ in each.states if name == held), None)
    state, status = (native.get(column) for column in each.sales)
    exact = (name for name, *numbers in each.states if numbers == [state, status])
    alike = (name for name, number, _ in each.states if number == state)
    return next(exact, None) or next(alike, None)


def put(each: FieldMapping, value: Value) -> dict[str, Value]:
    """State and status reason for a value; nothing for a blank, which is no state."""
    found = next(((state, status) for name, state, status in each.states if name == value), None)
    return dict(zip(each.sales, found, strict=True)) if found else {}


def place(each: FieldMapping, value: Value) -> int:
    """How far a value is in the order of the field's states; blank is before them all."""
    return next((at for at, (name, _, _) in enumerate(each.states, 1) if name == value), 0)
