"""I17: what a service made of a value is not written back over what a person wrote."""

from __future__ import annotations

from collections.abc import Iterator

from local.simulate.evidence import Evidence
from local.simulate.observing import Write
from local.simulate.people import tokens_in

NAME = "I17 no echo"


def check(evidence: Evidence) -> list[str]:
    updates = [each for each in evidence.our_writes() if each.kind == "updated"]
    return [line for each in updates for line in _echoes(evidence, each)]


def _echoes(evidence: Evidence, write: Write) -> Iterator[str]:
    """Every text a person writes is unique, so a write of the same one in another form is an echo."""
    pair = evidence.pair_of(write.key)
    names = [n for text in pair.texts for n in text.on(write.key.side) if len(text.sales) == 1] if pair else []
    for name in names:
        before, after = write.changed.get(name, ("", ""))
        if before != after and tokens_in(before) and tokens_in(before) == tokens_in(after):
            yield (
                f"{write.who} changed {name} of {write.key.side} {write.key.table} {write.key.id} from "
                f"“{before}” to “{after}” at {write.at:.1f}"
            )
