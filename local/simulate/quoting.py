"""Quotes and notes: some seeds have salespeople who write quotes, and people who write notes on orders.

Which seed has some is drawn from random numbers of their own among those without any other part, so that
every other seed is as it was.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from local.simulate.note_pairs import NOTE
from local.simulate.ordering import accounts_for_lines
from local.simulate.part import Chosen, Further, Records

MAPPING = "SALESQUOTE-QUOTE"
HEADERS, BESIDE = "quote", "tandem_businesscentralquote"
QUOTES, QUOTE_LINES = "salesQuotes", "salesQuoteLines"
PART, NOTES = "quotes", "notes"


def _notes(whole: Records, kept: Records, rng: random.Random) -> Chosen:
    """None at first: people write them."""
    return {}


QUOTING: Mapping[str, Further] = {
    PART: Further((MAPPING,), ("quotes",), (), accounts_for_lines),
    NOTES: Further(("ORDER NOTE",), ("extension", "order_notes"), (NOTE,), _notes),
}
"""Quotes have no need of the extension; notes are on orders, and need it."""

COMBINATIONS: Sequence[tuple[str, ...]] = (
    ("items", "quotes"),
    ("items", "orders", "quotes"),
    ("item_units", "whole_orders", "notes"),
    ("item_units", "whole_orders", "quotes", "notes"),
)
SHARES = dict.fromkeys(("", "empty_answer", "wrong_system", "lost_watermarks"), 0.7)
"""How many of the seeds with an incident (blank: none) that have no other part have quotes or notes."""


def draw_quoting(seed: int, incident: str) -> tuple[str, ...]:
    """The parts of a seed with quotes or notes, most often none."""
    rng = random.Random(f"quotes {incident} {seed}")
    return rng.choice(COMBINATIONS) if rng.random() < SHARES.get(incident, 0.0) else ()
