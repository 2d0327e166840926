"""I10: nothing is deleted by us, but a price that ended, what an undo takes back and what a rule says."""

from __future__ import annotations

from local.simulate.checkers.deletions import may_remove
from local.simulate.evidence import Evidence
from local.simulate.observing import Write

NAME = "I10 no deletions by us"
_REMOVED = ("productpricelevel",)
"""What is no price any more is removed; that no other one is, the checker of prices sees."""


def check(evidence: Evidence) -> list[str]:
    return [
        f"{each.who} deleted {each.key.side} {each.key.table} {each.key.id}"
        for each in evidence.our_writes()
        if each.kind == "deleted" and each.key.table not in _REMOVED and not _was_wanted(evidence, each)
    ]


def _was_wanted(evidence: Evidence, write: Write) -> bool:
    """Whether a person had the record's creation taken back, or a rule carries a deletion over."""
    if may_remove(evidence, write):
        return True
    if went_with_its_item(evidence, write):
        return True
    pairs = (pair for pair in evidence.simulation.conclusions.coupled if write.key in pair)
    return any(evidence.was_undone(bc.id) for bc, _ in pairs)


_OF_ITEMS = {
    "itemVariants": "itemNumber", "tandem/salesPrices": "itemNumber", "tandem/priceListLines": "assetNumber",
}  # fmt: skip
"""What Business Central deletes together with an item or resource, and the field with that one's number."""


def went_with_its_item(evidence: Evidence, write: Write) -> bool:
    """Whether Business Central deleted it together with its item or resource, which a rule had deleted."""
    if write.key.table not in _OF_ITEMS:
        return False
    number = write.changed[_OF_ITEMS[write.key.table]][0]
    return any(
        each.at == write.at
        and each.kind == "deleted"
        and each.key.table in ("items", "tandem/resources")
        and each.changed["number"][0] == number
        and may_remove(evidence, each)
        for each in evidence.our_writes()
    )
