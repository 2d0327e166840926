"""`run`, `plan` and `status`: synchronise everything, look before, look how it stands."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import Counter
from pathlib import Path

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.screen import NAMES, Screen, counted, shown
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


def plan(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Previews a full synchronisation: what it would write, and nothing is written."""
    if given.show:
        return show_plan(app, screen, given.show, given.writes)
    body: dict[str, object] = {"mappings": given.mapping, "release": given.release}
    if given.file:
        body["mappingFile"] = _mapping_file(Path(given.file))
    started = app.post("previews", body)
    address = f"previews/{started['id']}"
    again = f"python -m tandem plan --show {started['id']}"
    until_finished(app, screen, address, "Planning", Patience(given.wait), again)
    return show_plan(app, screen, started["id"], given.writes)


def _mapping_file(path: Path) -> Document:
    """A mapping's file under the name it says itself.  Raises ``Refused`` where it is no TOML."""
    text = path.read_text(encoding="utf-8")
    try:
        return {"name": str(tomllib.loads(text).get("name", path.stem)), "text": text}
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path} is no TOML: {error}") from None


def show_plan(app: App, screen: Screen, preview: str, writes: str = "") -> Exit:
    """A preview as a table with samples; ``writes`` names a file that takes every write, one a line."""
    found = app.get(f"previews/{preview}")
    screen.result(found)
    rows = [(each["mapping"], *_counts(each["writes"]), each["message"]) for each in found["lines"]]
    heads = ("Mapping", "create in BC", "change", "delete", "create in Sales", "change", "delete", "")
    screen.table(heads, [row for row in rows if any(row[1:7]) or row[7]] or rows[:1])
    for each in found["lines"]:
        for sample in each["samples"][:2]:
            screen.say(f"  e.g. {write_line(sample)}")
    screen.say(f"{_sum(found['writes']):,} writes. Preview {preview}; nothing was written.")
    if writes:
        screen.say(f"{_download(app, preview, Path(writes)):,} writes are in {writes}, one a line.")
    return Exit.DONE


def _counts(writes: Document) -> tuple[int, ...]:
    return tuple(writes[side][kind] for side in ("bc", "sales") for kind in ("create", "update", "delete"))


def _sum(writes: Document) -> int:
    return sum(_counts(writes))


def write_line(write: Document) -> str:
    """One planned write for people: what becomes of which record, and the first fields."""
    side = NAMES[write["side"]]
    fields = [
        f"{name}: {shown(each['old'])} → {shown(each['new'])}" for name, each in write["fields"].items()
    ]
    if write["kind"] == "create":
        fields = [f"{name}: {shown(each['new'])}" for name, each in write["fields"].items()]
    more = f" and {len(fields) - 3} more fields" if len(fields) > 3 else ""
    return f"{write['kind']} in {side}, {write['mapping']}, {write['label']}: {'; '.join(fields[:3])}{more}"


def _download(app: App, preview: str, path: Path) -> int:
    writes = app.pages(f"previews/{preview}/writes", "writes", limit=1000)
    with path.open("w", encoding="utf-8") as file:
        return sum(bool(file.write(json.dumps(each, ensure_ascii=False) + "\n")) for each in writes)


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


def _chosen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="*", help="only these mappings (all: none named)")
    parser.add_argument("--release", action="append", default=[], metavar="MAPPING",
                        help="create what is uncoupled in this mapping; may be given again")  # fmt: skip
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="SECONDS", help="how long to wait")


def _of_run(parser: argparse.ArgumentParser) -> None:
    _chosen(parser)
    parser.add_argument("--no-wait", action="store_true", help="start it and return")
    parser.add_argument("--accept-systems", action="store_true", help="the systems are meant as they are now")


def _of_plan(parser: argparse.ArgumentParser) -> None:
    _chosen(parser)
    parser.add_argument("--file", default="", help="try this mapping file as if it were stored")
    parser.add_argument(
        "--writes", default="", metavar="FILE", help="put every write into this file, one a line"
    )
    parser.add_argument("--show", default="", metavar="ID", help="show this preview and make none")


def _of_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", default="", metavar="ID", help="show this full synchronisation")


VERBS = (
    Verb("status", "how it stands: the app, its connections, the newest jobs", status, _of_status),
    Verb("plan", "what a full synchronisation would write; nothing is written", plan, _of_plan),
    Verb("run", "synchronise everything, or the mappings that are named", run, _of_run),
)
