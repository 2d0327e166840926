"""What the steps of one batch share: where it runs, its rules, and how native and neutral meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property

from shared_code.core import transform
from shared_code.core.coupling import Coupling
from shared_code.core.identity import partner_id
from shared_code.core.instructions import Instruction
from shared_code.core.jobs import Batch, JobKind
from shared_code.core.labels import label_of
from shared_code.core.lenses import put_groups
from shared_code.core.mapping import Mapping
from shared_code.core.policies import MODIFIED_ON, Rules
from shared_code.core.put_results import Missing, Unfit
from shared_code.core.records import Row, Side, Value, Values
from shared_code.runtime import Runtime
from shared_code.store.announcements import AnnouncementStore
from shared_code.store.couplings import CouplingStore
from shared_code.sync.parts import AGAIN_S, ConnectionParts, table_of
from shared_code.sync.processing.items import Item
from shared_code.sync.processing.knowing import known_of, neutral_of
from shared_code.sync.processing.links import LinkTable
from shared_code.systems.interface import System, Table

MAX_ROUNDS = 6
"""Reads and writes of one record in one batch, before it is handed on."""

FIRST_REST_S, LONGEST_REST_S = 1.0, 60.0
"""The rest of a record that somebody else is working on or that was read stale: doubling."""


@dataclass
class Work:
    """One batch being processed.

    ``stored`` are the couplings as they are on file, by record id; ``coupled_keys`` (``side|key``) name what
    was newly coupled, for those who wait for it.  ``attached`` are the records that this batch coupled, or
    led to another one they belong to.  ``survivors`` are records of the other side whose deleted partner is
    to be restored from there.  ``removed_rows`` are the BC ids of pairs whose Sales rows an undo removed.
    ``rates`` are the exchange rates that were on file, by record id.
    ``announced`` are the creations in Sales of this batch, BC ids by Sales ids, on file under the number of
    this ``delivery``.
    ``era`` counts how often a person had accepted a system that was put back, ``is_trusted`` tells whether
    the systems were asked not long ago who they are.
    ``instruction`` is what a person wants done with the records of the job, and ``order`` the rest of it.
    """

    at: ConnectionParts
    runtime: Runtime
    mapping: Mapping
    batch: Batch
    kind: JobKind
    rules: Rules
    settle_s: float
    items: list[Item]
    links: LinkTable
    stored: dict[str, Coupling] = field(default_factory=dict)
    coupled_keys: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)
    survivors: list[str] = field(default_factory=list)
    removed_rows: set[str] = field(default_factory=set)
    rates: dict[str, Value] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)
    delivery: int | None = None
    era: int = 0
    is_trusted: Callable[[], bool] = lambda: True
    instruction: Instruction = Instruction.NONE
    order: MappingOf[str, object] = field(default_factory=dict)

    @property
    def soon_s(self) -> float:
        """How long a record rests that is handed on; the oftener, the longer."""
        return min(FIRST_REST_S * 2.0 ** min(self.batch.attempt, 10), LONGEST_REST_S)

    @cached_property
    def store(self) -> CouplingStore:
        return self.at.couplings(self.mapping.name)

    @cached_property
    def announced_before(self) -> MappingOf[str, str]:
        """What was announced when this batch first asked: BC ids by Sales ids.  One query at most."""
        return self.announcements.all()

    @property
    def announcements(self) -> AnnouncementStore:
        return self.at.announcements(self.mapping.name)

    def system(self, side: Side) -> System:
        return self.at.systems[side]

    def table(self, side: Side) -> Table:
        return table_of(self.mapping, side)

    def open_items(self) -> list[Item]:
        return [each for each in self.items if not each.settled]

    def know(self, item: Item, side: Side, row: Row) -> None:
        """Take note of a row that was read or returned.  ``links`` must hold what it refers to."""
        item.rows[side] = row
        edited_at = self._edited_at(item, side, row)
        item.states[side] = known_of(self.at, self.mapping, self.links, side, row, edited_at)

    def _edited_at(self, item: Item, side: Side, row: Row) -> str:
        """When somebody wrote the row since its coupling was stored; blank where nobody did, or it is unread.

        What Tandem wrote last is on file with its version.
        """
        stored = item.coupling.version_on(side) if item.coupling else None
        if stored is not None and stored.stamp == row.version.stamp:
            return ""
        return row.version.stamp if side is Side.BC else str(row.values.get(MODIFIED_ON) or "")

    def neutral(self, side: Side, native: Values) -> dict[str, Value]:
        """A native record in neutral values."""
        return neutral_of(self.mapping, side, native, self.links)

    def stand_still(self, denied: Exception) -> None:
        """A right is missing: the mapping, and only it, waits until that is put right."""
        again_at_s = self.runtime.now() + AGAIN_S
        self.at.schedules.disable(self.mapping.name, self.mapping.interval_s, str(denied), again_at_s)

    def native(
        self, side: Side, values: Values, present: Row | None = None
    ) -> tuple[dict[str, Value], list[Missing | Unfit], dict[str, Value]]:
        """Neutral values as native fields; what could not be put, and the neutral values that were.

        A field group is put whole or not at all.  ``present`` is the record as it was read, if it was.
        """
        held = present.values if present else transform.NOTHING
        return put_groups(self.mapping.putters[side], values, self.links, held)

    def groups_of(self, names: Iterable[str]) -> frozenset[str]:
        """The field groups these fields belong to."""
        wanted = set(names)
        return frozenset(each.group for each in self.mapping.fields if each.name in wanted)

    def made(self, item: Item) -> bool:
        """Whether the Sales row of a pair is one that Tandem made: its id is derived."""
        pair = item.coupling
        return pair is not None and pair.sales_id == partner_id(
            self.at.name, self.mapping.name, pair.bc_id, pair.generation
        )

    def label(self, item: Item) -> str:
        """What a person calls the record: its display fields, from whichever side was read."""
        for side, row in item.rows.items():
            if text := label_of(self.mapping.side(side), row.values):
                return text
        return item.id
