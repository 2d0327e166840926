"""Rows read by their ids as a part of a ``$batch``, so that what a request creates is told by its answer.

The parts of a batch are done in their order (Microsoft docs:
webapi/execute-batch-operations-using-web-api.md), and the address of one may have 64 KB.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared_code.core.records import Row
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import dataverse_membership as membership
from shared_code.systems import dataverse_rows as rows
from shared_code.systems import odata
from shared_code.systems.interface import Table
from shared_code.systems.multipart import Part, PartAnswer

MOST = 500
"""Rows of one part: far below its address's length and a page's size."""


def part(table: Table, ids: Sequence[str]) -> Part:
    """The part that asks for these rows.  Raises ValueError for more than ``MOST``."""
    if len(ids) > MOST:
        raise ValueError(f"at most {MOST} ids in one part, not {len(ids)}")
    address = odata.address(
        f"{batch.API_PATH}/{odata.name(table.name)}",
        select=rows.select(table, table.columns),
        filter=membership.FILTER,
    )
    wanted = odata.encode(json.dumps(list(map(odata.guid, ids))))
    target = f"{address}&@p1={odata.literal(table.key)}&@p2={wanted}"
    prefer = rows.preferences(table.columns)
    return Part("GET", target, {"Accept": "application/json", **({"Prefer": prefer} if prefer else {})})


def found(table: Table, answer: PartAnswer | None) -> dict[str, Row] | None:
    """The rows by their ids; ``None`` where the answer tells nothing."""
    if answer is None or not 200 <= answer.status < 300:
        return None
    try:
        entities = odata.rows(odata.loads(answer.body))
        return {row.id: row for row in (rows.row(table, each) for each in entities)}
    except ValueError:
        return None
