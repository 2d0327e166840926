"""The figures for people: a table, and a page of documentation around it."""

from __future__ import annotations

from collections.abc import Sequence
from os import getloadavg

from local.page_times.measuring import LIMIT_MS, TIMES, PageTime
from local.page_times.storage import STORAGE_MS
from local.page_times.stored import Filled

PAGE = """\
# How long pages take

<!-- Written by `python dev.py pages --page docs/measurements/pages.md`. -->

Server time of each page of the site, with {couplings:,} pairs and {problems:,} problems on file: from
the request to the whole answer, {times} times each. The aim is {limit:.0f} ms. The app is asked in one
process; it goes to storage over HTTP with its own client, and every request to storage takes
{storage:.0f} ms (the modelled service answers no sooner; its own time is within). Both systems are
simulated and answer at once: where a page shows what a system holds now (a record, availability), what
the real system takes comes on top. The examination of a connection and the review before a full
synchronisation are parts that a page fetches after it is shown, and ask both systems for every mapping;
they are not here.

{table}

Measured on two cores that other work shared; {load}. What waits for a core is in the median, so the quickest
of the {times} is what the aim is held against. *processor*: time of the app's process at work, both simulated
systems included, on average. *storage*: requests to storage for one page; those that do not need each other
go out together.
"""
HEAD = ("Page", "quickest ms", "median ms", "processor ms", "storage")


def table(found: Sequence[PageTime]) -> str:
    """A table in Markdown, which also reads well in a terminal."""
    rows = [
        (
            f"`{each.page}`",
            f"{each.quickest_ms:.0f}",
            f"{each.median_ms:.0f}",
            f"{each.cpu_ms:.0f}",
            str(each.requests),
        )
        for each in found
    ]
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(each, widths) for each in (HEAD, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join((first, *others))} |"


def page(filled: Filled, found: Sequence[PageTime]) -> str:
    """The page of documentation."""
    return PAGE.format(
        load=f"the load average was {getloadavg()[0]:.0f}",
        couplings=filled.couplings, problems=filled.problems, times=TIMES, limit=LIMIT_MS, storage=STORAGE_MS,
        table=table(found),
    )  # fmt: skip
