"""Opportunities with the company of their contact, which API v2.0 does not tell.

An opportunity names its contact by number; the contact tells its company and whether that is a customer.
One more request for each reading, and none where no opportunity was read.
Source: microsoft/BCApps, APIV2Opportunities and APIV2Contacts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_code.core.records import Row, Value
from shared_code.systems import business_central_batch as batch
from shared_code.systems import business_central_tables as tables
from shared_code.systems import odata
from shared_code.systems.business_central_place import Place
from shared_code.systems.business_central_scan import readable
from shared_code.systems.http import Client
from shared_code.systems.interface import Table

NUMBER = "contactNumber"
NUMBERS_PER_PART = 100
_NO_CONTACT: Mapping[str, Value] = dict.fromkeys(tables.CONTACT_COLUMNS, "")


def with_contacts(client: Client, place: Place, table: Table, rows: Sequence[Row], kind: str) -> list[Row]:
    """The rows, those of opportunities with what their contacts tell."""
    if not tables.has_contact_columns(table):
        return list(rows)
    numbers = sorted({str(row.values.get(NUMBER) or "") for row in rows} - {""})
    found = _contacts(client, place, numbers, kind) if numbers else {}
    return [_completed(row, found) for row in rows]


def _completed(row: Row, contacts: Mapping[str, Mapping[str, Value]]) -> Row:
    told = contacts.get(str(row.values.get(NUMBER) or ""), _NO_CONTACT)
    return replace(row, values={**row.values, **told})


def _contacts(
    client: Client, place: Place, numbers: Sequence[str], kind: str
) -> dict[str, Mapping[str, Value]]:
    """What contacts tell, by their number."""
    literals = [odata.literal(number) for number in numbers]
    parts = [_part(place, some) for some in odata.chunks(literals, NUMBERS_PER_PART)]
    with readable(Table("contacts", "id", ())):
        _, bodies = batch.get(client, place.root, kind, parts)
        entities = [entity for body in bodies for entity in odata.rows(body)]
        return {odata.text(entity, "number"): _told(entity) for entity in entities}


def _part(place: Place, literals: Sequence[str]) -> batch.Part:
    columns = ",".join(["number", *tables.CONTACT_COLUMNS.values()])
    url = odata.address(f"{place.company}/contacts", select=columns, filter=odata.any_of("number", literals))
    return batch.Part("GET", url, batch.READ_PRIMARY)


def _told(entity: Mapping[str, object]) -> Mapping[str, Value]:
    return {name: odata.scalar(entity.get(theirs)) for name, theirs in tables.CONTACT_COLUMNS.items()}
