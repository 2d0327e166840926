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
DONE = ("inserted", "modified", "coupled", "uncoupled", "deleted", "unchanged")
QUIET = frozenset({"unchanged"})
BAR_WIDTH = 14
POLL_S = 0.5
"""How often the progress is asked for: each answer reads the batches of all jobs."""
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
    seen, patient_until = _moved(view), began + PATIENCE_S
    with Live(console=screen.console, transient=True, auto_refresh=False) as live:
        while view["status"] != "Finished":
            if time.monotonic() > patient_until:
                raise DemoFailed(f"The full synchronisation has stood still for {PATIENCE_S:g} seconds.")
            if screen.lively:
                live.update(_indented(moving(view["lines"])), refresh=True)
            else:
                _tell_waves(screen, view["lines"], told, time.monotonic() - began)
            time.sleep(POLL_S)
            view = api.get(path)
            if _moved(view) != seen:
                seen, patient_until = _moved(view), time.monotonic() + PATIENCE_S
    if not screen.lively:
        _tell_waves(screen, view["lines"], told, time.monotonic() - began)
    return view


def _moved(view: View) -> list[tuple[Any, ...]]:
    """What changes while a full synchronisation goes on."""
    names = ("jobQueueEntryStatus", "toIntTableJobStatus", "fromIntTableJobStatus")
    return [(*(line[name] for name in names), line["progress"]["done"]) for line in view["lines"]]


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
    """Without a terminal: a line for each wave that has ended, in their order."""
    of_mapping = waves(lines)
    for wave in range(1, max(of_mapping.values()) + 1):
        own = [line for line in lines if of_mapping[line["mapping"]] == wave]
        if any(line["jobQueueEntryStatus"] not in ("Finished", "Error") for line in own):
            return
        if wave not in told:
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
    advised = [line for line in busy if "releases" in line["message"]]
    if advised:
        names = " and ".join(line["mapping"] for line in advised)
        screen.console.print()
        screen.say(f"Recommended for {names}: “{advised[0]['initialSynchRecommendation']}”.")
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
    done_first = (*DONE, *(name for name in OUTCOMES if name not in DONE))
    return Text(", ").join(
        Text(f"{progress[name]} {name}", style=_OUTCOME_STYLES.get(name, ""))
        for name in done_first
        if progress[name]
    )


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, INDENT))
