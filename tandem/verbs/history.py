"""`undo` and `journal`: what was written, and taking it back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.records import id_of
from tandem.screen import NAMES, Progress, Screen, counted, shown
from tandem.verb import Verb, add_side
from tandem.waiting import Patience, is_finished, until_through

SHOWN = 20
"""Records that are shown of an undo; as JSON all are."""
WAIT_S = 3600.0


def undo(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Preview an undo; with --run do it.  What somebody changed since is left alone, and listed."""
    started = app.post("undos", _what(app, given)) if not given.show else {"id": given.show}
    patience = Patience(given.wait)
    _await(app, screen, started["id"], ("preview", "run"), patience)
    if given.run:
        app.post(f"undos/{started['id']}/run", {"otherwise": given.otherwise})
        _await(app, screen, started["id"], ("run",), patience)
    records = app.pages(f"undos/{started['id']}/records", "records", limit=500)
    return _show(screen, started["id"], records, done=given.run)


def _what(app: App, given: argparse.Namespace) -> Document:
    """A job, a full synchronisation, or what was written last on one record."""
    named = [bool(given.job), bool(given.full), bool(given.record)]
    if sum(named) != 1:
        raise Refused("Name a --job, a --full synchronisation, or a --record with its mapping.")
    if given.job:
        return {"job": given.job}
    if given.full:
        return {"fullSynchronization": given.full}
    mapping, text = given.record
    return {"mapping": mapping, "id": id_of(app, mapping, given.side, text)}


def _await(app: App, screen: Screen, undo_id: str, phases: tuple[str, ...], patience: Patience) -> None:
    """Waits until an undo has finished one of these phases.  Raises ``Unfinished``."""
    again = f"python -m tandem undo --show {undo_id}"
    progress = Progress(screen, "Undoing" if phases == ("run",) else "Planning", patience.now_s, "mappings")
    until_through(
        app, f"undos/{undo_id}", lambda u: is_finished(u) and u["phase"] in phases, patience, again, progress
    )


def _show(screen: Screen, undo_id: str, records: Iterator[Document], *, done: bool) -> Exit:
    found = list(records)
    screen.result({"id": undo_id, "records": found})
    sums: dict[str, int] = {}
    for each in found:
        sums[each["outcome"]] = sums.get(each["outcome"], 0) + 1
    for each in found[:SHOWN]:
        screen.say(f"{each['mapping']}, {each['name'] or each['bcId']}: {each['outcome']}")
        for change in each["fields"]:
            values = f"{shown(change['from'])} → {shown(change['to'])}"
            screen.say(f"  {NAMES[change['side']]}, {change['field']}: {values}")
        for left in each["left"]:
            offers = f" (--otherwise {' or '.join(left['offers'])})" if left["offers"] else ""
            screen.say(f"  left alone: {left['text']}{offers}")
    if len(found) > SHOWN:
        screen.say(f"… and {len(found) - SHOWN:,} more; --json tells all.")
    told = counted(dict(sorted(sums.items())), sorted(sums)) or "nothing to undo"
    again = "" if done else f" Nothing was written yet: python -m tandem undo --show {undo_id} --run"
    screen.say(f"{told}.{again}")
    return Exit.ATTENTION if any(each["left"] for each in found) else Exit.DONE


def journal(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Everything Tandem wrote on a pair of records."""
    record = id_of(app, given.mapping, given.side, given.record)
    found = app.get("journal", mapping=given.mapping, id=record, side=given.side, limit=given.limit)
    screen.result(found)
    for each in islice(found["entries"], given.limit):
        by = f" ({each['decidedBy']} decided)" if each["decidedBy"] else ""
        screen.say(f"{each['at']}  {NAMES[each['side']]}, job {each['job']}{by}")
        for change in each["fields"]:
            values = f"{shown(change['old'])} → {shown(change['new'])}"
            screen.say(f"  {change['field']}: {values}, because {change['why']}")
    screen.say("There is more: --limit." if found["more"] else "")
    return Exit.DONE


def erase(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Remove a person's values from the journal, from undos and from compares."""
    record = id_of(app, given.mapping, given.side, given.record)
    found = app.post("journal/erase", {"mapping": given.mapping, "id": record, "side": given.side})
    screen.result(found)
    screen.say(
        f"{found['erased']:,} entries and {found['notes']:,} notes are erased, "
        f"{found['removed']:,} previews and matching reports removed. That there were some stays."
    )
    return Exit.DONE


def _of_erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CONTACT")
    parser.add_argument("record", help="the record: its id, or its number or name")
    add_side(parser)


def _of_undo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--job", default="", help="what this job wrote")
    parser.add_argument("--full", default="", metavar="ID", help="what this full synchronisation wrote")
    parser.add_argument(
        "--record", nargs=2, metavar=("MAPPING", "RECORD"), help="what was written last on it"
    )
    parser.add_argument("--show", default="", metavar="ID", help="this undo, which was previewed before")
    parser.add_argument("--run", action="store_true", help="do it; without, it is only previewed")
    parser.add_argument("--otherwise", default="list", choices=("list", "withdraw", "uncouple"),
                        help="created records that cannot be removed: list them, block or retire them "
                        "(withdraw), or end their pairs")  # fmt: skip
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="SECONDS", help="how long to wait")
    add_side(parser)


def _of_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("record", help="the record: its id, or its number or name")
    parser.add_argument("--limit", type=int, default=100, help="at most so many writes")
    add_side(parser)


VERBS = (
    Verb("undo", "take back what a job or a run wrote; previewed first", undo, _of_undo),
    Verb("journal", "everything Tandem wrote on a pair of records", journal, _of_journal),
    Verb("erase", "remove a record's values from the journal", erase, _of_erase),
)
