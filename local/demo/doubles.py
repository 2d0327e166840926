"""Doubles, found without asking Tandem.

Counted on the records of both systems as they are, by what identifies them to a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.demo.kinds import EXTENSION
from local.demo.stage import Stage

type Record = Mapping[str, Any]
type Identity = Callable[[Record], Hashable]


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


def by(*names: str) -> Identity:
    """The values of some fields, capitals and blanks aside; where all are blank they identify nobody."""

    def identity(record: Record) -> Hashable:
        values = tuple(_plain(record.get(each)) for each in names)
        return values if any(values) else None

    return identity


def _plain(value: object) -> str:
    return " ".join(str(value or "").casefold().split())


def _numbered(number: str, *more: str) -> Identity:
    """A number, which identifies where there is one."""
    return lambda record: by(number, *more)(record) if record.get(number) else None


BC_IDENTITIES: Mapping[str, tuple[Identity, ...]] = {
    "customers": (by("number"), by("displayName", "email")),
    "vendors": (by("number"), by("displayName", "email")),
    "contacts": (by("number"), by("displayName", "email", "companyNumber")),
    "items": (by("number"),),
    f"{EXTENSION}resources": (by("number"),),
    "opportunities": (by("number"), by("description", "contactNumber")),
    "salesInvoices": (by("number"),),
}
SALES_IDENTITIES: Mapping[str, tuple[Identity, ...]] = {
    "account": (
        _numbered("accountnumber", "customertypecode"),
        by("name", "emailaddress1", "customertypecode"),
    ),
    "contact": (by("fullname", "emailaddress1", "_parentcustomerid_value"),),
    "product": (by("productnumber"),),
    "uomschedule": (by("name"),),
    "uom": (by("name", "_uomscheduleid_value"),),
    "pricelevel": (by("name", "_transactioncurrencyid_value"),),
    "productpricelevel": (by("_pricelevelid_value", "_productid_value", "_uomid_value"),),
    "opportunity": (by("name", "_parentcontactid_value", "_parentaccountid_value"),),
    "invoice": (by("invoicenumber"),),
    "transactioncurrency": (by("isocurrencycode"),),
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
