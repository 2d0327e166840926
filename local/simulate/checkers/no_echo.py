"""I17: what a service made of a value is not written back over what a person wrote."""

from __future__ import annotations

from collections.abc import Iterator, Set

from local.simulate.evidence import Evidence
from local.simulate.observing import Write
from local.simulate.people import tokens_in

NAME = "I17 no echo"
SAME_MOMENT_S = 1.0


def check(evidence: Evidence) -> list[str]:
    plan = evidence.simulation.incidents.plan
    if plan.clerk or plan.ends_pairs or plan.changes_rules:
        return []  # A person may want it, and where no common state is known nobody can tell.
    updates = [each for each in evidence.our_writes() if each.kind == "updated"]
    settled = _on_both_sides(evidence) | _found_again(evidence, updates)
    return [line for each in updates for line in _echoes(evidence, each, settled)]


def _on_both_sides(evidence: Evidence) -> set[str]:
    """The values that a person wrote on either side, as somebody does who settles a conflict."""
    tokens = evidence.ledger.tokens
    return {
        token
        for write in evidence.observer.writes
        if not write.who.startswith("tandem")
        for _, after in write.changed.values()
        for token in tokens_in(after) & tokens.keys()
        if tokens[token].key.side != write.key.side
    }


def _found_again(evidence: Evidence, updates: list[Write]) -> set[str]:
    """The values in writes of the very moment at which a row was found that Tandem had made before.

    What was sent then is on file nowhere: where the two differ a rule of the mapping may decide.
    """
    return {
        token
        for write in updates
        for link in evidence.by_key.get(write.key, [])
        if link.coupling.origin and 0 <= write.at - link.coupling.origin.at_s < SAME_MOMENT_S
        for _, after in write.changed.values()
        for token in tokens_in(after)
    }


def _echoes(evidence: Evidence, write: Write, settled: Set[str]) -> Iterator[str]:
    """Every text a person writes is unique, so a write of the same one in another form is an echo."""
    pair = evidence.pair_of(write.key)
    names = (
        [n for text in pair.texts for n in text.on(write.key.side) if len(text.sales) == 1] if pair else []
    )
    for name in names:
        before, after = write.changed.get(name, ("", ""))
        held = tokens_in(before)
        if before != after and held and held == tokens_in(after) and not held & settled:
            yield (
                f"{write.who} changed {name} of {write.key.side} {write.key.table} {write.key.id} from "
                f"“{before}” to “{after}” at {write.at:.1f}"
            )
