"""What became of the records: who is there twice, what was lost.  Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from benchmarks.fields import PAIRS

type Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wrote: the customer's number, the field by both its names, and the value."""

    number: str
    field: tuple[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``duplicates`` are accounts too many; ``lost`` are customers without an account, values that differ
    from the customer's where nothing was edited, and edits that are not on both sides."""

    duplicates: int
    lost: int


def judge(customers: Iterable[Record], accounts: Iterable[Record], edits: Iterable[Edit] = ()) -> Verdict:
    """Compares both sides by the customers' numbers; of each record only checksums of its values are held."""
    edited = list(edits)
    touched = {(each.number, each.field) for each in edited}
    numbers = {each.number for each in edited}
    mine, my_edited = _held(customers, "number", PAIRS.keys(), numbers)
    theirs, their_edited = _held(accounts, "accountnumber", PAIRS.values(), numbers)
    counted = Counter(number for number, _ in theirs)
    sums = dict(mine)
    differing, met = 0, set[str]()
    for number, found in theirs:
        if number in sums and number not in met:
            met.add(number)
            pairs = zip(PAIRS.items(), sums[number], found, strict=True)
            differing += sum(here != there and (number, field) not in touched for field, here, there in pairs)
    lost_edits = sum(
        not _is_on_both_sides(each, my_edited.get(each.number), their_edited.get(each.number))
        for each in edited
    )
    missing = sum(number not in counted for number in sums)
    return Verdict(counted.total() - len(counted), missing + differing + lost_edits)


def _held(
    records: Iterable[Record], number: str, fields: Collection[str], wanted: Collection[str]
) -> tuple[list[tuple[str, array[int]]], dict[str, Record]]:
    """The number and the checksums of each record, and the whole records of the wanted numbers."""
    sums: list[tuple[str, array[int]]] = []
    whole: dict[str, Record] = {}
    for each in records:
        own = str(each[number])
        sums.append((own, array("I", (crc32(str(each.get(name) or "").encode()) for name in fields))))
        if own in wanted:
            whole[own] = each
    return sums, whole


def judge_names(accounts: Sequence[Record], customers: Sequence[Record]) -> Verdict:
    """The same where accounts became customers, whose names tell which is which and whose numbers Business
    Central chose: ``duplicates`` are customers too many."""
    counted = Counter(str(each["displayName"]) for each in customers)
    by_name = {str(each["displayName"]): each for each in customers}
    pairs = [(by_name[each["name"]], each) for each in accounts if each["name"] in by_name]
    differing = sum(
        (customer.get(here) or "") != (account.get(there) or "")
        for customer, account in pairs
        for here, there in PAIRS.items()
        if here != "number"
    )
    return Verdict(counted.total() - len(counted), len(accounts) - len(pairs) + differing)


def _is_on_both_sides(edit: Edit, customer: Record | None, account: Record | None) -> bool:
    here, there = edit.field
    if customer is None or account is None:
        return False
    return customer.get(here) == edit.value == account.get(there)
