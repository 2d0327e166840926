"""Whether two runs of the same seed came to rest in the same state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from local.load.checks import CONTACT, CUSTOMER
from local.load.snapshot import Record, Records, Snapshot
from local.load.stored import Links

_MOMENTS = frozenset({"@odata.etag", "versionnumber", "createdon", "modifiedon", "lastModifiedDateTime"})
_DRAWN = frozenset(
    {"address1_addressid", "address2_addressid", "address3_addressid", "_createdby_value",
     "_modifiedby_value", "_owningbusinessunit_value"}
)  # fmt: skip
"""Ids that each organisation draws: of address rows, of its users, of its business unit."""
_MADE_BY_SALES = frozenset({"BASE UNIT", "UNIT GROUP BASE", "RESOURCE UNIT GROUP BASE"})
"""Mappings whose rows Sales makes itself, under ids it draws, with the unit group they belong to."""
_OWNERS = ("_ownerid_value", "_owninguser_value")
_NUMBERS = frozenset({"id", "number", "accountnumber", "companyNumber"})
"""What Business Central chooses in the order of creation, which no two runs share."""

type State = Mapping[str, Mapping[str, Record]]


def differences(one: Snapshot, other: Snapshot, chosen_by_bc: bool) -> Iterator[str]:
    """What differs, in sentences. ``chosen_by_bc``: BC's records were created in the run, so their ids and
    numbers differ; they are named by their rows in Sales."""
    first, second = state_of(one, chosen_by_bc), state_of(other, chosen_by_bc)
    for table in first:
        yield from _table_differences(table, first[table], second[table])
    if not chosen_by_bc:
        yield from _coupling_differences(one.couplings.by_bc, other.couplings.by_bc)
    if (ours := _companies(one)) != (theirs := _companies(other)):
        yield f"company contacts differ: {list((ours - theirs) + (theirs - ours))[:5]}"


def _coupling_differences(ours: Links, theirs: Links) -> Iterator[str]:
    for mapping in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(mapping, {}), theirs.get(mapping, {})
        same = one.keys() == other.keys() if mapping in _MADE_BY_SALES else one == other
        if not same:
            yield f"the couplings of {mapping} differ"


def _table_differences(table: str, ours: Mapping[str, Record], theirs: Mapping[str, Record]) -> Iterator[str]:
    for key in sorted(ours.keys() ^ theirs.keys()):
        yield f"{table}: {key} is in one of the two runs only"
    for key in ours.keys() & theirs.keys():
        names = ours[key].keys() | theirs[key].keys()
        for name in sorted(names):
            if ours[key].get(name) != theirs[key].get(name):
                yield f"{table} {key}: {name} is {ours[key].get(name)!r} and {theirs[key].get(name)!r}"


def state_of(shot: Snapshot, chosen_by_bc: bool) -> State:
    """The records of both sides without what differs by moment or draw."""
    left_out = _MOMENTS | _DRAWN | (_NUMBERS if chosen_by_bc else frozenset())
    persons = {k: v for k, v in shot.bc_contacts.items() if v["type"] == "Person"}
    partners = shot.couplings.by_bc
    named = {
        "customers": _renamed(shot.customers, partners.get(CUSTOMER, {}), chosen_by_bc),
        "persons": _renamed(persons, partners.get(CONTACT, {}), chosen_by_bc),
        "accounts": shot.accounts,
        "contacts": shot.sales_contacts,
    }
    return {
        table: {key: _plain(each, left_out) for key, each in records.items()}
        for table, records in named.items()
    }


def _plain(record: Record, left_out: frozenset[str]) -> Record:
    """Without what is left out; an owner who made the row is named so, not by an id."""
    creator = record.get("_createdby_value")
    owners = {name: "its creator" for name in _OWNERS if creator and record.get(name) == creator}
    return {name: value for name, value in (record | owners).items() if name not in left_out}


def _renamed(records: Records, partners: Mapping[str, str], chosen_by_bc: bool) -> Records:
    if not chosen_by_bc:
        return records
    return {partners.get(key, f"uncoupled {key}"): each for key, each in records.items()}


def _companies(shot: Snapshot) -> Counter[tuple[str, str]]:
    """Company contacts, which Business Central makes by itself, by name and mail address."""
    companies = (each for each in shot.bc_contacts.values() if each["type"] == "Company")
    return Counter((each["displayName"], each["email"]) for each in companies)
