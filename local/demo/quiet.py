"""The last look of the demonstration: nothing changed, little is asked, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.demo.failures import expect
from local.demo.meter import Counts
from local.demo.stage import Stage, until
from shared_code.compose import default_mappings
from shared_code.core.mapping import Mapping as TableMapping

SALES_OPTIONS = "options:"


def look(stage: Stage) -> dict[str, Any]:
    """One look at everything; what it asked and wrote.  Raises DemoFailed where it was not quiet."""
    mappings = [each for each in default_mappings() if each.name in stage.mappings]
    watched = {each.name: len(each.watched) for each in mappings}
    with stage.meter:
        stage.look_uncounted()
        until(lambda: requests_so_far(stage) >= sum(watched.values()), "not every mapping had been looked at")
        stage.wait_for_quiet()
    counts = stage.meter.last
    result = {
        "look_back_seconds": stage.environment.options.look_back_s,
        "mappings": sorted(watched),
        "writes": counts.writes.total(),
        "requests": {side: counts.requests[side] for side in ("bc", "sales")},
        "requests_by_mapping": by_mapping(counts, mappings),
    }
    _check(result)
    return result


def requests_so_far(stage: Stage) -> int:
    """What both systems were asked since the counters were reset."""
    bc, sales = stage.environment.bc_control.requests(), stage.environment.sales_control.requests()
    return int(bc["requests"]) + int(sales["requestsTotal"])


def by_mapping(counts: Counts, mappings: list[TableMapping]) -> dict[str, dict[str, int]]:
    """The requests of each mapping and side, told apart by the tables they name.

    A batch that holds a mapping's table counts as one request of that mapping.
    """
    return {
        each.name: {"bc": _in_bc(counts, each.bc.table), "sales": _in_sales(counts, each.sales.table)}
        for each in mappings
    }


def _in_bc(counts: Counts, table: str) -> int:
    plain = sum(number for kind, number in counts.by_kind["bc"].items() if _names(kind, table))
    batched = any(_names(kind, table) for kind in counts.parts)
    return plain + (counts.by_kind["bc"]["POST $batch"] if batched else 0)


def _in_sales(counts: Counts, table: str) -> int:
    if table.startswith(SALES_OPTIONS):
        table = f"'{table.removeprefix(SALES_OPTIONS).split('.')[1]}'"
        return sum(number for kind, number in counts.by_kind["sales"].items() if table in kind)
    return sum(number for kind, number in counts.by_kind["sales"].items() if _names(kind, table))


def _names(kind: str, table: str) -> bool:
    """Whether ``GET customers({id})`` is about ``customers``."""
    return kind.partition(" ")[2].partition("?")[0].partition("(")[0].partition("/")[0] == table


def _check(result: Mapping[str, Any]) -> None:
    expect(result["writes"] == 0, f"A quiet look should write nothing; it wrote {result['writes']} records.")
    most = max(number for sides in result["requests_by_mapping"].values() for number in sides.values())
    expect(most <= 1, f"A quiet look should ask each side once for a mapping at most; it asked {most} times.")
    told = sum(number for sides in result["requests_by_mapping"].values() for number in sides.values())
    asked = sum(result["requests"].values())
    expect(told == asked, f"Of {asked} requests of a quiet look only {told} belong to a mapping.")
