"""Posted invoices with what API v2.0 does not tell of them and Tandem's extension does.

API v2.0 shows a posted invoice under the id of its draft; the extension shows the posted record itself, which
has the same number.  One more request for each reading, and none where no invoice was read or nothing of this
is wanted.
Source: microsoft/BCApps, table Sales Invoice Header; business_central_extension, TandemPostedSalesInvoices.
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

NUMBER = "number"
NUMBERS_PER_PART = 100
_POSTED = Table("postedSalesInvoices", "id", (), api=tables.EXTENSION)


def with_posted(client: Client, place: Place, table: Table, rows: Sequence[Row], kind: str) -> list[Row]:
    """The rows, those of invoices with what their posted records tell; a draft has none, and tells blanks."""
    wanted = tables.posted_columns(table)
    if not wanted:
        return list(rows)
    numbers = sorted({str(row.values.get(NUMBER) or "") for row in rows} - {""})
    found = _told(client, place, wanted, numbers, kind) if numbers else {}
    blank: Mapping[str, Value] = dict.fromkeys(wanted, "")
    return [_completed(row, found.get(str(row.values.get(NUMBER) or ""), blank)) for row in rows]


def _completed(row: Row, told: Mapping[str, Value]) -> Row:
    return replace(row, values={**row.values, **told})


def _told(
    client: Client, place: Place, wanted: Sequence[str], numbers: Sequence[str], kind: str
) -> dict[str, Mapping[str, Value]]:
    """What posted invoices tell, by their number."""
    literals = [odata.literal(number) for number in numbers]
    parts = [_part(place, wanted, some) for some in odata.chunks(literals, NUMBERS_PER_PART)]
    with readable(_POSTED):
        _, bodies = batch.get(client, place.of(_POSTED).root, kind, parts)
        entities = [entity for body in bodies for entity in odata.rows(body)]
        return {
            odata.text(entity, NUMBER): {name: odata.scalar(entity.get(name)) for name in wanted}
            for entity in entities
        }


def _part(place: Place, wanted: Sequence[str], literals: Sequence[str]) -> batch.Part:
    condition = odata.any_of(NUMBER, literals)
    url = odata.address(
        f"{place.company}/{_POSTED.name}", select=",".join([NUMBER, *wanted]), filter=condition
    )
    return batch.Part("GET", url, batch.READ_PRIMARY)
