"""Schedules and switches of the mappings, as data that people change while the app runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared_code.store.codec import escape_key
from shared_code.store.tables import AlreadyExists, Changed, Entity, Scalar, Tables

TABLE = "Schedules"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a mapping is looked at and what it may do.

    ``released``: uncoupled records may be created; a full synchronisation or a person decides that.
    ``disabled_because`` is set when the mapping cannot be used; where that ``heals`` (a missing privilege
    may be given any time), it is tried again when it is next due.  ``retries_from`` is the row from which the
    next tick looks for retries; blank: from the first.

    ``rules`` are those in force (``rules_digest``), which a process that began at ``rules_at_s`` brought.
    ``replan``: they changed, and what is on file has not been looked at since.

    ``brake`` is what a tripped brake saw (``core/brakes.py``); blank while none holds.  ``swept_at_s``: when
    Business Central's table was last read whole.
    """

    mapping: str
    interval_s: int
    next_due_s: float = 0.0
    released: bool = False
    disabled_because: str = ""
    heals: bool = False
    retries_from: str = ""
    rules: str = ""
    rules_at_s: float = 0.0
    replan: bool = False
    etag: str = ""
    brake: str = ""
    swept_at_s: float = 0.0


class ScheduleStore:
    """The schedules of one connection."""

    def __init__(self, tables: Tables, connection: str) -> None:
        self._tables = tables
        self._partition = escape_key(connection)

    def all(self) -> dict[str, Schedule]:
        """Every stored schedule, by mapping: one request for a whole tick."""
        found = (_schedule(each) for each in self._tables.query(TABLE, self._partition))
        return {each.mapping: each for each in found}

    def get(self, mapping: str, interval_s: int) -> Schedule:
        """The schedule, or the one a mapping starts with."""
        entity = self._tables.get(TABLE, self._partition, escape_key(mapping))
        return _schedule(entity) if entity else Schedule(mapping, interval_s)

    def put(self, schedule: Schedule) -> bool:
        """Write the schedule if it is as it was read; whether it was."""
        entity = Entity(self._partition, escape_key(schedule.mapping), _values(schedule), schedule.etag)
        try:
            if schedule.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed):
            return False
        return True

    def disable(self, mapping: str, interval_s: int, reason: str, again_at_s: float | None) -> None:
        """Switch it off until a moment, or until a person starts it anew (``None``)."""
        self.change(
            mapping, interval_s, disabled_because=reason, heals=again_at_s is not None,
            next_due_s=again_at_s or 0.0, brake="",
        )  # fmt: skip

    def hold(self, mapping: str, interval_s: int, reason: str, brake: str) -> None:
        """Switch it off because a brake tripped, until a person releases it."""
        changes = {"disabled_because": reason, "heals": False, "next_due_s": 0.0, "brake": brake}
        self.change(mapping, interval_s, **changes)

    def enable(self, mapping: str, interval_s: int) -> None:
        """Switch it on again: a person started it anew, and all of it is looked at."""
        self.change(mapping, interval_s, disabled_because="", brake="")

    def change(self, mapping: str, interval_s: int, **changes: object) -> Schedule:
        """Apply changes to the present schedule, again where somebody was faster."""
        for _ in range(MAX_TRIES):
            schedule = replace(self.get(mapping, interval_s), **changes)  # type: ignore[arg-type]
            if self.put(schedule):
                return schedule
        raise Changed(f"the schedule of {mapping} kept changing; try again")


MAX_TRIES, MAX_BRAKE = 8, 1000


def _values(each: Schedule) -> dict[str, Scalar]:
    return {
        "mapping": each.mapping,
        "interval_s": each.interval_s,
        "next_due_s": float(each.next_due_s),
        "released": each.released,
        "disabled_because": each.disabled_because[:1000],
        "heals": each.heals,
        "retries_from": each.retries_from,
        "rules": each.rules,
        "rules_at_s": float(each.rules_at_s),
        "replan": each.replan,
        "brake": each.brake[:MAX_BRAKE],
        "swept_at_s": float(each.swept_at_s),
    }


def _schedule(entity: Entity) -> Schedule:
    values = entity.values
    return Schedule(
        str(values["mapping"]),
        int(values["interval_s"]),
        float(values["next_due_s"]),
        bool(values["released"]),
        str(values["disabled_because"]),
        bool(values["heals"]),
        str(values.get("retries_from", "")),
        str(values.get("rules", "")),
        float(values.get("rules_at_s", 0.0)),
        bool(values.get("replan", False)),
        entity.etag,
        str(values.get("brake", "")),
        float(values.get("swept_at_s", 0.0)),
    )
