"""What is found out without asking Tandem: doubles, and records that nobody accounts for.

Counted on the records of both systems as they are, by what identifies them to a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.demo.stage import Stage

type Record = Mapping[str, Any]
type Identity = Callable[[Record], Hashable]

WORKING_RELATIONS = frozenset({"Customer", "Multiple"})


@dataclass(frozen=True)
class Snapshot:
    """Records of both sides at a moment, by table."""

    bc: Mapping[str, list[Record]]
    sales: Mapping[str, list[Record]]


def snapshot(stage: Stage) -> Snapshot:
    """The tables that doubles are looked for in."""
    return Snapshot(
        {table: list(stage.bc(table)) for table in BC_IDENTITIES},
        {table: list(stage.sales(table)) for table in SALES_IDENTITIES},
    )


def _name_and_mail(name: str, mail: str, *more: str) -> Identity:
    return lambda record: tuple(_plain(record.get(each)) for each in (name, mail, *more))


def _plain(value: object) -> str:
    return " ".join(str(value or "").casefold().split())


BC_IDENTITIES: Mapping[str, tuple[Identity, ...]] = {
    "customers": (lambda record: record["number"], _name_and_mail("displayName", "email")),
    "contacts": (lambda record: record["number"], _name_and_mail("displayName", "email", "companyNumber")),
}
SALES_IDENTITIES: Mapping[str, tuple[Identity, ...]] = {
    "account": (lambda record: record.get("accountnumber"), _name_and_mail("name", "emailaddress1")),
    "contact": (_name_and_mail("fullname", "emailaddress1", "_parentcustomerid_value"),),
    "transactioncurrency": (lambda record: record["isocurrencycode"],),
}


def surplus(records: Iterable[Record], identity: Identity) -> int:
    """How many records share their identity with an earlier one; those without any do not count."""
    seen = Counter(key for each in records if (key := identity(each)))
    return sum(number - 1 for number in seen.values())


def duplicates(before: Snapshot, now: Snapshot) -> dict[str, int]:
    """Doubles that came since ``before``, for each side: the published records hold some of their own."""
    return {
        "bc": _more(BC_IDENTITIES, before.bc, now.bc),
        "sales": _more(SALES_IDENTITIES, before.sales, now.sales),
    }


def _more(
    identities: Mapping[str, tuple[Identity, ...]],
    before: Mapping[str, list[Record]],
    now: Mapping[str, list[Record]],
) -> int:
    """Per table the identity that shows most doubles counts, so that no double counts twice."""
    return sum(
        max(surplus(now[table], each) - surplus(before[table], each) for each in of_table)
        for table, of_table in identities.items()
    )


def is_customer_inside(record: Record) -> bool:
    """Whether the mapping takes a customer: not blocked."""
    return not str(record["blocked"]).strip().replace("_x0020_", "")


def is_contact_inside(record: Record) -> bool:
    """Whether the mapping takes a contact: a person who works for a customer."""
    return bool(
        record["type"] == "Person"
        and record["companyNumber"]
        and record["contactBusinessRelation"] in WORKING_RELATIONS
    )


INSIDE: Mapping[str, tuple[str, Callable[[Record], bool]]] = {
    "CUSTOMER": ("customers", is_customer_inside),
    "CONTACT": ("contacts", is_contact_inside),
}


@dataclass(frozen=True)
class Account:
    """What became of a mapping's BC records inside the filter; ``missing`` are those nobody speaks of."""

    inside: int
    coupled: int
    waiting: Mapping[str, int]
    missing: tuple[str, ...]


def account_for(stage: Stage, mapping: str) -> Account:
    """Every BC record inside the mapping's filter is coupled, or GET /api/problems tells why it waits."""
    table, is_inside = INSIDE[mapping]
    inside = {str(each["id"]).lower(): each for each in stage.bc(table) if is_inside(each)}
    coupled = {each.bc_id for each in stage.couplings(mapping)} & inside.keys()
    listed = {
        each["id"]: each for each in stage.problems() if (each["mapping"], each["side"]) == (mapping, "bc")
    }
    waiting = [each for each in inside if each not in coupled and each in listed]
    missing = inside.keys() - coupled - set(waiting)
    return Account(
        len(inside),
        len(coupled),
        Counter(str(listed[each]["code"]) for each in waiting),
        tuple(sorted(str(inside[each]["number"]) for each in missing)),
    )
