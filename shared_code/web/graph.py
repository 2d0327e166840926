"""The order of mappings as a picture: a column per wave, arrows to the mappings that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared_code.core.dependencies import waves

BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN, HEAD = 215, 30, 70, 14, 12, 26


@dataclass(frozen=True, slots=True)
class Box:
    """A mapping's box: its corner in the picture."""

    name: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + BOX_H // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, curves between them, and the size; ``columns`` are the places of the waves' headings."""

    width: int
    height: int
    boxes: Sequence[Box]
    curves: Sequence[str]
    columns: Sequence[int]
    box_w: int = BOX_W
    box_h: int = BOX_H


def drawn(depends_on: Mapping[str, Iterable[str]]) -> Picture:
    """The picture of these mappings.  What they depend on and is not among them is left out, and so is an
    arrow that others on the way say already."""
    order = waves(depends_on)
    columns = [MARGIN + number * (BOX_W + GAP_X) for number in range(len(order))]
    places = {
        name: Box(name, columns[number], HEAD + MARGIN + row * (BOX_H + GAP_Y))
        for number, wave in enumerate(order)
        for row, name in enumerate(wave)
    }
    needs = {name: {each for each in others if each in places} for name, others in depends_on.items()}
    curves = [
        _curve(places[before], places[name])
        for name in depends_on
        for before in sorted(needs[name] - _implied(needs, name))
    ]
    rows = max(map(len, order), default=0)
    width = (columns[-1] if columns else 0) + BOX_W + MARGIN
    return Picture(width, HEAD + 2 * MARGIN + rows * (BOX_H + GAP_Y), [*places.values()], curves, columns)


def _implied(needs: Mapping[str, set[str]], name: str) -> set[str]:
    """What a mapping waits for anyway, because what it waits for does."""
    found: set[str] = set()
    rest = [each for before in needs[name] for each in needs[before]]
    while rest:
        each = rest.pop()
        if each not in found:
            found.add(each)
            rest += needs[each]
    return found


def _curve(start: Box, end: Box) -> str:
    """The path of an arrow from the right edge of a box to the left edge of another."""
    x1, y1, x2, y2 = start.x + BOX_W, start.middle, end.x - 6, end.middle
    bend = GAP_X // 2
    return f"M{x1},{y1} C{x1 + bend},{y1} {x2 - bend},{y2} {x2},{y2}"
