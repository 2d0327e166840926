"""`run` and `status`: synchronise everything, look how it stands."""

from __future__ import annotations

import argparse
from collections import Counter

from tandem.app import App, Document
from tandem.exits import Exit
from tandem.screen import Screen, counted
from tandem.verb import Verb
from tandem.waiting import Patience, until_finished

OUTCOMES = (
    "inserted", "modified", "coupled", "uncoupled", "deleted", "unchanged", "conflict", "failed", "waiting",
    "skipped",
)  # fmt: skip
TROUBLED = ("failed", "conflict", "waiting", "skipped")
WAIT_S = 4 * 3600.0
"""How long a verb waits for a run where nothing else is said."""


def run(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Starts a full synchronisation and waits for it."""
    body = {"mappings": given.mapping, "release": given.release}
    if given.accept_systems:
        body["acceptSystems"] = True
    started = app.post("full-synchronizations", body)
    again = f"python -m tandem status --run {started['id']}"
    if given.no_wait:
        screen.say(f"Started. {again}")
        screen.result(started)
        return Exit.DONE
    path = f"full-synchronizations/{started['id']}"
    ended = until_finished(app, screen, path, "Synchronising", Patience(given.wait), again)
    return show_run(screen, ended)


def show_run(screen: Screen, found: Document) -> Exit:
    """A run as a table; attention where a record or a mapping is not in step."""
    screen.result(found)
    rows = [
        (
            each["mapping"],
            each["jobQueueEntryStatus"],
            _outcomes(each["toSales"]),
            _outcomes(each["fromSales"]),
        )
        for each in found["lines"]
    ]
    screen.table(("Mapping", "Status", "to Sales", "from Sales"), rows)
    for each in found["lines"]:
        if each["message"]:
            screen.say(f"{each['mapping']}: {each['message']}")
    sums = Counter[str]()
    for each in found["lines"]:
        for way in ("toSales", "fromSales"):
            sums.update({name: each[way][name] for name in TROUBLED})
    errors = any(each["jobQueueEntryStatus"] == "Error" for each in found["lines"])
    if told := counted(dict(sums), TROUBLED):
        screen.say(f"Not in step: {told}. python -m tandem problems tells each with its remedy.")
    return Exit.ATTENTION if told or errors else Exit.DONE


def _outcomes(sums: Document) -> str:
    return counted(sums, OUTCOMES) or ("nothing given" if not sums["given"] else "")


def status(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """How it stands: the app, its connections, the newest jobs; or one run."""
    if given.run:
        return show_run(screen, app.get(f"full-synchronizations/{given.run}"))
    health, jobs = app.get("health"), _jobs(app)
    screen.result({"health": health, "jobs": jobs})
    screen.say(f"Tandem is {health['status']}.")
    for name, each in health["connections"].items():
        screen.say(f"{name}: {each['stoppedBecause'] or f'{len(each["mappings"])} mappings'}")
        for mapping, reason in each["disabled"].items():
            screen.say(f"  {mapping} is switched off: {reason}")
    rows = [(each["mapping"], each["kind"], each["createdAt"], each["status"], _both(each)) for each in jobs]
    screen.table(("Mapping", "Kind", "Began", "Status", "Records"), rows)
    return Exit.DONE if health["status"] == "ok" else Exit.ATTENTION


def _jobs(app: App) -> list[Document]:
    """The newest jobs; of several connections none, where none is named."""
    many = not app.connection and len(app.get("health")["connections"]) > 1
    found: list[Document] = [] if many else app.get("jobs", limit=10)["jobs"]
    return found


def _both(job: Document) -> str:
    sums = Counter[str]()
    for way in ("toSales", "fromSales"):
        sums.update({name: job[way][name] for name in OUTCOMES})
    return counted(dict(sums), OUTCOMES)


def add_chosen(parser: argparse.ArgumentParser) -> None:
    """Which mappings a run is over, and how long to wait for it."""
    parser.add_argument("mapping", nargs="*", help="only these mappings (all: none named)")
    parser.add_argument("--release", action="append", default=[], metavar="MAPPING",
                        help="create what is uncoupled in this mapping; may be given again")  # fmt: skip
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="SECONDS", help="how long to wait")


def _of_run(parser: argparse.ArgumentParser) -> None:
    add_chosen(parser)
    parser.add_argument("--no-wait", action="store_true", help="start it and return")
    parser.add_argument("--accept-systems", action="store_true", help="the systems are meant as they are now")


def _of_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", default="", metavar="ID", help="show this full synchronisation")


VERBS = (
    Verb("status", "how it stands: the app, its connections, the newest jobs", status, _of_status),
    Verb("run", "synchronise everything, or the mappings that are named", run, _of_run),
)
