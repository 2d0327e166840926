"""What became of the records: who is there twice, what was lost.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


def judge(customers: Sequence[Record], accounts: Sequence[Record], edits: Iterable[Edit] = ()) -> Verdict:
    """Compares both sides by the customers' numbers."""
    by_number = {str(each["accountnumber"]): each for each in accounts}
    counted = Counter(str(each["accountnumber"]) for each in accounts)
    missing = [each for each in customers if each["number"] not in by_number]
    pairs = {str(each["number"]): (each, by_number[each["number"]])
             for each in customers if each["number"] in by_number}  # fmt: skip
    edited = list(edits)
    touched = {(each.number, each.field) for each in edited}
    lost_edits = sum(not _is_on_both_sides(each, pairs.get(each.number)) for each in edited)
    differing = sum(
        (customer.get(field[0]) or "") != (account.get(field[1]) or "")
        for number, (customer, account) in pairs.items()
        for field in PAIRS.items()
        if (number, field) not in touched
    )
    return Verdict(counted.total() - len(counted), len(missing) + differing + lost_edits)


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


def _is_on_both_sides(edit: Edit, pair: tuple[Record, Record] | None) -> bool:
    here, there = edit.field
    return pair is not None and pair[0].get(here) == edit.value == pair[1].get(there)
