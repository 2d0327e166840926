"""Short stories: the same world with less of what every seed has anyhow.

Most faults show within minutes, and a short story takes half of the time: many short ones see more in an hour
than few long ones.  What takes several looks in a row shows in the long ones only, so there are both.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.simulate.setting import Setting
from local.simulation.world import CompanyRecords

SHARE = 0.6
"""How many seeds tell a short story."""

DURATIONS_S = (90.0, 150.0)
MAX_PAUSE_S = 8.0
"""Between two acts of people, on average."""

_OPTIONS = ("paymentTerms", "salespeople", "shipmentMethods")
_UNUSED = 2
"""Options of a kind that stay although no record refers to them."""


def shortened(seed: int, setting: Setting) -> Setting:
    """The setting of a seed, for a short story where the seed draws one.

    The draw is this module's own, so the long stories are what they would be without short ones.
    """
    rng = random.Random(f"length {seed}")
    if rng.random() >= SHARE:
        return setting
    return replace(
        setting,
        companies=tuple(_with_few_options(each, rng) for each in setting.companies),
        duration_s=rng.choice(DURATIONS_S),
        pause_between_acts_s=min(MAX_PAUSE_S, setting.pause_between_acts_s),
    )


def _with_few_options(company: CompanyRecords, rng: random.Random) -> CompanyRecords:
    records = company.records
    named = {
        text.lower()
        for table, rows in records.items()
        for row in rows
        for text in row.values()
        if table not in _OPTIONS and isinstance(text, str)
    }
    fewer = {table: _few(list(records[table]), named, rng) for table in _OPTIONS}
    return replace(company, records={**records, **fewer})


def _few(options: list[dict[str, Any]], named: set[str], rng: random.Random) -> list[dict[str, Any]]:
    """What some record refers to by id or code, and a few others, in their order."""
    others = [each for each in options if not _is_named(each, named)]
    kept = {each["id"] for each in rng.sample(others, min(_UNUSED, len(others)))}
    return [each for each in options if _is_named(each, named) or each["id"] in kept]


def _is_named(option: Mapping[str, Any], named: set[str]) -> bool:
    return str(option["id"]).lower() in named or str(option["code"]).lower() in named
