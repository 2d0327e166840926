"""What must hold of a state at rest. Each check returns what is wrong in sentences; nothing is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from local.load import fields
from local.load.snapshot import Record, Records, Snapshot
from local.load.stored import StoredBatch

CUSTOMER, CONTACT = "CUSTOMER", "CONTACT"
BLANK_OPTIONS = ("", " ", "_x0020_", None)
OUTCOMES = (
    "failed", "conflict", "waiting", "skipped", "deleted",
    "inserted", "modified", "coupled", "uncoupled", "unchanged",
)  # fmt: skip

type Check = Callable[[Snapshot], Iterator[str]]


def sides(shot: Snapshot) -> dict[str, tuple[Records, Records]]:
    """Business Central's and Sales' records of each mapping that is checked."""
    return {
        CUSTOMER: (shot.customers, shot.accounts),
        CONTACT: (shot.bc_contacts, shot.sales_contacts),
    }


def inside_bc(shot: Snapshot) -> dict[str, set[str]]:
    """Ids of the BC records that are to be in Sales: customers that are not blocked, persons of customers."""
    customers = {key for key, each in shot.customers.items() if each["blocked"] in BLANK_OPTIONS}
    return {CUSTOMER: customers, CONTACT: {k for k, each in shot.bc_contacts.items() if _is_person(each)}}


def _is_person(contact: Record) -> bool:
    related = contact["contactBusinessRelation"] in ("Customer", "Multiple")
    return contact["type"] == "Person" and bool(contact["companyNumber"]) and related


def inside_sales(shot: Snapshot) -> dict[str, set[str]]:
    """Ids of the rows that are to be in Business Central: active customers, active contacts of accounts."""
    accounts = {
        key for key, each in shot.accounts.items() if (each["statecode"], each["customertypecode"]) == (0, 3)
    }
    persons = {
        key
        for key, each in shot.sales_contacts.items()
        if each["statecode"] == 0 and each.get("_parentcustomerid_value")
    }
    return {CUSTOMER: accounts, CONTACT: persons}


def everything_has_its_partner(shot: Snapshot) -> Iterator[str]:
    """Each record inside the filters is coupled, or waits with a reason."""
    waits = {(each.mapping, each.side, each.record_id) for each in shot.couplings.problems}
    for mapping in (CUSTOMER, CONTACT):
        for side, inside, coupled in (
            ("bc", inside_bc(shot)[mapping], shot.couplings.by_bc.get(mapping, {})),
            ("sales", inside_sales(shot)[mapping], shot.couplings.by_sales.get(mapping, {})),
        ):
            for record_id in sorted(inside - coupled.keys()):
                if (mapping, side, record_id) not in waits:
                    yield f"{mapping}: {record_id} of {side} has no partner and no reason"


def nothing_failed(shot: Snapshot) -> Iterator[str]:
    """The generated records are all good: none may fail, and none may wait when all is at rest.

    Of the published ones a price may be in another currency than its list, which Sales has no place for.
    """
    for each in shot.couplings.problems:
        if (each.mapping, each.code) == ("PLLINE-PRODPRICE", "not_carried"):
            continue
        yield f"{each.mapping}: {each.record_id} of {each.side}: {each.code}: {each.message}"


def nothing_is_doubled(shot: Snapshot) -> Iterator[str]:
    """No number and no mail address is there twice on a side, and no row stands there without a partner."""
    keys: tuple[tuple[str, Records, str], ...] = (
        ("customers", shot.customers, "number"),
        ("customers", shot.customers, "email"),
        ("accounts", shot.accounts, "accountnumber"),
        ("accounts", shot.accounts, "emailaddress1"),
        ("BC contacts", shot.bc_contacts, "number"),
        ("BC persons", {k: v for k, v in shot.bc_contacts.items() if v["type"] == "Person"}, "email"),
        ("Sales contacts", shot.sales_contacts, "emailaddress1"),
    )
    for what, records, column in keys:
        seen = Counter(str(each.get(column) or "").lower() for each in records.values())
        for value, count in seen.items():
            if value and count > 1:
                yield f"{what}: {column} {value} is there {count} times"
    yield from _without_partner(shot)


def _without_partner(shot: Snapshot) -> Iterator[str]:
    """Sales begins empty, or Business Central does but for one: what is uncoupled was made twice."""
    waits = {each.record_id for each in shot.couplings.problems}
    for mapping, (_, rows) in sides(shot).items():
        for row_id in sorted(rows.keys() - shot.couplings.by_sales.get(mapping, {}).keys() - waits):
            yield f"{mapping}: row {row_id} of Sales belongs to no record"
    for mapping, inside in inside_bc(shot).items():
        for record_id in sorted(inside - shot.couplings.by_bc.get(mapping, {}).keys() - waits):
            yield f"{mapping}: record {record_id} of Business Central belongs to no row"


def couplings_are_one_to_one(shot: Snapshot) -> Iterator[str]:
    """Couplings and pointers mirror each other, nothing is half made, and both records exist."""
    names = {*shot.couplings.by_bc, *shot.couplings.by_sales}
    for mapping in sorted(names):
        by_bc = shot.couplings.by_bc.get(mapping, {})
        by_sales = shot.couplings.by_sales.get(mapping, {})
        if {(s, b) for b, s in by_bc.items()} != set(by_sales.items()):
            yield f"{mapping}: couplings and pointers differ: {len(by_bc)} and {len(by_sales)}"
        yield from (f"{mapping}: {s} is coupled {n} times" for s, n in _more_than_once(by_bc.values()))
    for mapping, intents in shot.couplings.intents.items():
        yield from (f"{mapping}: the creation for {each} is still open" for each in intents)
    for mapping, (records, rows) in sides(shot).items():
        for bc_id, sales_id in shot.couplings.by_bc.get(mapping, {}).items():
            if bc_id not in records or sales_id not in rows:
                yield f"{mapping}: {bc_id} and {sales_id} are coupled and one of them is not there"


def _more_than_once(values: Iterable[str]) -> list[tuple[str, int]]:
    return [(value, count) for value, count in Counter(values).items() if count > 1]


def pairs_hold_equal_values(shot: Snapshot) -> Iterator[str]:
    """Every main field of every pair."""
    waits = {each.record_id for each in shot.couplings.problems}
    for mapping, (records, rows) in sides(shot).items():
        told_bc, told_sales = _TELLING[mapping]
        for bc_id, sales_id in shot.couplings.by_bc.get(mapping, {}).items():
            if bc_id not in records or sales_id not in rows or {bc_id, sales_id} & waits:
                continue
            ours, theirs = told_bc(shot, records[bc_id]), told_sales(shot, rows[sales_id])
            for name in ours:
                if ours[name] != theirs[name]:
                    yield f"{mapping} {bc_id}: {name} is {ours[name]!r} and {theirs[name]!r}"


type _Tells = Callable[[Snapshot, Record], Mapping[str, str]]
_TELLING: dict[str, tuple[_Tells, _Tells]] = {
    CUSTOMER: (fields.of_customer, fields.of_account),
    CONTACT: (fields.of_person, fields.of_sales_contact),
}


def everything_is_accounted_for(shot: Snapshot) -> Iterator[str]:
    """Batches are done and their outcomes add up; a job was given each record once."""
    known = {(each.job, each.id) for each in shot.batches}
    for each in shot.batches:
        what = f"batch {each.id} of job {each.job} ({each.mapping})"
        if not each.done:
            yield f"{what} is open"
        elif sum(each.counts.values()) != len(each.ids) - len(each.rest):
            yield f"{what}: {len(each.ids)} given, {len(each.rest)} handed on, outcomes {each.counts}"
        if each.rest and (each.job, each.rest_id) not in known:
            yield f"{what}: what it handed on is nowhere"
        if unknown := set(each.counts) - set(OUTCOMES):
            yield f"{what}: unknown outcomes {sorted(unknown)}"
    yield from _given_twice(shot.batches)


def _given_twice(batches: Iterable[StoredBatch]) -> Iterator[str]:
    given: Counter[tuple[str, str, str]] = Counter()
    for each in batches:
        if each.attempt == 0:
            given.update((each.job, each.side, record_id) for record_id in each.ids)
    for (job, side, record_id), count in given.items():
        if count > 1:
            yield f"job {job} was given {record_id} of {side} {count} times"


def the_api_says_so_too(shot: Snapshot) -> Iterator[str]:
    """The full synchronisation is finished and every counter a person sees adds up."""
    if shot.full_sync["status"] != "Finished":
        yield f"the full synchronisation is {shot.full_sync['status']}"
    for line in shot.full_sync["lines"]:
        if line["jobQueueEntryStatus"] != "Finished":
            yield f"{line['mapping']} is {line['jobQueueEntryStatus']}: {line['message']}"
    for each in (*shot.full_sync["lines"], *shot.jobs):
        for direction in ("toSales", "fromSales"):
            told = each[direction]
            if told["openBatches"] or told["given"] != sum(told[name] for name in OUTCOMES):
                yield f"{each['mapping']} {direction} of {each.get('job') or each['id']}: {told}"


def the_full_run_was_given_all(shot: Snapshot) -> Iterator[str]:
    """The full synchronisation's jobs were given every customer and person inside the filters."""
    jobs = {line["mapping"]: line["job"] for line in shot.full_sync["lines"]}
    at_start = {CUSTOMER: shot.customers, CONTACT: shot.bc_contacts}
    for mapping in at_start:
        given = {i for b in shot.batches if b.job == jobs[mapping] and b.side == "bc" for i in b.ids}
        inserted = {i for b in shot.batches if b.job == jobs[mapping] and b.side == "sales" for i in b.ids}
        partners = shot.couplings.by_bc.get(mapping, {})
        for record_id in sorted(inside_bc(shot)[mapping] - given):
            if partners.get(record_id) not in inserted:
                yield f"{mapping}: the full run was never given {record_id}"


def nothing_was_given_up(shot: Snapshot) -> Iterator[str]:
    """No message ended among those that cannot be processed."""
    if shot.poisoned:
        yield f"{shot.poisoned} messages were given up"


CHECKS: Mapping[str, Check] = {
    "every record has its partner or a reason": everything_has_its_partner,
    "no record failed or waits": nothing_failed,
    "nothing is doubled": nothing_is_doubled,
    "couplings are 1:1 and both records exist": couplings_are_one_to_one,
    "coupled pairs hold equal values": pairs_hold_equal_values,
    "every record is accounted for once": everything_is_accounted_for,
    "the counters people see add up": the_api_says_so_too,
    "the full run was given every record": the_full_run_was_given_all,
    "no message was given up": nothing_was_given_up,
}


def wrong(shot: Snapshot) -> dict[str, list[str]]:
    """What each check found, by its name; empty lists where all is well."""
    return {name: list(check(shot)) for name, check in CHECKS.items()}
