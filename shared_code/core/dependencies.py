"""The order in which mappings are synchronised: a record's lookup targets come before it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from graphlib import CycleError, TopologicalSorter


class DependencyCycle(ValueError):
    """Mappings that wait for each other; ``names`` is the cycle, its first name repeated at the end."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            "these mappings wait for each other: " + " → ".join(names) + "; remove one dependency"
        )
        self.names = names


def waves(depends_on: MappingOf[str, Iterable[str]]) -> list[list[str]]:
    """The mappings in waves: each wave needs only those before it.  Names in a wave are sorted.

    A dependency on a mapping that is not given (not chosen to synchronise) is ignored: there is
    nothing to wait for.  Raises ``DependencyCycle``.
    """
    known = {name: [other for other in others if other in depends_on] for name, others in depends_on.items()}
    sorter = TopologicalSorter(known)
    try:
        sorter.prepare()
    except CycleError as error:
        raise DependencyCycle(list(reversed(error.args[1]))) from None
    result = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result.append(ready)
        sorter.done(*ready)
    return result
