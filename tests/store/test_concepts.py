"""The stores of couplings, jobs, watermarks and the rest keep their promises on every table service."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from shared_code.core.base import Base
from shared_code.core.coupling import Coupling, CouplingState, Intent
from shared_code.core.jobs import Batch, Job, JobKind, progress
from shared_code.core.outcome import NEVER_S, Outcome, Problem
from shared_code.core.records import Side, Value, Version
from shared_code.store import (
    couplings,
    full_syncs,
    identities,
    jobs,
    poison,
    schedules,
    waiters,
    watermarks,
)
from shared_code.store.couplings import CouplingStore, problem_row
from shared_code.store.full_syncs import FullSync, FullSyncStore, Line, Phase
from shared_code.store.identities import Fault, Identity, IdentityStore
from shared_code.store.jobs import JobStore, Step, step_key
from shared_code.store.schedules import Schedule, ScheduleStore
from shared_code.store.tables import AlreadyExists, Changed, Missing, Tables, in_chunks
from shared_code.store.watermarks import WatermarkStore

TABLES = (couplings.TABLE, jobs.JOBS, jobs.BATCHES, watermarks.TABLE, schedules.TABLE, full_syncs.TABLE,
          waiters.TABLE, poison.TABLE, identities.TABLE)  # fmt: skip
BASE = Base({"name": "Ä 😀", "limit": Decimal("1.50"), "open": True, "phone": None}, {"name": "ä 😀"})


@pytest.fixture
def store(stored: Tables, connection: str) -> CouplingStore:
    return CouplingStore(stored, connection, "PAYMENT TERMS / odd?#")


def coupling(number: int = 1, **changes: object) -> Coupling:
    values: dict[str, object] = {"bc_id": f"b{number}", "sales_id": f"s{number}", **changes}
    return Coupling(**values)  # type: ignore[arg-type]


def insert(store: CouplingStore, made: Coupling, intent: Intent | None = None) -> Coupling:
    store.transact(store.insert_operations(made, intent))
    found = store.load(Side.BC, [made.bc_id])[made.bc_id]
    assert isinstance(found, Coupling)
    return found


# Couplings


@pytest.mark.parametrize("side", list(Side))
def test_a_coupling_is_found_from_either_side_with_everything_it_holds(
    store: CouplingStore, side: Side
) -> None:
    made = coupling(
        base=BASE, bc_version=Version('W/"1"', "2026"), sales_version=Version('W/"2"', "0002"), in_step=True,
        reference="CT/1 #?", batch="bc|00000|x", outcome=Outcome.INSERTED, generation=2,
    )  # fmt: skip
    insert(store, made)
    (found,) = store.load(side, [made.id_on(side), "unknown"]).values()
    assert isinstance(found, Coupling)
    assert found == Coupling(**{f: getattr(made, f) for f in made.__slots__} | {"etag": found.etag})


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"a": None},
        {"a": "half \ud800 pair"},
        {"a": Decimal("1E-10")},
        {"a": -7},
        {"a": "$n"},
        {"a": "1|2"},
    ],
    ids=str,
)
def test_a_base_is_read_back_as_it_was_stored(store: CouplingStore, values: dict[str, Value]) -> None:
    for base in (Base(values, values), Base(values, {}), Base({}, values), Base(values, {"a": "other"})):
        number = uuid.uuid4().hex
        found = insert(store, coupling(bc_id=number, sales_id=number, base=base))
        assert found.base == base


@pytest.mark.parametrize("taken", ["b1 s9", "b9 s1", "b1 s1"])
def test_neither_record_can_be_coupled_twice(store: CouplingStore, taken: str) -> None:
    first = insert(store, coupling())
    bc_id, sales_id = taken.split()
    with pytest.raises(AlreadyExists):
        store.transact(store.insert_operations(Coupling(bc_id, sales_id)))
    assert store.load(Side.BC, ["b1"]) == {"b1": first}
    assert store.load(Side.SALES, ["s1"]) == {"s1": first}
    assert store.load(Side.BC, ["b9"]) == store.load(Side.SALES, ["s9"]) == {}


def test_a_coupling_that_somebody_changed_is_not_overwritten(store: CouplingStore) -> None:
    first = insert(store, coupling())
    store.transact(store.update_operations(Coupling("b1", "s1", in_step=True, etag=first.etag), first))
    with pytest.raises(Changed):
        store.transact(store.update_operations(Coupling("b1", "s1", etag=first.etag), first))


def test_who_read_a_coupling_before_it_was_renewed_cannot_store_it(store: CouplingStore) -> None:
    made = [insert(store, coupling(number, base=BASE, in_step=True)) for number in range(1, 4)]
    store.transact(store.update_operations(replace(made[1], base=None), made[1]))
    assert store.renew(made) == {"b2"}, "somebody had changed it since it was read"
    with pytest.raises(Changed):
        store.transact(store.update_operations(replace(made[0], base=None), made[0]))
    after = store.load(Side.BC, ["b1", "b2", "b3"])
    assert [replace(after[each.bc_id], etag="") for each in made] == [  # type: ignore[arg-type]
        replace(made[0], etag=""), replace(made[1], base=None, etag=""), replace(made[2], etag=""),
    ]  # fmt: skip
    assert store.renew([]) == set()


def test_an_ended_coupling_frees_both_records_and_keeps_its_generation(store: CouplingStore) -> None:
    first = insert(store, coupling())
    ended = Coupling("b1", "s1", CouplingState.ENDED, generation=1, etag=first.etag)
    store.transact(store.end_operations(ended))
    assert store.load(Side.SALES, ["s1"]) == {}
    known = store.load(Side.BC, ["b1"])["b1"]
    assert isinstance(known, Coupling)
    assert (known.state, known.generation) == (CouplingState.ENDED, 1)
    assert list(store.all_coupled()) == []
    insert(store, Coupling("b1", "s2", generation=1, etag=known.etag))
    assert list(store.load(Side.SALES, ["s2"])) == ["s2"]


def test_a_coupling_that_ended_before_it_was_on_file_leaves_no_pointer_and_no_intent(
    store: CouplingStore,
) -> None:
    intent = Intent("s1", 5.0, "batch", "name")
    store.transact(store.intent_operations(intent))
    store.transact(store.ended_operations(Coupling("b1", "s1", CouplingState.ENDED, generation=1), intent))
    assert store.load(Side.SALES, ["s1"]) == {}
    assert store.open_intents() == set()
    known = store.load(Side.BC, ["b1"])["b1"]
    assert isinstance(known, Coupling)
    assert known.state is CouplingState.ENDED


def test_a_pointer_to_a_record_that_is_coupled_elsewhere_is_not_believed(store: CouplingStore) -> None:
    insert(store, coupling())
    assert store.load(Side.SALES, ["s2"]) == {}


def test_a_coupling_is_found_by_its_reference_and_not_after_its_end(store: CouplingStore) -> None:
    first = insert(store, coupling(reference="CT/1 #?"))
    assert store.by_reference(["CT/1 #?", "other"]) == {"CT/1 #?": first}
    store.transact(store.end_operations(Coupling("b1", "s1", CouplingState.ENDED, etag=first.etag)))
    assert store.by_reference(["CT/1 #?"]) == {}


def test_only_one_of_two_can_state_the_intent_to_create(store: CouplingStore) -> None:
    store.transact(store.intent_operations(Intent("s1", 5.0, "batch", "name")))
    with pytest.raises(AlreadyExists):
        store.transact(store.intent_operations(Intent("s1", 6.0, "other", "name")))
    (found,) = store.load(Side.SALES, ["s1"]).values()
    assert isinstance(found, Intent)
    assert (found.started_at_s, found.batch) == (5.0, "batch")


def test_no_intent_can_be_stated_for_a_coupled_row(store: CouplingStore) -> None:
    insert(store, coupling())
    with pytest.raises(AlreadyExists):
        store.transact(store.intent_operations(Intent("s1", 5.0, "batch", "name")))


def test_an_open_intent_is_listed_until_the_coupling_follows_it(store: CouplingStore) -> None:
    etags = store.transact(store.intent_operations(Intent("s1", 5.0, "batch", "name")))
    assert store.open_intents() == {"name"}
    insert(store, coupling(), Intent("s1", 5.0, "batch", "name", etags[0]))
    assert store.open_intents() == set()


def test_a_reference_that_another_record_has_leads_to_the_newer_one(store: CouplingStore) -> None:
    insert(store, coupling(1, reference="CT1"))
    insert(store, coupling(2, reference="CT1"))
    assert store.by_reference(["CT1"])["CT1"].bc_id == "b2"


def test_a_new_coupling_of_a_taken_record_is_refused_beside_a_taken_reference(store: CouplingStore) -> None:
    insert(store, coupling(1, reference="CT1"))
    with pytest.raises(AlreadyExists):
        insert(store, coupling(1, reference="CT1"))


def test_an_intent_that_somebody_took_over_is_not_followed(store: CouplingStore) -> None:
    etags = store.transact(store.intent_operations(Intent("s1", 5.0, "batch", "name")))
    mine = Intent("s1", 5.0, "batch", "name", etags[0])
    store.transact(store.drop_intent_operations(mine))
    store.transact(store.intent_operations(Intent("s1", 9.0, "other", "name")))
    with pytest.raises((Changed, Missing)):
        store.transact(store.insert_operations(coupling(), mine))
    assert store.load(Side.BC, ["b1"]) == {}


# Problems


def problem(**changes: object) -> Problem:
    values: dict[str, object] = {
        "side": Side.BC, "record_id": "b1", "outcome": Outcome.FAILED, "code": "refused", "message": "No!",
        "details": {"name": "Ä 😀", "fields": {"phone": {"bc": None}}},
        "waits_for": ("CUSTOMER|bc|a\nb", "VENDOR|bc|a\nb"),
        "attempts": 3, "next_attempt_at_s": 5.5, "since_s": 1.25, "stamp": "2026",
    }  # fmt: skip
    return Problem(**{**values, **changes})  # type: ignore[arg-type]


def one(store: CouplingStore) -> Problem:
    (found,) = store.all_problems(10)
    return found


def test_a_problem_is_read_back_as_it_was_stored(store: CouplingStore) -> None:
    made = problem()
    store.transact([store.problem_operation(made)])
    found = one(store)
    assert found == problem(etag=found.etag)
    assert store.problems(Side.BC, ["b1", "b2"]) == {"b1": found}
    assert store.problems(Side.SALES, ["b1"]) == {}


@pytest.mark.parametrize("text", ["x" * 5000, "half \ud800 pair", "😀" * 3000, "a\x00b"])
def test_a_problem_with_any_message_can_be_stored(store: CouplingStore, text: str) -> None:
    store.transact([store.problem_operation(problem(message=text, details={"name": text}))])
    assert one(store).details["name"] == text


def test_a_problem_that_was_dealt_with_meanwhile_is_not_postponed(store: CouplingStore) -> None:
    store.transact([store.problem_operation(problem())])
    seen = one(store)
    store.transact([store.problem_operation(problem(attempts=4, next_attempt_at_s=NEVER_S))])
    store.postpone([seen], 99.0)
    assert one(store).next_attempt_at_s == NEVER_S
    store.transact([store.solved_operation(seen)])
    store.postpone([seen], 99.0)
    assert store.all_problems(10) == []


def many(store: CouplingStore) -> list[Problem]:
    """Problems of both sides in the order of their rows; every second one is due at 5.5."""
    made = [
        problem(side=side, record_id=f"r{n:03d}", next_attempt_at_s=NEVER_S if n % 2 else 5.5)
        for side in Side
        for n in range(60)
    ]
    for chunk in in_chunks([store.problem_operation(each) for each in made]):
        store.transact(chunk)
    return sorted(made, key=lambda each: problem_row(each.side, each.record_id))


def ids(problems: list[Problem]) -> list[tuple[Side, str]]:
    return [(each.side, each.record_id) for each in problems]


def test_problems_are_listed_from_a_row_on(store: CouplingStore) -> None:
    made = many(store)
    for start in (0, 1, 59, 60, 61, 119):
        row = problem_row(made[start].side, made[start].record_id)
        assert ids(store.all_problems(7, row)) == ids(made[start : start + 7])


@pytest.mark.parametrize(("looked_at", "limit"), [(1, 9), (7, 9), (50, 3), (120, 60), (120, 59), (500, 500)])
def test_due_problems_are_all_found_part_by_part(store: CouplingStore, looked_at: int, limit: int) -> None:
    made = many(store)
    found: list[Problem] = []
    start, parts = "", 0
    while not parts or start:
        due, start = store.due_problems(6.0, start, looked_at, limit)
        assert len(due) <= min(looked_at, limit)
        found, parts = found + due, parts + 1
    assert ids(found) == ids([each for each in made if each.next_attempt_at_s < 6.0])
    assert all(each.etag for each in found)
    assert parts >= 120 / looked_at


def test_problems_of_one_mapping_are_not_anothers(stored: Tables, connection: str) -> None:
    first, second = CouplingStore(stored, connection, "A"), CouplingStore(stored, connection, "A|B")
    first.transact([first.problem_operation(problem())])
    assert second.all_problems(10) == []


# Identities


def test_a_fault_is_kept_beside_the_identity_and_removed_as_it_was_read(
    stored: Tables, connection: str
) -> None:
    store = IdentityStore(stored, connection)
    assert store.fault() == Fault()
    assert store.put(Identity({"companyId": "1"}))
    assert store.put_fault(Fault("no", 1.5))
    assert not store.put_fault(Fault("twice", 1.5))
    first = store.fault()
    assert (first.text, first.at_s) == ("no", 1.5)
    assert store.put_fault(Fault("still no", 2.5, first.etag))
    assert not store.forget_fault(first)
    assert store.forget_fault(store.fault())
    assert not store.put_fault(Fault("gone", 3.5, first.etag))
    assert store.fault() == Fault()
    assert store.get().known == {"companyId": "1"}


def test_an_identity_is_changed_as_it_is_now_where_somebody_was_faster(
    stored: Tables, connection: str
) -> None:
    store = IdentityStore(stored, connection)
    store.change(lambda each: replace(each, known={"companyId": "1"}))

    def change(each: Identity) -> Identity:
        if not each.accepted:
            store.put(replace(each, accepted=1))
        return replace(each, went_back="so")

    store.change(change)
    assert replace(store.get(), etag="") == Identity({"companyId": "1"}, went_back="so", accepted=1)


def test_an_identity_that_keeps_changing_is_not_changed(stored: Tables, connection: str) -> None:
    store = IdentityStore(stored, connection)

    def change(each: Identity) -> Identity:
        store.put(replace(each, accepted=each.accepted + 1))
        return replace(each, went_back="so")

    with pytest.raises(Changed):
        store.change(change)
    assert store.get().went_back == ""


# Jobs


@pytest.fixture
def job_store(stored: Tables, connection: str) -> JobStore:
    return JobStore(stored, connection)


def batch(number: int = 0, **changes: object) -> Batch:
    values: dict[str, object] = {
        "id": f"bc|00000|{number:04d}", "job": "job", "mapping": "CUSTOMER", "side": Side.BC,
        "ids": ("b1", "b2"), "stamps": ("1", "2"),
    }  # fmt: skip
    return Batch(**{**values, **changes})  # type: ignore[arg-type]


def test_jobs_are_listed_in_the_order_of_their_ids(job_store: JobStore) -> None:
    for name in ("3", "1", "2"):
        job_store.add(Job(name, "CUSTOMER", JobKind.FULL, 1.5, "full"))
    assert [each.id for each in job_store.newest(2)] == ["1", "2"]
    assert job_store.get("1") == Job("1", "CUSTOMER", JobKind.FULL, 1.5, "full")
    assert job_store.get("9") is None


def test_a_batch_registered_again_keeps_its_outcome(job_store: JobStore) -> None:
    job_store.add_batches([batch()])
    found = job_store.batch("job", batch().id)
    assert found is not None
    job_store.finish(Batch(**{f: getattr(found, f) for f in found.__slots__}
                           | {"done": True, "counts": {Outcome.INSERTED: 2}}))  # fmt: skip
    job_store.add_batches([batch(), batch(1)])
    (first, second) = sorted(job_store.batches("job"), key=lambda each: each.id)
    assert (first.done, dict(first.counts), second.done) == (True, {Outcome.INSERTED: 2}, False)


def test_only_the_first_to_finish_a_batch_counts(job_store: JobStore) -> None:
    job_store.add_batches([batch()])
    found = job_store.batch("job", batch().id)
    assert found is not None
    ended = {f: getattr(found, f) for f in found.__slots__} | {"done": True}
    job_store.finish(Batch(**{**ended, "counts": {Outcome.INSERTED: 2}}))
    with pytest.raises(Changed):
        job_store.finish(Batch(**{**ended, "counts": {Outcome.FAILED: 2}}))
    assert progress(job_store.accounts("job")).counts[Outcome.INSERTED] == 2


def test_a_job_is_open_until_its_batches_and_their_rests_are_done(job_store: JobStore) -> None:
    job_store.add_batches([batch()])
    assert job_store.has_open("job", Side.BC)
    assert not job_store.has_open("job", Side.SALES)
    found = job_store.batch("job", batch().id)
    assert found is not None
    rest = "bc|00000|rest"
    values = {f: getattr(found, f) for f in found.__slots__}
    job_store.finish(Batch(**{**values, "done": True, "rest": ("b2",), "rest_id": rest,
                              "counts": {Outcome.INSERTED: 1}}))  # fmt: skip
    assert job_store.has_open("job", Side.BC)
    job_store.add_batches([batch(id=rest, ids=("b2",), stamps=(), attempt=1, done=True,
                                 counts={Outcome.FAILED: 1})])  # fmt: skip
    assert not job_store.has_open("job", Side.BC)
    sums = progress(job_store.accounts("job"))
    assert (sums.given, sums.done, sums.open_batches) == (2, 2, 0)


@pytest.mark.parametrize("asking", [0, 39, 79])
@pytest.mark.parametrize("open_one", [0, 38, 79])
def test_whoever_asks_beside_a_batch_finds_an_open_one_wherever_it_is(
    job_store: JobStore, asking: int, open_one: int
) -> None:
    rows = [batch(n, done=n != open_one) for n in range(80)]
    job_store.add_batches(rows)
    assert job_store.has_open("job", Side.BC, rows[asking].id)
    found = job_store.batch("job", rows[open_one].id)
    assert found is not None
    job_store.finish(replace(found, done=True))
    assert not job_store.has_open("job", Side.BC, rows[asking].id)
    assert not job_store.has_open("job", Side.SALES, rows[asking].id)


def test_the_first_taker_of_a_step_decides_where_the_scan_goes_on(job_store: JobStore) -> None:
    key = step_key(Side.BC, 0)
    assert job_store.step("job", key) is None
    first = Step("second page", "watermark", ("a", "b"))
    assert job_store.take_step("job", key, first) is first
    assert job_store.take_step("job", key, Step("somewhere else")) == first
    assert job_store.step("job", key) == first
    assert not job_store.steps_complete("job", Side.BC)
    assert job_store.take_step("job", step_key(Side.BC, 1), Step()) == Step()
    assert job_store.steps_complete("job", Side.BC)
    assert job_store.steps_taken("job", Side.BC) == 2
    assert job_store.steps("job", Side.BC) == [first, Step()]
    assert job_store.steps_taken("job", Side.SALES) == 0


def test_a_batch_of_500_ids_fits_and_so_do_250_batches(job_store: JobStore) -> None:
    ids = tuple(str(uuid.UUID(int=n)) for n in range(500))
    job_store.add_batches([batch(n, ids=ids, stamps=("2026-01-01T00:00:00.000Z",) * 500) for n in range(30)])
    assert len(list(job_store.batches("job"))) == 30
    found = job_store.batch("job", batch(7).id)
    assert found is not None
    assert found.ids == ids


# Watermarks and schedules


def test_a_watermark_moves_only_from_where_it_was_seen(stored: Tables, connection: str) -> None:
    marks = WatermarkStore(stored, connection)
    nothing = marks.get("CUSTOMER", Side.BC)
    assert nothing.cursor is None
    assert marks.move("CUSTOMER", Side.BC, nothing, "1")
    assert not marks.move("CUSTOMER", Side.BC, nothing, "2")
    first = marks.get("CUSTOMER", Side.BC)
    assert marks.move("CUSTOMER", Side.BC, first, "2")
    assert not marks.move("CUSTOMER", Side.BC, first, "3")
    assert marks.get("CUSTOMER", Side.BC).cursor == "2"
    assert marks.get("CUSTOMER", Side.SALES).cursor is None
    marks.renew("CUSTOMER", Side.BC, 5.0)
    marks.renew("CUSTOMER", Side.BC, 7.0)
    renewing = marks.get("CUSTOMER", Side.BC)
    assert (renewing.cursor, renewing.renewing_since_s) == (None, 7.0)
    marks.set("CUSTOMER", Side.BC, "4")
    assert marks.get("CUSTOMER", Side.BC).renewing_since_s == 0


def test_a_watermark_that_is_renewed_is_not_moved(stored: Tables, connection: str) -> None:
    marks = WatermarkStore(stored, connection)
    marks.set("CUSTOMER", Side.BC, "1")
    seen = marks.get("CUSTOMER", Side.BC)
    marks.renew("CUSTOMER", Side.BC, 5.0)
    assert not marks.move("CUSTOMER", Side.BC, seen, "2")


def test_of_two_who_claim_a_schedule_one_gets_it(stored: Tables, connection: str) -> None:
    plans = ScheduleStore(stored, connection)
    fresh = Schedule("PAYMENT TERMS", 60)
    assert plans.put(fresh)
    assert not plans.put(fresh)
    seen = plans.get("PAYMENT TERMS", 60)
    assert plans.put(seen)
    assert not plans.put(seen)
    changed = plans.change("PAYMENT TERMS", 60, released=True)
    assert changed.released
    assert plans.all()["PAYMENT TERMS"].released
    assert plans.get("OTHER", 5) == Schedule("OTHER", 5)


# Full synchronisations, waiters, poison


def test_a_full_synchronisation_keeps_its_lines_in_their_order(stored: Tables, connection: str) -> None:
    runs = FullSyncStore(stored, connection)
    lines = [Line("f", name, ("A",), position, f"job{position}") for position, name in enumerate("CAB")]
    runs.add(FullSync("f", 1.5, ("A", "B")), lines)
    found = runs.get("f")
    assert found is not None
    assert [each.mapping for each in found[1]] == ["C", "A", "B"]
    assert found[0].release == ("A", "B")
    assert runs.running() == ["f"]
    assert runs.get("g") is None


def test_of_two_who_move_a_line_on_one_does(stored: Tables, connection: str) -> None:
    runs = FullSyncStore(stored, connection)
    runs.add(FullSync("f", 1.0), [Line("f", "A", (), 0, "job")])
    found = runs.get("f")
    assert found is not None
    (line,) = found[1]
    moved = Line("f", "A", (), 0, "job", Phase.MATCHING, etag=line.etag)
    assert runs.put_line(moved)
    assert not runs.put_line(moved)
    assert runs.put_header(found[0])
    assert not runs.put_header(found[0])
    runs.finish("f")
    runs.finish("f")
    assert runs.running() == []


@pytest.mark.parametrize("make", [lambda: "x" * 60_000, lambda: "😀" * 20_000, lambda: "\ud800" * 20_000])
def test_poison_of_any_length_is_kept_once(stored: Tables, connection: str, make: Callable[[], str]) -> None:
    for _ in range(2):
        poison.keep(stored, connection, make(), 1.5)
    (kept,) = poison.kept(stored, connection)
    assert kept.values["kept_at_s"] == 1.5
