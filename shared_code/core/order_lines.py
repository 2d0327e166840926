"""Lines of an order that go both ways: brought together line by line against what both sides held.  Pure.

A line is known by one id on both sides: that of one side follows from that of the other
(``identity.line_partner``), so equal lines are never guessed to be one.  What is kept of an order's lines is
one text, so that base, journal and intents hold it like any other value.

A line has *parts* that only make sense as one value.  A quantity that was changed here and a price that was
changed there is no conflict.  A line of which the base knows only one side was there before lines went both
ways, or has no place on the other side: it is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared_code.core.frozen import frozen
from shared_code.core.records import Side, Value

LINES = "lines"
"""The field of a mapping that stands for all lines."""
MOST_LINES = 500
"""The lines of an order that has more are carried once: base and journal hold them in one row of storage."""
SELLS, UNIT, QUANTITY, PRICE, DISCOUNT, TEXT, DATE = (
    "sells", "unit", "quantity", "price", "discount", "text", "date",
)  # fmt: skip
PARTS: Mapping[str, tuple[str, ...]] = {
    "product": (SELLS, UNIT),
    "quantity": (QUANTITY,),
    "price": (PRICE, DISCOUNT),
    "text": (TEXT,),
    "date": (DATE,),
}
WHOLE = "line"
"""The part of a conflict that is about the line itself: deleted here, edited there."""

type Line = Mapping[str, str]
"""The values of a line by their names; blank ones are left out."""
type Lines = Mapping[str, Line]
type Changes = dict[str, Line | None]
"""What is to be written, by the id of the line: values of whole parts, blank ones as well; ``None`` deletes
it.  A line that is not there is made."""
type Held = Mapping[Side, Lines]


@frozen
class LineConflict:
    """A part of a line that was changed on both sides to different values, or a line that one side deleted
    and the other one edited.  ``None``: the line is not there."""

    id: str
    part: str
    base: Line | None
    bc: Line | None
    sales: Line | None


type Decide = Callable[[LineConflict], Side | None]
"""Whose value counts of what both sides changed; ``None``: a person is to decide."""


@dataclass
class LinesMerge:
    """What is to be written on each side, and what is contested."""

    to: Mapping[Side, Changes] = field(default_factory=lambda: {side: {} for side in Side})
    conflicts: list[LineConflict] = field(default_factory=list)


def text_of(lines: Mapping[str, Line | None]) -> str:
    """Lines, or changes of them, as one text; equal ones give equal texts."""
    return json.dumps(lines, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(text: Value) -> dict[str, Line] | None:
    """The lines of a text, ``None`` where they are not known."""
    return {key: line for key, line in changes_of(text).items() if line is not None} if text else None


def changes_of(text: Value) -> Changes:
    """The changes of a text."""
    found: Changes = json.loads(str(text)) if text else {}
    return found


_WORDS: Mapping[str, str] = {
    SELLS: "",
    UNIT: "",
    QUANTITY: "quantity ",
    PRICE: "price ",
    DISCOUNT: "discount ",
    DATE: "wanted on ",
}


def told(line: Line | None) -> str | None:
    """What a line holds, in words; ``None`` where it is not there."""
    if line is None:
        return None
    return ", ".join(f"{_WORDS.get(name, '')}{value}" for name, value in line.items() if value) or "blank"


def merge_lines(
    base: Mapping[Side, Lines | None], held: Held, decide: Decide, favour: Side | None = None
) -> LinesMerge:
    """What is written where, so that both sides hold the lines of both.

    ``favour``: the side whose values count wherever the two differ, because a person says so.
    """
    merged = LinesMerge()
    known: Held = {side: base[side] or {} for side in Side}
    is_first = any(base[side] is None for side in Side)
    for key in sorted({*held[Side.BC], *held[Side.SALES]}):
        if all(key in held[side] for side in Side):
            _merge_parts(merged, key, known, held, decide, favour)
        elif not is_first:
            _merge_lone(merged, key, known, held, decide, favour)
    return merged


def _merge_parts(
    merged: LinesMerge, key: str, known: Held, held: Held, decide: Decide, favour: Side | None
) -> None:
    """A line that both sides hold."""
    for part, names in PARTS.items():
        if _agrees(key, names, known, held):
            continue
        changed = [
            side for side in Side if _part(known[side].get(key), names) != _part(held[side][key], names)
        ]
        winner = favour or (changed[0] if len(changed) == 1 else None)
        if winner is None:
            contested = _conflict(key, part, names, known, held)
            winner = decide(contested)
            if winner is None:
                merged.conflicts.append(contested)
                continue
        line = merged.to[winner.other].setdefault(key, {})
        merged.to[winner.other][key] = {**(line or {}), **_part(held[winner][key], names)}


def _merge_lone(
    merged: LinesMerge, key: str, known: Held, held: Held, decide: Decide, favour: Side | None
) -> None:
    """A line that one side holds: new there, deleted on the other, or that side's alone."""
    here = next(side for side in Side if key in held[side])
    line = held[here][key]
    in_base = [side for side in Side if key in known[side]]
    if in_base == [here]:
        return
    if not in_base or favour is here:
        merged.to[here.other][key] = _whole(line)
        return
    winner = favour or (here.other if known[here].get(key) == line else None)
    if winner is None:
        contested = _conflict(key, WHOLE, tuple(_NAMES), known, held)
        winner = decide(contested)
        if winner is None:
            merged.conflicts.append(contested)
            return
    if winner is here:
        merged.to[here.other][key] = _whole(line)
    else:
        merged.to[here][key] = None


_NAMES = tuple(name for names in PARTS.values() for name in names)


def _part(line: Line | None, names: tuple[str, ...]) -> dict[str, str]:
    return {name: (line or {}).get(name, "") for name in names}


def _whole(line: Line) -> dict[str, str]:
    return _part(line, _NAMES)


def _agrees(key: str, names: tuple[str, ...], known: Held, held: Held) -> bool:
    """Whether a part is equal on both sides, or as both stored one common value."""
    bc, sales = (_part(held[side][key], names) for side in (Side.BC, Side.SALES))
    return bc == sales or all(
        key in known[side] and _part(known[side][key], names) == _part(held[side][key], names)
        for side in Side
    )


def _conflict(key: str, part: str, names: tuple[str, ...], known: Held, held: Held) -> LineConflict:
    bc, sales = (held[side].get(key) for side in (Side.BC, Side.SALES))
    old = known[Side.BC].get(key)
    return LineConflict(
        key, part, *(None if each is None else _part(each, names) for each in (old, bc, sales))
    )


def confirmed(before: Held, sent_to: Side, sent: Changes, returned: Lines) -> dict[Side, dict[str, Line]]:
    """What both sides held, once the write of ``sent`` is confirmed; ``returned`` is what the service holds.

    A value that came back different is the service's own form of it.
    """
    after = {side: dict(before[side]) for side in Side}
    for key, line in sent.items():
        if line is None:
            for side in Side:
                after[side].pop(key, None)
            continue
        theirs = _part(returned[key], tuple(line)) if key in returned else line
        after[sent_to.other][key] = _filled({**before[sent_to.other].get(key, {}), **line})
        after[sent_to][key] = _filled({**before[sent_to].get(key, {}), **theirs})
    return after


def settled(base: Mapping[Side, Lines | None], held: Held) -> dict[Side, dict[str, Line]]:
    """What both sides held when they were last in step, after a look that leaves some lines open: what agrees
    is taken, the rest stays as it was."""
    known: Held = {side: base[side] or {} for side in Side}
    is_first = any(base[side] is None for side in Side)
    after: dict[Side, dict[str, Line]] = {side: {} for side in Side}
    for key in {*held[Side.BC], *held[Side.SALES]}:
        there = [side for side in Side if key in held[side]]
        in_base = [side for side in Side if key in known[side]]
        for side in Side:
            if len(there) == len(Side):
                after[side][key] = _filled(_agreed(key, side, known, held))
            elif there == [side] and (is_first or in_base == [side]):
                after[side][key] = held[side][key]
            elif len(in_base) == len(Side):
                after[side][key] = known[side][key]
    return after


def _agreed(key: str, side: Side, known: Held, held: Held) -> dict[str, str]:
    line: dict[str, str] = {}
    for names in PARTS.values():
        from_where = held if _agrees(key, names, known, held) else known
        line |= _part(from_where[side].get(key), names)
    return line


def _filled(line: Line) -> dict[str, str]:
    return {name: value for name, value in line.items() if value}
