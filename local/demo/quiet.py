"""The last look of the demonstration: nothing changed, little is asked, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local.demo.failures import expect
from local.demo.meter import Counts
from local.demo.stage import Stage, until
from shared_code.core.mapping import Mapping as TableMapping
from shared_code.core.records import Side
from shared_code.sync import tombstones

BATCH = "$batch"


def look(stage: Stage) -> dict[str, Any]:
    """One look at everything; what it asked and wrote.  Raises DemoFailed where it was not quiet."""
    mappings = stage.environment.options.scope.chosen
    deletions = tombstones.are_told(mappings)
    looks = sum(len(each.watched) for each in mappings) + deletions
    with stage.meter:
        stage.look_uncounted()
        until(lambda: requests_so_far(stage) >= looks, "not every mapping had been looked at")
        stage.wait_for_quiet()
    counts = stage.meter.last
    result = {
        "look_back_seconds": stage.environment.options.look_back_s,
        "mappings": sorted(each.name for each in mappings),
        "writes": counts.writes.total(),
        "requests": {side: counts.requests[side] for side in ("bc", "sales")},
        "requests_by_table": by_table(counts, mappings),
        "batches": batches(counts),
        "deletions": int(deletions),
    }
    _check(result)
    return result


def requests_so_far(stage: Stage) -> int:
    """What both systems were asked since the counters were reset."""
    bc, sales = stage.environment.bc_control.requests(), stage.environment.sales_control.requests()
    return int(bc["requests"]) + int(sales["requestsTotal"])


def by_table(counts: Counts, mappings: Sequence[TableMapping]) -> dict[str, dict[str, dict[str, Any]]]:
    """The requests for each table of both sides, and the mappings that look at it; batches stand apart."""
    told: dict[str, dict[str, dict[str, Any]]] = {"bc": {}, "sales": {}}
    for each in mappings:
        for side in each.watched:
            table = _asked_as(each, side)
            of_table = told[side].setdefault(table, {"mappings": [], "requests": 0})
            of_table["mappings"].append(each.name)
    for table, of_table in told["bc"].items():
        of_table["requests"] = _asked_for(counts.by_kind["bc"], table)
    for table, of_table in told["sales"].items():
        of_table["requests"] = _asked_for(counts.by_kind["sales"], table)
    return told


def _asked_as(mapping: TableMapping, side: Side) -> str:
    """How a mapping's table is named in what is counted: with the root of its API where it has one."""
    api = mapping.bc.api if side is Side.BC else ""
    return f"{api}/{mapping.side(side).table}" if api else mapping.side(side).table


def _asked_for(kinds: Mapping[str, int], table: str) -> int:
    return sum(number for kind, number in kinds.items() if _names(kind, table))


def batches(counts: Counts) -> dict[str, int]:
    """The requests of each side that ask for several tables at once: what moves a record without a stamp of
    its own (rates, stock, payments) is looked at together with it."""
    return {
        side: sum(number for kind, number in kinds.items() if kind.endswith(BATCH))
        for side, kinds in counts.by_kind.items()
    }


def _names(kind: str, table: str) -> bool:
    """Whether ``GET customers({id})`` is about ``customers``."""
    return kind.partition(" ")[2].partition("?")[0].partition("(")[0].removesuffix("/$delta") == table


def _check(result: Mapping[str, Any]) -> None:
    expect(result["writes"] == 0, f"A quiet look should write nothing; it wrote {result['writes']} records.")
    for side, tables in result["requests_by_table"].items():
        for table, of_table in tables.items():
            asked, looks = of_table["requests"], len(of_table["mappings"])
            expect(
                asked <= looks,
                f"A quiet look should ask once a mapping at most; {side} was asked {asked} times for "
                f"{table}, which {looks} mappings look at.",
            )
        told = result["batches"][side] + sum(each["requests"] for each in tables.values())
        asked, looks = result["requests"][side], sum(len(each["mappings"]) for each in tables.values())
        expect(
            told == asked, f"Of {asked} requests of a quiet look to {side} only {told} belong to a mapping."
        )
        # One request tells the deletions of all tables of Business Central, where its extension is there.
        most = looks + (result["deletions"] if side == "bc" else 0)
        expect(asked <= most, f"A quiet look asked {side} {asked} times for {looks} mappings.")
