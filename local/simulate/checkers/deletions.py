"""I19: what becomes of a record whose partner was deleted is what its mapping's rule says, and no more.

A removal is right only where the rule says so, and never of a record that somebody edited since the two were
in step, nor of a row of Sales that a person made.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.simulate.evidence import Evidence, Linked
from local.simulate.fields import BLANK_ID, Pair, text_of
from local.simulate.observing import Key, Write
from local.simulate.people import tokens_in
from local.simulate.policies import NONE, RULED, rule_of

NAME = "I19 deletion rules"
UNITS = "tandem/itemUnitsOfMeasure"


def check(evidence: Evidence) -> list[str]:
    plan = evidence.simulation.incidents.plan
    if plan.policies == NONE:
        return []
    removed = [each for each in evidence.our_writes() if each.kind == "deleted"]
    lines = [line for each in removed for line in _wrong_removal(evidence, each)]
    lines += [line for each in evidence.links if (line := _untreated(evidence, each))]
    return lines if plan.clerk else lines + list(_partnered_again(evidence))


def may_remove(evidence: Evidence, write: Write) -> bool:
    """Whether a rule says to delete the record, because a person deleted its partner before."""
    policies = evidence.simulation.incidents.plan.policies
    former = _former(evidence, write.key)
    return any(
        rule_of(pair.mapping, policies, partner.side) == "delete"
        and _deleted_at(evidence, partner) <= write.at
        for pair, partner in former
    )


def _former(evidence: Evidence, key: Key) -> list[tuple[Pair, Key]]:
    """The pairs that a record was ever in, with its partners there."""
    found = [each for each in evidence.simulation.conclusions.coupled if key in each]
    pairs = {each.mapping: each for each in evidence.pairs.values() if each.mapping in RULED}
    return [
        (pair, bc if key == sales else sales)
        for bc, sales in found
        for pair in pairs.values()
        if (bc.table, sales.table) == (pair.bc, pair.sales)
    ]


def _deleted_at(evidence: Evidence, key: Key) -> float:
    """When somebody deleted the record; never, where it is there."""
    gone = [each.at for each in evidence.observer.writes if each.key == key and each.kind == "deleted"]
    return gone[-1] if gone and evidence.values(key) is None else float("inf")


def _wrong_removal(evidence: Evidence, write: Write) -> Iterator[str]:
    former = _former(evidence, write.key)
    if not former or evidence.was_undone(former[0][1].id) or evidence.was_undone(write.key.id):
        return
    what = f"{write.who} deleted {write.key.side} {write.key.table} {write.key.id} at {write.at:.1f}"
    if write.key.side == "sales" and not _made_by_us(evidence, write.key):
        yield f"{what}, which a person had made"
    for pair, partner in former:
        yield from (
            f"{what}, though “{each}” was never carried"
            for each in _uncarried(evidence, pair, write, partner)
        )


def _uncarried(evidence: Evidence, pair: Pair, write: Write, partner: Key) -> Iterator[str]:
    """Texts of people that the removed record held and its partner never did."""
    held = {name: before for name, (before, _) in write.changed.items()}
    theirs = {
        token
        for text in pair.texts
        for values in evidence.observer.history.get(partner, ())
        for token in tokens_in(text_of(text, partner.side, values))
    }
    for text in pair.texts_from(write.key.side):
        for token in tokens_in(text_of(text, write.key.side, held)) - theirs:
            written = evidence.ledger.tokens.get(token)
            if written and written.key == write.key and written.text.name == text.name:
                yield written.value


def _made_by_us(evidence: Evidence, key: Key) -> bool:
    return any(each.key == key and each.kind == "created" for each in evidence.our_writes())


def _untreated(evidence: Evidence, link: Linked) -> str | None:
    """A pair that is still one although a record of it is gone, and nothing tells of it."""
    gone = [each for each in (link.bc, link.sales) if evidence.values(each) is None]
    if link.pair.mapping not in RULED or len(gone) != 1 or evidence.problems_of(link.bc):
        return None
    left = link.sales if gone[0] == link.bc else link.bc
    if link.bc.id == BLANK_ID:
        return None  # The local currency is no record of Business Central.
    if not evidence.is_inside(link.pair, left) or evidence.belongs_elsewhere(link.sales):
        return None
    return f"{link.bc.id} / {link.sales.id}: nothing became of it, though {gone[0].side} deleted"


def _partnered_again(evidence: Evidence) -> Iterator[str]:
    """What the rule to uncouple left alone, and what got a new partner all the same."""
    policies = evidence.simulation.incidents.plan.policies
    made = {each.key: each.at for each in evidence.our_writes() if each.kind == "created"}
    for link in evidence.links:
        for key, partner in ((link.bc, link.sales), (link.sales, link.bc)):
            if partner.table == UNITS:
                continue  # Business Central makes one by itself with the item that we write.
            for pair, former in _former(evidence, key):
                at = _deleted_at(evidence, former)
                by_rule = rule_of(pair.mapping, policies, former.side) == "uncouple"
                if by_rule and former != partner and made.get(partner, 0.0) > at:
                    yield f"{key.side} {key.table} {key.id} got a new partner, though its rule is to uncouple"
