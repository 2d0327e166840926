"""Attaching: which records a batch coupled, or led to another record they belong to (``belongs``).

A person may uncouple that one meanwhile.  Both look only after they have written: who uncouples ends the pair
and then looks for what belongs to it, who attaches stores the pair and then looks whether that one has ended.
So at least one of the two sees the other (``belonging.py``).
"""

from __future__ import annotations

from shared_code.core.coupling import Coupling
from shared_code.core.fields import FieldMapping
from shared_code.core.instructions import Instruction
from shared_code.core.mapping import Mapping
from shared_code.core.records import Value
from shared_code.store.tables import Operation
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.work import Work


def belonging(at: ConnectionParts, owner: Mapping) -> list[tuple[Mapping, FieldMapping]]:
    """The mappings whose records belong to those of ``owner``, with the lookup that says to which."""
    return [(m, each) for m in at.mappings.values() for each in m.belongs if _leads_to(each, owner)]


def owners(at: ConnectionParts, mapping: Mapping) -> list[tuple[Mapping, FieldMapping]]:
    """The mappings to whose records those of ``mapping`` belong, with the lookup that says to which."""
    return [(m, each) for each in mapping.belongs for m in at.mappings.values() if _leads_to(each, m)]


def _leads_to(each: FieldMapping, owner: Mapping) -> bool:
    return owner.name in each.lookup and each.target_of(owner.name) == owner.sales.table


def parting(work: Work, coupling: Coupling) -> list[Operation]:
    """What is stored with the end of a pair to which others belong, where a person ends it."""
    if work.instruction is not Instruction.UNCOUPLE or not belonging(work.at, work.mapping):
        return []
    return [work.at.partings(work.mapping.name).operation(coupling, work.runtime.now())]


def note(work: Work, item: Item, before: Coupling | None, after: Coupling) -> None:
    """A living coupling was stored: whether the record belongs to another one since."""
    if work.mapping.belongs and _owner(work, before) != _owner(work, after):
        work.attached.add(item.id)


def _owner(work: Work, coupling: Coupling | None) -> list[Value] | None:
    """What the record belongs to, as far as its base tells; nothing where it was never in step."""
    if coupling is None or coupling.base is None:
        return None
    return [coupling.base.bc.get(each.name) for each in work.mapping.belongs]
