"""The figures for people and for programs.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.plan import TANDEM, WORKS
from benchmarks.running import Results, Run

HEAD = (
    "client", "work", "latency", "rows", "rows/s", "requests a row", "operations a row", "CPU µs a row",
    "peak MB", "storage a row", "duplicates", "lost",
)  # fmt: skip
TEXT_COLUMNS = 3


def entry(run: Run) -> dict[str, Any]:
    """One run as the JSON file tells it."""
    told = {
        "client": run.client,
        "work": run.work,
        "latency": run.latency,
        "rows": run.rows,
        "rows_per_s": round(run.rows_per_s, 2),
        "requests_per_row": round(run.requests / run.rows, 6),
        "client_cpu_us_per_row": round(run.cpu_s / run.rows * 1e6, 1),
        "peak_rss_mb": run.peak_rss_mb,
        "storage_transactions_per_row": round(run.storage_transactions / run.rows, 6),
        "duplicates": run.verdict.duplicates,
        "lost": run.verdict.lost,
    }
    return told | ({"instances": run.instances} if run.client == TANDEM else {})


def document(results: Results, about: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON file: ``runs``, and what else there is to know."""
    details = [
        {"client": each.client, "work": each.work, "latency": each.latency, "seconds": round(each.seconds, 3),
         "requests": each.requests, "operations": each.operations, "by_kind": dict(each.kinds),
         "stopped": each.stopped}
        for each in results.runs
    ]  # fmt: skip
    return {
        "runs": [entry(each) for each in results.runs],
        "about": {**about, "missed": results.missed, "details": details},
    }


def table(runs: Sequence[Run]) -> str:
    """A table in Markdown, which also reads well in a terminal."""
    rows = [HEAD, *(_row(each) for each in _in_order(runs))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rule = ["-" * w if n < TEXT_COLUMNS else "-" * (w - 1) + ":" for n, w in enumerate(widths)]
    return "\n".join(_line(each, widths) for each in (HEAD, rule, *rows[1:]))


def kinds_table(runs: Sequence[Run], client: str) -> str:
    """What one client asked for, by work and kind."""
    lines = []
    for run in _in_order([each for each in runs if each.client == client]):
        told = ", ".join(f"{kind} {number}" for kind, number in sorted(run.kinds.items()))
        lines.append(f"- {run.latency}, {run.work}: {run.requests} requests ({told or 'none'})")
    return "\n".join(lines)


def _in_order(runs: Iterable[Run]) -> list[Run]:
    works = list(WORKS)
    return sorted(runs, key=lambda each: (each.latency, works.index(each.work)))


def _row(run: Run) -> tuple[str, ...]:
    name = run.client if run.instances == 1 else f"{run.client} on {run.instances}"
    name = f"{name} (stopped)" if run.stopped else name
    return (
        name, run.work, run.latency, f"{run.rows:,}", f"{run.rows_per_s:,.0f}",
        f"{run.requests / run.rows:.4f}", f"{run.operations / run.rows:.4f}",
        f"{run.cpu_s / run.rows * 1e6:,.0f}", f"{run.peak_rss_mb:.0f}",
        f"{run.storage_transactions / run.rows:.4f}", str(run.verdict.duplicates), str(run.verdict.lost),
    )  # fmt: skip


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = (
        cell.ljust(width) if number < TEXT_COLUMNS else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(shown)} |"
