"""The review of a full synchronisation: a line per mapping, as it moves."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.demo.failures import DemoFailed
from local.demo.screen import INDENT, Screen, plain_table
from local.environment.host import Api

OUTCOMES = (
    "failed", "conflict", "waiting", "skipped", "deleted",
    "inserted", "modified", "coupled", "uncoupled", "unchanged",
)  # fmt: skip
WIDE = 116
BAR_WIDTH = 14
POLL_S = 0.1
PATIENCE_S = 120.0
_STYLES = {"Success": "green", "Finished": "green", "Error": "bold red", "In Process": "yellow"}

type Line = Mapping[str, Any]
type View = dict[str, Any]


def run(screen: Screen, api: Api, request: Mapping[str, Any]) -> View:
    """Start a full synchronisation, show it until it is finished, return its last view.

    Raises DemoFailed when it does not finish or a mapping ends with an error.
    """
    full_sync_id = str(api.post("full-synchronizations", dict(request))["id"])
    view = _watch(screen, api, full_sync_id)
    show(screen, view["lines"])
    for line in view["lines"]:
        if line["jobQueueEntryStatus"] == "Error":
            raise DemoFailed(f"The full synchronisation of {line['mapping']} failed: {line['message']}")
    return view


def _watch(screen: Screen, api: Api, full_sync_id: str) -> View:
    path = f"full-synchronizations/{full_sync_id}"
    end = time.monotonic() + PATIENCE_S
    view: View = api.get(path)
    told: dict[str, str] = {}
    with Live(console=screen.console, transient=True, auto_refresh=False) as live:
        while view["status"] != "Finished":
            if time.monotonic() > end:
                raise DemoFailed(f"The full synchronisation had not ended after {PATIENCE_S:g} seconds.")
            if screen.lively:
                live.update(_indented(table(view["lines"], screen.width)), refresh=True)
            else:
                _tell_news(screen, view["lines"], told)
            time.sleep(POLL_S)
            view = api.get(path)
    if not screen.lively:
        _tell_news(screen, view["lines"], told)
    return view


def _tell_news(screen: Screen, lines: Sequence[Line], told: dict[str, str]) -> None:
    """Without a terminal: a line for each mapping whose status has changed."""
    for line in lines:
        status = _moving(line)
        if status != told.get(line["mapping"], "Ready"):
            told[line["mapping"]] = status
            screen.pasted(f"{line['mapping']:<16} {status}")


def _moving(line: Line) -> str:
    way = "to Sales" if line["toIntTableJobStatus"] == "In Process" else ""
    way = "to Business Central" if line["fromIntTableJobStatus"] == "In Process" else way
    return " ".join(part for part in (line["jobQueueEntryStatus"], way) if part)


def show(screen: Screen, lines: Sequence[Line]) -> None:
    """The whole review: the table, and below it what the records of each mapping came to."""
    screen.console.print()
    screen.show(table(lines, screen.width))
    screen.console.print()
    grid = Table.grid(padding=(0, 2))
    for line in lines:
        for number, (name, text) in enumerate(details(line, screen.width >= WIDE)):
            grid.add_row(Text("" if number else line["mapping"], style="cyan"), Text(name), Text(text))
    screen.show(grid)


def table(lines: Sequence[Line], width: int) -> Table:
    """A line per mapping; a wide terminal also has room for dependencies and recommendation."""
    wide = width >= WIDE
    made = plain_table()
    made.add_column("Mapping", style="cyan", no_wrap=True, min_width=len("SHIPMENT METHOD"))
    if wide:
        made.add_column("Dependency Filter", max_width=34)
    for name in ("Job Queue", "To Sales", "From Sales"):
        made.add_column(name, no_wrap=True, min_width=len("In Process"))
    made.add_column("Progress", no_wrap=True)
    made.add_column("Done", justify="right", no_wrap=True, min_width=len("160/160"))
    if wide:
        made.add_column("Recommendation", no_wrap=True)
    for line in lines:
        made.add_row(*_cells(line, wide))
    return made


def _cells(line: Line, wide: bool) -> list[Text | ProgressBar]:
    progress = line["progress"]
    names = ("jobQueueEntryStatus", "toIntTableJobStatus", "fromIntTableJobStatus")
    cells: list[Text | ProgressBar] = [Text(line["mapping"])]
    if wide:
        cells.append(Text(_readable_filter(line)))
    cells += [Text(line[name] or "–", style=_STYLES.get(line[name], "dim")) for name in names]
    cells.append(ProgressBar(total=100, completed=progress["percent"], width=BAR_WIDTH))
    cells.append(Text(f"{progress['done']}/{progress['given']}"))
    return [*cells, Text(line["initialSynchRecommendation"])] if wide else cells


def details(line: Line, wide: bool) -> list[tuple[str, str]]:
    """Counters of both directions; what the narrow table has no room for."""
    found = [
        (name, f"{line[key]['given']} given: {counters(line[key])}")
        for name, key in (("to Sales", "toSales"), ("from Sales", "fromSales"))
        if line[key]["given"]
    ]
    if not wide:
        found.insert(0, ("advice", line["initialSynchRecommendation"]))
        if line["dependencyFilter"]:
            found.insert(0, ("after", _readable_filter(line)))
    return found


def counters(progress: Mapping[str, int]) -> str:
    """The outcomes that occurred, such as “56 inserted, 2 waiting”."""
    return ", ".join(f"{progress[name]} {name}" for name in OUTCOMES if progress[name])


def _readable_filter(line: Line) -> str:
    return str(line["dependencyFilter"]).replace("|", ", ")


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, INDENT))
