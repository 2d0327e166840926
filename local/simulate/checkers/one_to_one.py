"""I4: a record is in at most one coupling per mapping, on either side; pointers and couplings agree."""

from __future__ import annotations

from collections import defaultdict

from local.simulate.evidence import Evidence
from shared_code.store.tables import Entity

NAME = "I4 one to one"


def check(evidence: Evidence) -> list[str]:
    partitions: dict[str, list[Entity]] = defaultdict(list)
    for row in evidence.rows("Couplings"):
        partitions[row.partition].append(row)
    return [line for name, rows in partitions.items() for line in _check_partition(name, rows)]


def _check_partition(name: str, rows: list[Entity]) -> list[str]:
    coupled = {
        r.row[2:]: str(r.values["sales_id"])
        for r in rows
        if r.row.startswith("b|") and r.values["state"] == "coupled"
    }
    pointers = {
        r.row[2:]: str(r.values["bc_id"]) for r in rows if r.row.startswith("s|") and "bc_id" in r.values
    }
    lines = [
        f"{name}: {bc} points to {sales}, whose pointer leads to {pointers.get(sales)}"
        for bc, sales in coupled.items()
        if pointers.get(sales) != bc
    ]
    lines += [
        f"{name}: the pointer of {sales} leads to {bc}, which is not coupled with it"
        for sales, bc in pointers.items()
        if coupled.get(bc) != sales
    ]
    return lines
