"""The review of a full synchronisation: a line per mapping, wave by wave, as it moves and as it ends."""

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
FULL = "Full Synchronization"
QUIET = frozenset({"unchanged"})
BAR_WIDTH = 14
POLL_S = 0.1
PATIENCE_S = 120.0
_STYLES = {"Success": "green", "Finished": "green", "Error": "bold red", "In Process": "yellow"}
_OUTCOME_STYLES = {"failed": "bold red", "conflict": "magenta", "waiting": "yellow", "unchanged": "dim"}

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
    path, began = f"full-synchronizations/{full_sync_id}", time.monotonic()
    view: View = api.get(path)
    told: set[int] = set()
    with Live(console=screen.console, transient=True, auto_refresh=False) as live:
        while view["status"] != "Finished":
            if time.monotonic() > began + PATIENCE_S:
                raise DemoFailed(f"The full synchronisation had not ended after {PATIENCE_S:g} seconds.")
            if screen.lively:
                live.update(_indented(moving(view["lines"])), refresh=True)
            else:
                _tell_waves(screen, view["lines"], told, time.monotonic() - began)
            time.sleep(POLL_S)
            view = api.get(path)
    if not screen.lively:
        _tell_waves(screen, view["lines"], told, time.monotonic() - began)
    return view


def waves(lines: Sequence[Line]) -> dict[str, int]:
    """The wave of each mapping: one after the last of those it depends on."""
    after = {str(line["mapping"]): str(line["dependencyFilter"]).split("|") for line in lines}
    found: dict[str, int] = {}
    while len(found) < len(after):
        ready = {
            name: 1 + max((found.get(each, 0) for each in needed), default=0)
            for name, needed in after.items()
            if name not in found and all(each in found or each not in after for each in needed)
        }
        found |= ready
    return found


def _tell_waves(screen: Screen, lines: Sequence[Line], told: set[int], seconds: float) -> None:
    """Without a terminal: a line for each wave that has ended."""
    of_mapping = waves(lines)
    for wave in range(1, max(of_mapping.values()) + 1):
        own = [line for line in lines if of_mapping[line["mapping"]] == wave]
        if wave not in told and all(line["jobQueueEntryStatus"] in ("Finished", "Error") for line in own):
            told.add(wave)
            records = sum(line["progress"]["given"] for line in own)
            screen.say(f"… wave {wave}: {len(own)} mappings, {records} records, after {seconds:.1f} s")


def show(screen: Screen, lines: Sequence[Line]) -> None:
    """What came of it: what happened to the records of each mapping, and what is recommended."""
    busy = [line for line in lines if _happened(line)]
    screen.console.print()
    screen.show(ended(busy, waves(lines)))
    quiet = [line for line in lines if not _happened(line)]
    if quiet:
        records = sum(line["progress"]["given"] for line in quiet)
        screen.console.print()
        screen.say(f"{len(quiet)} further mappings: {records} records, all unchanged.")
    advised = [line for line in busy if line["initialSynchRecommendation"] == "Couple Records"]
    if advised:
        names = " and ".join(line["mapping"] for line in advised)
        screen.console.print()
        screen.say(f"Recommended for {names}: “Couple Records”.")
    screen.console.print()


def _happened(line: Line) -> bool:
    return any(line[way][name] for way in ("toSales", "fromSales") for name in OUTCOMES if name not in QUIET)


def ended(lines: Sequence[Line], of_mapping: Mapping[str, int]) -> Table:
    """A line per mapping with the outcomes of both directions."""
    made = plain_table()
    made.add_column("Wave", justify="right")
    made.add_column("Mapping", style="cyan", no_wrap=True)
    made.add_column("to Sales")
    made.add_column("from Sales")
    last = 0
    for line in sorted(lines, key=lambda each: (of_mapping[each["mapping"]], each["mapping"])):
        wave = of_mapping[line["mapping"]]
        shown = str(wave) if wave != last else ""
        last = wave
        made.add_row(shown, line["mapping"], outcomes(line["toSales"]), outcomes(line["fromSales"]))
    return made


def moving(lines: Sequence[Line]) -> Table:
    """A line per mapping with its status, while it runs."""
    of_mapping = waves(lines)
    made = plain_table()
    made.add_column("Wave", justify="right")
    made.add_column("Mapping", style="cyan", no_wrap=True)
    for name in ("to Sales", "from Sales"):
        made.add_column(name, no_wrap=True, min_width=len("In Process"))
    made.add_column("Progress", no_wrap=True)
    made.add_column("Done", justify="right", no_wrap=True, min_width=len("160/160"))
    for line in sorted(lines, key=lambda each: (of_mapping[each["mapping"]], each["mapping"])):
        made.add_row(*_cells(line, of_mapping[line["mapping"]]))
    return made


def _cells(line: Line, wave: int) -> list[Text | ProgressBar]:
    progress = line["progress"]
    status = [
        Text(line[name] or "–", style=_STYLES.get(line[name], "dim"))
        for name in ("toIntTableJobStatus", "fromIntTableJobStatus")
    ]
    bar = ProgressBar(total=100, completed=progress["percent"], width=BAR_WIDTH)
    done = Text(f"{progress['done']}/{progress['given']}" if progress["given"] else "")
    return [Text(str(wave)), Text(line["mapping"]), *status, bar, done]


def outcomes(progress: Mapping[str, int]) -> Text:
    """The outcomes that occurred, such as “56 inserted, 2 waiting”; what was done comes first."""
    parts = [(f"{progress[name]} {name}", _OUTCOME_STYLES.get(name, "")) for name in reversed(OUTCOMES)]
    there = [part for part, name in zip(parts, reversed(OUTCOMES), strict=True) if progress[name]]
    return Text(", ").join(Text(text, style=style) for text, style in there)


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, INDENT))
