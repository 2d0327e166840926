"""The pair of notes on orders, which people write on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.simulate.fields import Pair, Text, is_blank


def _note_is_inside(side: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """A text on an order.  Whether that order is carried tells the order."""
    if side == "bc":
        return not is_blank(values.get("orderId"))
    is_text = not values.get("isdocument") and not is_blank(values.get("notetext"))
    return is_text and kinds.get("_objectid_value") == "salesorder"


NOTE = Pair(
    "ORDER NOTE",
    "tandem/orderNotes",
    "annotation",
    "annotations",
    (Text("text", "text", ("notetext",), "text", 100_000, 100_000),),
    frozenset(),
    frozenset({"subject", "_objectid_value", "_ownerid_value"}),
    _note_is_inside,
)
