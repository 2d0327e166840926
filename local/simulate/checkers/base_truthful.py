"""I6: the base holds only values that the sides were seen to hold; in step means exactly the base."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from local.simulate.evidence import Evidence, Linked
from local.simulate.fields import Text, text_of
from local.simulate.observing import Key

NAME = "I6 base truthful"


def check(evidence: Evidence) -> list[str]:
    return [line for link in evidence.links for line in _untrue(evidence, link)]


def _untrue(evidence: Evidence, link: Linked) -> list[str]:
    base = link.coupling.base
    if base is None:
        return []
    lines = []
    for side, key, values in (("bc", link.bc, base.bc), ("sales", link.sales, base.sales)):
        for text in link.pair.texts:
            held = values.get(text.name)
            if text.name in values and not _was_held(evidence, key, side, text, held):
                lines.append(f"{_name(link)}: base says {side} held “{held}” in {text.name}; it never did")
    return lines + _not_in_step(evidence, link)


def _was_held(evidence: Evidence, key: Key, side: str, text: Text, value: object) -> bool:
    if key not in evidence.observer.history:
        return True  # No record: the local currency, which is one of Sales only.
    wanted = _plain(text, value)
    held = (text_of(text, side, each) for each in evidence.observer.history[key])
    return any(_plain(text, each) == wanted for each in held)


def _not_in_step(evidence: Evidence, link: Linked) -> list[str]:
    """In step at the very versions the records have now: then they must hold exactly the base."""
    coupling, base = link.coupling, link.coupling.base
    if not coupling.in_step or base is None or evidence.problems_of(link.bc):
        return []  # What is listed waits for a person, and is not in step whatever was so before.
    lines = []
    for side, key, values in (("bc", link.bc, base.bc), ("sales", link.sales, base.sales)):
        present = evidence.values(key)
        if present is None:
            continue
        for text in link.pair.texts:
            if text.kind == "parts":
                continue  # The base has the parts.
            held = _plain(text, text_of(text, side, present))
            if _plain(text, values.get(text.name)) != held:
                lines.append(
                    f"{_name(link)}: in step, but {side} holds “{held}” in {text.name} and the base "
                    f"“{values.get(text.name)}”"
                )
    return lines


def _plain(text: Text, value: object) -> str:
    plain = "" if value is None else str(value).strip()
    return f"{Decimal(plain or '0').normalize():f}" if text.kind == "amount" else plain


def _name(link: Linked) -> str:
    return f"{link.pair.mapping} {link.bc.id} / {link.sales.id}"


def dumped(values: Mapping[str, Any]) -> str:
    """Values as one line, for a story."""
    return json.dumps(dict(values), ensure_ascii=False, default=str, sort_keys=True)
