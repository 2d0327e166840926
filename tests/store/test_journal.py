"""The journal: announced before, corrected after, packed where much was created, erased on request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Side, Values
from shared_code.store.journal import TABLE, JournalStore, month, month_after
from shared_code.store.memory import MemoryTables
from shared_code.store.tables import Tables

NOW_S = 1_800_000_000.0
DAY_S = 86_400.0


@pytest.fixture
def stored(tables: Tables) -> Tables:
    tables.ensure([TABLE])
    return tables


@pytest.fixture
def journal(stored: Tables, partition: str) -> JournalStore:
    return JournalStore(stored, partition)


def entry(bc_id: str = "b1", version: str = "1", old: Values | None = None, **new: object) -> Entry:
    values: Values = new or {"phone": "2"}  # type: ignore[assignment]
    because = dict.fromkeys(values, Reason.CHANGED)
    before = dict.fromkeys(values, "1") if old is None else old
    return Entry(
        "CUSTOMER", bc_id, Side.SALES, version, NOW_S, "job", "sales|00000|d", before, values, because
    )


def made(bc_id: str, **new: object) -> Entry:
    values: Values = new or {"name": bc_id}  # type: ignore[assignment]
    because = dict.fromkeys(values, Reason.CREATED)
    return replace(entry(bc_id, old={}), new=values, because=because)


def of(journal: JournalStore, bc_id: str = "b1", now_s: float = NOW_S) -> list[Entry]:
    return list(journal.of_record("CUSTOMER", bc_id, now_s))


def test_everything_an_entry_tells_comes_back(journal: JournalStore) -> None:
    told = replace(
        entry(phone=None, amount=Decimal("1.50"), city="ü 😀"),
        because={"phone": Reason.ONE_WAY, "amount": Reason.DECIDED, "city": Reason.DECIDED},
        overruled=("amount", "city"), by="Pat", rules="abc.def", version='W/"7"|x', sent={"city": "Ü 😀"},
    )  # fmt: skip
    journal.announce("CUSTOMER", [told])
    assert of(journal) == [told]


@pytest.mark.parametrize("version", ["7", 'W/"7"|x', "~~7"])
def test_a_version_that_comes_again_after_a_restore_leaves_the_entry_of_before(
    journal: JournalStore, version: str
) -> None:
    before = entry(version=version, old={"phone": "written by a person"})
    after = [replace(entry(version=version), era=era) for era in (1, 12)]
    for each in (before, *after):
        assert [told.entry for told in journal.announce("CUSTOMER", [each])] == [each]
    assert of(journal) == [before, *after]


def test_an_entry_that_was_not_there_is_fresh_and_can_be_withdrawn(journal: JournalStore) -> None:
    fresh = journal.announce("CUSTOMER", [entry("b1"), entry("b2")])
    assert [each.entry for each in fresh] == [entry("b1"), entry("b2")]
    journal.withdraw("CUSTOMER", fresh)
    journal.withdraw("CUSTOMER", fresh)
    assert of(journal, "b1") == of(journal, "b2") == []


def test_what_another_worker_announced_for_the_same_version_is_not_withdrawn(journal: JournalStore) -> None:
    """Both are about to write; the one whose write the service refuses takes back its own entry only."""
    refused = journal.announce("CUSTOMER", [entry("b1")])
    journal.announce("CUSTOMER", [replace(entry("b1", phone="3"), job="another", overruled=("phone",))])
    journal.withdraw("CUSTOMER", refused)
    assert [each.overruled for each in of(journal)] == [("phone",)]


def test_what_another_worker_wrote_stays_when_the_one_that_came_later_takes_its_own_back(
    journal: JournalStore,
) -> None:
    """The value that gave way stands nowhere else (seed 10436)."""
    first = replace(entry("b1", phone="2", city="B"), overruled=("city",))
    journal.announce("CUSTOMER", [first])
    refused = journal.announce("CUSTOMER", [replace(entry("b1", email="x"), job="another")])
    assert [each.overruled for each in of(journal)] == [("city",)]
    assert [each.new for each in of(journal)] == [{"phone": "2", "city": "B", "email": "x"}]
    journal.withdraw("CUSTOMER", refused)
    assert of(journal) == [first]


def test_what_a_removal_announced_stays_when_an_update_of_the_same_version_comes_after(
    journal: JournalStore,
) -> None:
    removal = entry("b1", phone=None, city=None)
    journal.announce("CUSTOMER", [removal])
    journal.announce("CUSTOMER", [replace(entry("b1", phone="3"), job="another")])
    (found,) = of(journal)
    assert (found.new, found.old) == ({"phone": None, "city": None}, {"phone": "1", "city": "1"})


def test_an_entry_of_an_earlier_attempt_is_joined_because_its_write_may_have_happened(
    journal: JournalStore,
) -> None:
    journal.announce("CUSTOMER", [entry("b1")])
    again = journal.announce("CUSTOMER", [entry("b1", phone="3"), entry("b2")])
    assert [each.before is None for each in again] == [False, True]
    assert [each.new for each in of(journal, "b1")] == [{"phone": "3"}]
    assert of(journal, "b2") == [entry("b2")]


def test_what_a_service_made_of_a_value_replaces_what_was_sent(journal: JournalStore) -> None:
    journal.announce("CUSTOMER", [entry()])
    journal.add("CUSTOMER", [replace(entry(), new={"phone": "+2"})])
    assert [each.new for each in of(journal)] == [{"phone": "+2"}]


def test_what_one_batch_created_is_one_entity_and_comes_back(partition: str) -> None:
    tables = MemoryTables()
    tables.ensure([TABLE])
    journal = JournalStore(tables, partition)
    entries = [made(f"b{number}", name="x" * 300, note="ü 😀") for number in range(500)]
    journal.add_made("CUSTOMER", entries)
    journal.add_made("CUSTOMER", entries)
    assert sum(1 for _ in tables.scan(TABLE, limit=10)) == 1
    assert list(journal.made_by("CUSTOMER", entries[0].batch, NOW_S)) == entries
    assert list(journal.made_by("CUSTOMER", "other", NOW_S)) == []


def test_creations_of_any_length_come_back(journal: JournalStore) -> None:
    entries = [made(f"b{number}", name="😀" * 9_000, odd="\ud800\n") for number in range(60)]
    journal.add_made("CUSTOMER", entries)
    assert list(journal.made_by("CUSTOMER", entries[0].batch, NOW_S)) == entries


def test_creations_at_the_turn_of_a_month_are_found_in_both(journal: JournalStore) -> None:
    later = NOW_S + 40 * DAY_S
    entries = [made("b1"), replace(made("b2"), at_s=later)]
    journal.add_made("CUSTOMER", entries)
    assert [each.bc_id for each in journal.made_by("CUSTOMER", entries[0].batch, NOW_S)] == ["b1"]
    assert [each.bc_id for each in journal.made_by("CUSTOMER", entries[0].batch, later)] == ["b2"]


def test_erasing_leaves_what_happened_to_which_field_when_and_no_value(journal: JournalStore) -> None:
    journal.announce(
        "CUSTOMER", [replace(entry("b1", phone="secret"), sent={"phone": "a secret"}), entry("b2")]
    )
    journal.add_made("CUSTOMER", [made("b1", name="secret"), made("b2")])
    assert journal.erase("CUSTOMER", "b1", NOW_S + 5) == 2
    (kept,) = of(journal)
    assert (kept.old, kept.new, kept.sent, kept.erased_at_s) == ({}, {}, {}, NOW_S + 5)
    assert kept.because == {"phone": Reason.CHANGED}
    first, second = journal.made_by("CUSTOMER", kept.batch, NOW_S)
    assert (first.new, first.erased_at_s, dict(first.because)) == ({}, NOW_S + 5, {"name": Reason.CREATED})
    assert second == made("b2")
    assert of(journal, "b2") == [entry("b2")]


def test_erasing_again_finds_nothing(journal: JournalStore) -> None:
    journal.announce("CUSTOMER", [entry()])
    journal.add_made("CUSTOMER", [made("b1")])
    journal.erase("CUSTOMER", "b1", NOW_S)
    assert journal.erase("CUSTOMER", "b1", NOW_S + 9) == 0
    assert of(journal)[0].erased_at_s == NOW_S


def test_months_past_their_time_go_also_where_the_time_was_longer_before(
    stored: Tables, partition: str
) -> None:
    long = JournalStore(stored, partition, keep_months=60)
    for back in (0, 2, 3, 14):
        at_s = NOW_S - back * 30.5 * DAY_S
        long.announce("CUSTOMER", [replace(entry(f"b{back}"), at_s=at_s)])
        long.add_made("CUSTOMER", [replace(made(f"c{back}"), at_s=at_s)])
    assert long.remove_past("CUSTOMER", NOW_S) == 0
    short = JournalStore(stored, partition, keep_months=3)
    assert short.remove_past("CUSTOMER", NOW_S) == 4
    assert [each for back in (0, 2) for each in of(long, f"b{back}")]
    assert of(long, "b3") == of(long, "b14") == []


def test_the_month_of_a_moment_is_in_utc() -> None:
    assert month(NOW_S) == "2027-01"


def test_the_pairs_that_a_job_wrote_are_found_page_by_page_each_once(journal: JournalStore) -> None:
    for number in range(5):
        for version in "12":
            journal.announce(
                "CUSTOMER", [entry(f"b{number}", version), entry(f"x{number}", version, phone="9")]
            )
    journal.add("CUSTOMER", [replace(entry(f"x{n}", v), job="other") for n in range(5) for v in "12"])
    journal.add_made("CUSTOMER", [made("c1"), made("c2")])
    updated: list[str] = []
    created: list[str] = []
    start = ""
    for _ in range(30):
        page = journal.records_of_job("CUSTOMER", month(NOW_S), "job", start, 3)
        updated, created, start = updated + page.updated, created + page.created, page.going_on
        if not start:
            break
    assert (updated, created) == ([f"b{number}" for number in range(5)], ["c1", "c2"])


def test_what_was_lately_announced_from_a_version_of_one_side_on_is_found(journal: JournalStore) -> None:
    told = [entry(version=each) for each in ("0189", "0190", "0201")]
    others = [entry("b2", "0190"), replace(entry(version="2026"), side=Side.BC)]
    last_month = replace(entry(version="0195"), at_s=NOW_S - 40 * 86_400)
    journal.announce("CUSTOMER", [*told, *others, last_month])
    assert journal.since_version("CUSTOMER", "b1", Side.SALES, "0190", NOW_S) == told[1:]


def test_what_was_announced_just_before_the_turn_of_a_month_is_found_after_it(journal: JournalStore) -> None:
    turn = datetime(2026, 12, 1, tzinfo=UTC).timestamp()
    journal.announce("CUSTOMER", [replace(entry(), at_s=turn - 1)])
    assert len(journal.since_version("CUSTOMER", "b1", Side.SALES, "1", turn + 1)) == 1


def test_a_range_of_the_journal_is_what_was_written_there_since_a_moment(journal: JournalStore) -> None:
    old = replace(entry("b2", "0"), at_s=NOW_S - 70 * DAY_S)
    journal.announce("CUSTOMER", [old, entry("b1"), entry("b2"), entry("b3"), entry("b4")])
    found = journal.of_range("CUSTOMER", "b2", "b3", NOW_S - 5, NOW_S)
    assert {each.bc_id for each in found} == {"b2", "b3"}
    assert old not in found


@pytest.mark.parametrize(("of_month", "expected"), [("2026-11", "2026-12"), ("2026-12", "2027-01")])
def test_a_month_is_followed_by_the_next(of_month: str, expected: str) -> None:
    assert month_after(of_month) == expected


def test_a_pair_with_more_rows_than_a_page_is_passed_all_the_same(journal: JournalStore) -> None:
    for version in "123456789":
        journal.announce("CUSTOMER", [entry("b1", version)])
    journal.announce("CUSTOMER", [entry("b2")])
    found: set[str] = set()
    start = ""
    for _ in range(9):
        page = journal.records_of_job("CUSTOMER", month(NOW_S), "job", start, 3)
        found, start = found | set(page.updated), page.going_on
        if not start:
            break
    assert (found, start) == ({"b1", "b2"}, "")
