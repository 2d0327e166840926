"""Creations in Business Central under a key: what an earlier attempt made is known by it, not by its values.

The extension keeps the key in the transaction that makes the record and lets no key through twice.  So a
creation whose answer was lost is sent again at once, with the values that were sent before: whichever request
goes through, the record holds the same and nobody makes a second one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared_code.core.base import Base, with_given
from shared_code.core.records import Deleted, Row, Side
from shared_code.sync.processing import committing, journaling, problems
from shared_code.sync.processing.adopting import couple_found
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work
from shared_code.sync.rules import still_meant

TAKEN = "What Tandem made for it in Business Central is coupled with another row meanwhile."


@dataclass(frozen=True, slots=True)
class Made:
    """The BC record that a key led to; ``row`` is ``None`` where it is deleted by now."""

    id: str
    row: Row | None


def new_key(work: Work, item: Item) -> str:
    """The key of a new creation; blank where the table keeps none.

    A document is created under the id of the Sales row, so that it is there once whatever is lost of what
    Tandem keeps.  One whose BC record was deleted and that a person restores needs another key.
    """
    if not work.system(Side.BC).keeps_keys(work.table(Side.BC)):
        return ""
    is_first = work.mapping.lines is not None and item.id not in work.stored
    return item.id if is_first else work.runtime.new_id()


def made_under(work: Work, keys: Collection[str]) -> set[str]:
    """The ids of the BC records that were made under these keys, whatever people made of them since."""
    return set(work.system(Side.BC).made_under(work.table(Side.BC), sorted(keys)).values()) if keys else set()


def find_made(work: Work, items: Sequence[Item]) -> dict[str, Made]:
    """What was made under the keys of these items' intents, by the item's id: two requests at most."""
    keys = {each.intent.key: each.id for each in items if each.intent}
    system, table = work.system(Side.BC), work.table(Side.BC)
    made = system.made_under(table, sorted(keys)) if keys else {}
    rows = system.read(table, sorted(set(made.values()))) if made else {}
    work.links.load(Side.BC, rows.values())
    return {keys[key]: Made(bc_id, rows.get(bc_id)) for key, bc_id in made.items()}


def couple(work: Work, item: Item, made: Made) -> None:
    """Couple with what the key led to, unless it has another partner by now: then a person decides, and the
    intent stays, so that nothing is made a second time.

    Both sides held what was sent; whatever either holds beyond it was edited since, or a template's.
    """
    assert item.intent is not None
    known = work.store.load(Side.BC, [made.id]).get(made.id)
    if committing.is_coupled(known) and known is not None and known.sales_id != item.id:
        problems.fail(work, item, "several_found", TAKEN)
        return
    base = still_meant(work.at, work.mapping, Base(item.intent.sent, item.intent.sent), item.intent.rules)
    if made.row:
        couple_found(work, item, Side.BC, made.row)
        journaling.note_made(work, item, Side.BC, item.intent.sent, made.row)
    else:
        committing.couple(work, item, made.id, item.id)
        item.states[Side.BC] = Deleted(made.id)
    item.coupled, item.inserted = False, made.row is not None
    item.base = with_given(work.mapping, base, None, item.values_on(Side.SALES))
