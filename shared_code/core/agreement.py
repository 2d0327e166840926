"""Agreement: what a record says and the one it belongs to says too, where Sales keeps it once.  Pure."""

from __future__ import annotations

from shared_code.core.fields import FieldMapping
from shared_code.core.lookups import Links
from shared_code.core.mapping import Mapping
from shared_code.core.records import Values


def disagreement(mapping: Mapping, values: Values, links: Links) -> str:
    """Why Sales has no place for a BC record with these neutral values, in a sentence; blank where it has.

    A record whose owner is not coupled yet is waited for elsewhere and disagrees with nothing.
    """
    fields = {each.name: each for each in mapping.fields}
    for each in mapping.fields:
        if each.same_in and not _agrees(each, fields[each.same_in], values, links):
            return (
                f"Its {each.name} is not that of its {each.same_in.replace('_', ' ')} "
                f"“{values[each.same_in]}”: Sales has no place for it there."
            )
    return ""


def _agrees(each: FieldMapping, owner: FieldMapping, values: Values, links: Links) -> bool:
    key = values.get(owner.name)
    if key is None:
        return True
    found = [name for name in owner.lookup if links.sales_id(name, str(key), owner.by_reference) is not None]
    return all(
        links.held(name, str(key), owner.by_reference, each.name) == values.get(each.name) for name in found
    )
