"""Couplings and the problems of their records, in one partition per connection and mapping.

Rows of a partition::

    b|<bc id>        the coupling itself
    s|<sales id>     pointer to it, or the intent to create its BC record
    i|<sales id>     name and key in an open intent, so that the open ones are found with one query
    r|<reference>    pointer by the reference other BC records use (a code, a contact number)
    p|<side>|<id>    why that record is not in step
    e|<bc id>        a pair that a person ended (``partings.py``)

Pointers make the coupling 1:1 in both directions: both rows are inserted create-only in one
transaction.  Problems share the partition so that a success and the end of its problem are one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.outcome import Outcome, Problem
from shared_code.core.policies import PARTED
from shared_code.core.records import Side
from shared_code.store.codec import escape_key
from shared_code.store.coupling_rows import WITHOUT_BASE, coupling_of, coupling_values, intent_of
from shared_code.store.divided_text import as_values, text_of
from shared_code.store.json_values import dump, load
from shared_code.store.tables import (
    AlreadyExists,
    Changed,
    Delete,
    Entity,
    Insert,
    Missing,
    Operation,
    Replace,
    Scalar,
    Tables,
    Upsert,
    in_chunks,
)

TABLE = "Couplings"


class CouplingStore:
    """The couplings and problems of one connection and mapping.

    ``pointed_to``: whether some mapping looks its records up by reference; without one the pointers are
    spared (``mending`` makes them from the couplings when one is added).
    """

    def __init__(self, tables: Tables, connection: str, mapping: str, *, pointed_to: bool = True) -> None:
        self._tables = tables
        self.pointed_to = pointed_to
        self.partition = escape_key(f"{connection}|{mapping}")

    def load(
        self, side: Side, ids: Sequence[str], *, ordered: bool = False, whole: bool = True
    ) -> dict[str, Coupling | Intent]:
        """The couplings (ended ones too) and intents of these records, by the id on ``side``.

        Those that are not ``whole`` tell ids, state, versions and rules: nothing is decided on them, and they
        are never written back.
        """
        select = None if whole else WITHOUT_BASE
        if side is Side.BC:
            found = self._get(("b|" + each for each in ids), ordered, select)
            return {row[2:]: coupling_of(entity) for row, entity in found.items()}
        pointers = self._get(("s|" + each for each in ids), ordered, select)
        intents = {
            row[2:]: intent_of(entity) for row, entity in pointers.items() if "started_at_s" in entity.values
        }
        by_bc_id = self._get(
            ("b|" + str(e.values["bc_id"]) for e in pointers.values() if "bc_id" in e.values), ordered, select
        )
        couplings, wanted = [coupling_of(entity) for entity in by_bc_id.values()], set(ids)
        return intents | {each.sales_id: each for each in couplings if each.sales_id in wanted}

    def by_reference(self, references: Iterable[str]) -> dict[str, Coupling]:
        """Couplings by the reference their BC record is pointed to with."""
        pointers = self._get(("r|" + escape_key(each) for each in references), False)
        by_bc_id = self.load(Side.BC, sorted({str(each.values["bc_id"]) for each in pointers.values()}))
        found = (by_bc_id.get(str(each.values["bc_id"])) for each in pointers.values())
        return {c.reference: c for c in found if isinstance(c, Coupling) and c.state is CouplingState.COUPLED}

    def problems(self, side: Side, ids: Sequence[str], *, ordered: bool = False) -> dict[str, Problem]:
        """The problems of these records, by id."""
        found = self._get((problem_row(side, each) for each in ids), ordered)
        return {problem.record_id: problem for problem in map(_problem, found.values())}

    def all_problems(self, limit: int, start: str = "") -> list[Problem]:
        """Up to ``limit`` problems of the mapping in the order of their rows, from the row ``start`` on."""
        first, last = start or _FIRST_PROBLEM, _PAST_PROBLEMS
        return [
            _problem(each)
            for each in self._tables.query(TABLE, self.partition, first=first, last=last, limit=limit)
        ]

    def due_problems(self, now_s: float, start: str, looked_at: int, limit: int) -> tuple[list[Problem], str]:
        """Up to ``limit`` problems whose next attempt is due, among ``looked_at`` from the row ``start`` on,
        and the row to go on from; blank at the end.
        """
        rows = self._tables.query(
            TABLE, self.partition, first=start or _FIRST_PROBLEM, last=_PAST_PROBLEMS, limit=looked_at + 1,
            select=["next_attempt_at_s"],
        )  # fmt: skip
        due: list[str] = []
        going_on = ""
        for number, each in enumerate(rows):
            if number == looked_at or len(due) == limit:
                going_on = each.row
                break
            if float(each.values["next_attempt_at_s"]) <= now_s:
                due.append(each.row)
        found = [_problem(each) for _, each in sorted(self._get(due, False).items())]
        return [each for each in found if each.next_attempt_at_s <= now_s], going_on

    def postpone(self, problems: Sequence[Problem], until_s: float) -> None:
        """Move the next attempt of problems that are as they were read; others were dealt with meanwhile."""
        self.replace_problems([replace(each, next_attempt_at_s=until_s) for each in problems])

    def set_aside(self, side: Side) -> set[str]:
        """The ids of the records of a side that a person has set aside; what a rule parted may be matched."""
        columns = ["set_aside", "code"]
        rows = self._tables.query_prefix(TABLE, self.partition, problem_row(side, ""), select=columns)
        aside = (each for each in rows if each.values.get("set_aside") and each.values.get("code") != PARTED)
        return {each.row.split("|", 2)[2] for each in aside}

    def replace_problems(self, problems: Sequence[Problem]) -> list[str]:
        """Write problems that are as they were read; the record ids of those that are not any more."""
        operations = [
            Replace(replace(_problem_entity(self.partition, each), etag=each.etag)) for each in problems
        ]
        overtaken: list[str] = []
        for chunk in in_chunks(list(zip(problems, operations, strict=True))):
            overtaken += self._replace_problems(chunk)
        return overtaken

    def _replace_problems(self, chunk: Sequence[tuple[Problem, Replace]]) -> list[str]:
        try:
            self._tables.transact(TABLE, [operation for _, operation in chunk])
        except (Changed, Missing):
            if len(chunk) == 1:
                return [chunk[0][0].record_id]
            return [i for each in chunk for i in self._replace_problems([each])]
        return []

    def all_coupled(self, limit: int | None = None, *, whole: bool = True) -> Iterable[Coupling]:
        """The living couplings in BC id order; ``whole`` as in ``load``."""
        select = None if whole else WITHOUT_BASE
        rows = self._tables.query_prefix(TABLE, self.partition, "b|", limit=limit, select=select)
        return (each for each in map(coupling_of, rows) if each.state is CouplingState.COUPLED)

    def coupled_page(self, limit: int, start: str = "") -> tuple[list[str], str]:
        """The BC ids of the living couplings among up to ``limit`` rows from ``start`` on, and the row to go
        on from; blank at the end."""
        rows = list(
            self._tables.query(
                TABLE, self.partition, first=start or "b|", last="b}", limit=limit + 1, select=["state"]
            )
        )
        living = [e.row[2:] for e in rows[:limit] if e.values["state"] == CouplingState.COUPLED]
        return living, rows[limit].row if len(rows) > limit else ""

    def transact(self, operations: Sequence[Operation]) -> list[str]:
        """One transaction of what the functions below describe.

        Pointers by reference that are new are inserted, which costs less than to replace what may be there.
        """
        try:
            return self._tables.transact(TABLE, operations)
        except AlreadyExists as refused:
            if refused.index is None or not _is_new_reference(operations[refused.index]):
                raise
        return self._tables.transact(TABLE, [_replacing_reference(each) for each in operations])

    def renew(self, couplings: Sequence[Coupling]) -> set[str]:
        """Store couplings again as they were read, so that nobody who read them before can store them; the BC
        ids of those that somebody had changed since."""
        overtaken: set[str] = set()
        for chunk in in_chunks(couplings):
            overtaken |= self._renew(chunk)
        return overtaken

    def _renew(self, chunk: Sequence[Coupling]) -> set[str]:
        try:
            self._tables.transact(TABLE, [Replace(self._entity(each)) for each in chunk])
        except (Changed, Missing):
            if len(chunk) == 1:
                return {chunk[0].bc_id}
            return {bc_id for each in chunk for bc_id in self._renew([each])}
        return set()

    def insert_operations(self, coupling: Coupling, intent: Intent | None = None) -> list[Operation]:
        """A new coupling; ``AlreadyExists`` when either record is coupled.  Follows its intent, if any.

        A coupling with an etag replaces the ended one of the same BC record.
        """
        entity = self._entity(coupling)
        pointer = Entity(self.partition, "s|" + coupling.sales_id, {"bc_id": coupling.bc_id}, _etag(intent))
        operations: list[Operation] = [
            Replace(entity) if coupling.etag else Insert(entity),
            Replace(pointer) if intent else Insert(pointer),
        ]
        if intent:
            operations.append(Delete(self.partition, "i|" + coupling.sales_id))
        return operations + self.reference_operations(coupling, new=True)

    def update_operations(self, coupling: Coupling, before: Coupling) -> list[Operation]:
        """A changed coupling, only if nobody changed it since it was read."""
        moved = coupling.reference != before.reference
        return [Replace(self._entity(coupling)), *(self.reference_operations(coupling) if moved else [])]

    def end_operations(self, coupling: Coupling) -> list[Operation]:
        """The end of a coupling: its generation stays on file, its pointer goes."""
        return [Replace(self._entity(coupling)), Delete(self.partition, "s|" + coupling.sales_id)]

    def ended_operations(self, coupling: Coupling, intent: Intent | None = None) -> list[Operation]:
        """A coupling that ended before it was on file: no pointer leads to it, and its intent goes."""
        entity = self._entity(coupling)
        written: list[Operation] = [Replace(entity) if coupling.etag else Insert(entity)]
        return written + (self.drop_intent_operations(intent) if intent else [])

    def reference_operations(self, coupling: Coupling, *, new: bool = False) -> list[Operation]:
        """The pointer by reference; ``transact`` replaces one that is there (two records may share it)."""
        if not (coupling.reference and self.pointed_to):
            return []
        entity = Entity(
            self.partition, _REFERENCE + escape_key(coupling.reference), {"bc_id": coupling.bc_id}
        )
        return [Insert(entity) if new else Upsert(entity)]

    def intent_operations(self, intent: Intent) -> list[Operation]:
        """The intent to create a BC record; ``AlreadyExists`` when the row is coupled or being created."""
        values: dict[str, Scalar] = {
            "started_at_s": intent.started_at_s,
            "batch": intent.batch,
            "rules": intent.rules,
            "key": intent.key,
            **as_values("sent", dump(intent.sent)),
        }
        return [
            Insert(Entity(self.partition, "s|" + intent.sales_id, values)),
            Upsert(Entity(self.partition, "i|" + intent.sales_id, {"name": intent.name, "key": intent.key})),
        ]

    def drop_intent_operations(self, intent: Intent) -> list[Operation]:
        return [
            Delete(self.partition, "s|" + intent.sales_id, intent.etag or None),
            Delete(self.partition, "i|" + intent.sales_id),
        ]

    def open_intents(self) -> set[str]:
        """The names of the BC records that are being created now, or of whose creation nobody knows."""
        return self.open_creations()[0]

    def open_creations(self) -> tuple[set[str], set[str]]:
        """The names of the BC records that are being created, as ``open_intents``, and the keys of those that
        are created under one."""
        rows = list(self._tables.query_prefix(TABLE, self.partition, "i|"))
        names, keys = ({str(each.values.get(name, "")) for each in rows} for name in ("name", "key"))
        return names, keys - {""}

    def problem_operation(self, problem: Problem, over: Problem | None = None) -> Operation:
        """Write a problem; ``over`` one that must still be as it was read."""
        entity = _problem_entity(self.partition, problem)
        return Replace(replace(entity, etag=over.etag)) if over and over.etag else Upsert(entity)

    def solved_operation(self, problem: Problem) -> Operation:
        return Delete(self.partition, problem_row(problem.side, problem.record_id))

    def _get(
        self, rows: Iterable[str], ordered: bool, select: Sequence[str] | None = None
    ) -> Mapping[str, Entity]:
        wanted = sorted(set(rows))
        if not wanted:
            return {}
        return self._tables.get_many(TABLE, self.partition, wanted, ordered=ordered, select=select)

    def _entity(self, coupling: Coupling) -> Entity:
        return Entity(self.partition, "b|" + coupling.bc_id, coupling_values(coupling), coupling.etag)


_REFERENCE = "r|"


def _is_new_reference(operation: Operation) -> bool:
    return isinstance(operation, Insert) and operation.entity.row.startswith(_REFERENCE)


def _replacing_reference(operation: Operation) -> Operation:
    match operation:
        case Insert(entity) if entity.row.startswith(_REFERENCE):
            return Upsert(entity)
    return operation


def _etag(intent: Intent | None) -> str:
    return intent.etag if intent else ""


_FIRST_PROBLEM, _PAST_PROBLEMS = "p|", "p}"
"""All rows of problems lie between the two."""


def problem_row(side: Side, record_id: str) -> str:
    return f"p|{side}|{record_id}"


def _problem_entity(partition: str, each: Problem) -> Entity:
    values: dict[str, Scalar] = {
        "outcome": each.outcome.value,
        "code": each.code,
        "message": each.message[:2000].encode("utf-8", "replace").decode(),
        **as_values("details", dump(each.details)),
        "waits_for": dump({"targets": each.waits_for}),
        "attempts": each.attempts,
        "next_attempt_at_s": float(each.next_attempt_at_s),
        "since_s": float(each.since_s),
        "stamp": each.stamp,
    } | ({"set_aside": True} if each.set_aside else {})
    return Entity(partition, problem_row(each.side, each.record_id), values)


def _problem(entity: Entity) -> Problem:
    _, side, record_id = entity.row.split("|", 2)
    values = entity.values
    return Problem(
        side=Side(side),
        record_id=record_id,
        outcome=Outcome(str(values["outcome"])),
        code=str(values["code"]),
        message=str(values["message"]),
        details=load(text_of("details", values)),
        waits_for=tuple(load(str(values["waits_for"])).get("targets", ())),
        attempts=int(values["attempts"]),
        next_attempt_at_s=float(values["next_attempt_at_s"]),
        since_s=float(values["since_s"]),
        stamp=str(values["stamp"]),
        set_aside=bool(values.get("set_aside", False)),
        etag=entity.etag,
    )
