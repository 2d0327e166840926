"""The words of the simulation's own list of what corresponds to what: a ``Pair`` is one mapping with its
record tables, a ``Text`` one field that people write unique values into.

The list is in ``pairs`` and ``further_pairs``, written down apart from the product's mappings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LONGEST_PART = 30
"""Business Central keeps the parts of a name beside the whole, each cut off there."""

BLANK_ID = "00000000-0000-0000-0000-000000000000"

type Inside = Callable[[str, Mapping[str, Any], Mapping[str, str]], bool]
"""Whether a record of a side is kept in step, by its values and the tables its lookups lead to."""
type Told = Callable[[Mapping[str, Any]], bool]
"""Whether a row of a table that several pairs share belongs to this one, by its values."""

SIDES = ("bc", "sales")


@dataclass(frozen=True)
class Text:
    """A field that people write: ``name`` is what the product calls it, ``kind`` says what a service accepts
    in it, lengths are the services' own.

    ``flow`` is where values go: ``both``, ``to_sales`` or ``from_sales``.  ``group``: the field group that
    merges and conflicts as one value, blank for the field alone.
    """

    name: str
    bc: str
    sales: tuple[str, ...]
    kind: str
    bc_length: int
    sales_length: int
    group: str = ""
    flow: str = "both"

    def on(self, side: str) -> tuple[str, ...]:
        return (self.bc,) if side == "bc" else self.sales

    def is_source(self, side: str) -> bool:
        """Whether what people write on this side is carried."""
        return self.flow in ("both", "to_sales" if side == "bc" else "from_sales")


@dataclass(frozen=True)
class Pair:
    """Two tables kept in step.  ``allowed`` are further fields that may be written, by side; ``sources`` the
    sides whose new records get a partner.  ``told`` tells a row from those of another pair with its table;
    what none tells belongs to the pair without."""

    mapping: str
    bc: str
    sales: str
    sales_set: str
    texts: tuple[Text, ...]
    allowed_bc: frozenset[str]
    allowed_sales: frozenset[str]
    inside: Inside
    sources: tuple[str, ...] = SIDES
    told: Told | None = None

    def table(self, side: str) -> str:
        return self.bc if side == "bc" else self.sales

    def path(self, side: str, record_id: str = "") -> str:
        """Where a person finds the record, or the whole table."""
        table = self.sales_set if side == "sales" else self.bc
        return f"{table}({record_id})" if record_id else table

    def texts_from(self, side: str) -> tuple[Text, ...]:
        """The fields that people's values are carried from on this side."""
        return tuple(each for each in self.texts if each.is_source(side))


def is_blank(value: Any) -> bool:
    return value is None or str(value).strip() in ("", BLANK_ID, "_x0020_")


def inside(pair: Pair, side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a record is one that is kept in step."""
    return pair.inside(side, values, kinds)


def text_of(text: Text, side: str, values: Mapping[str, Any]) -> str:
    """A field as both sides are compared: names joined, outer blanks off, codes in capitals."""
    joined = " ".join(str(values.get(name) or "").strip() for name in text.on(side)).strip()
    if text.kind == "parts":
        return " ".join(word[:LONGEST_PART] for word in joined.split())
    if text.kind in ("phone", "name"):
        joined = " ".join(joined.split())
    if text.kind == "amount":
        return f"{Decimal(joined or '0').normalize():f}"
    return joined.upper() if text.kind == "code" else joined
