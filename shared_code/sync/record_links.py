"""Links to the records of a connection, for whatever shows some of them: its addresses are looked up once."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import replace

from shared_code.core.links import link_to
from shared_code.core.outcome import Problem
from shared_code.core.records import Side, Values
from shared_code.sync.parts import ConnectionParts

type LinkView = dict[str, str | None]
"""``bcLink`` and ``salesLink``: where each record is opened, null where it has no page or is not there."""


class Links:
    """Where the records of a connection are opened.  Costs one look into storage."""

    def __init__(self, at: ConnectionParts) -> None:
        self._at = at
        self._addresses = replace(at.addresses, company=at.identities.get().company_name)

    def view(
        self, mapping: str, ids: MappingOf[Side, str | None], rows: MappingOf[Side, Values] | None = None
    ) -> LinkView:
        """The links of a record and its partner; ``rows`` are the native values of those that were read."""
        rule, read = self._at.mapping(mapping), rows or {}
        return {
            f"{side.value}Link": link_to(self._addresses, rule, side, ids.get(side), read.get(side))
            for side in Side
        }

    def of_problem(self, mapping: str, problem: Problem) -> LinkView:
        """The links of a record that is not in step, and of its partner where it has one."""
        ids = {side: str(problem.details.get(f"{side.value}_id") or "") for side in Side}
        return self.view(mapping, {**ids, problem.side: problem.record_id})
