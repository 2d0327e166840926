"""`find`, `couple`, `uncouple`, `create` and `sync`: pairs of records, and synchronising them now."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from itertools import batched
from pathlib import Path

from tandem.app import App, Document, Refused, segment
from tandem.exits import Exit
from tandem.records import id_of, ids_of
from tandem.screen import NAMES, Screen, shown
from tandem.verb import Verb, add_records, add_side

AT_ONCE = 500
"""Records in one call."""


def find(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Records by number or name, with their partners."""
    wider = {"begins": "true"} if given.begins else {}
    place = f"mappings/{segment(given.mapping)}/records"
    found = app.get(place, text=given.text, side=given.side, **wider)["records"]
    screen.result(found)
    rows = [(each["id"], each["name"], each["coupledWith"] or "not coupled") for each in found]
    screen.table(("Id", "Record", "Coupled with"), rows)
    for each in found:
        screen.say(each["name"])
        screen.links(each)
    called = "has a number or name that begins with" if given.begins else "is called"
    screen.say("" if found else f"No record {called} “{given.text}”.")
    return Exit.DONE if found else Exit.ATTENTION


def couple(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """One pair, or those of a file with two columns."""
    pairs = list(_pairs(app, given))
    answers = [_couple(app, given, list(some)) for some in batched(pairs, AT_ONCE, strict=False)]
    told = [each for answer in answers for each in answer["pairs"]]
    screen.result(told)
    for each in told:
        screen.say(
            f"{each['bcName'] or each['bc']} – {each['salesName'] or each['sales']}: {each['message']}"
        )
        for other in each["differences"]:
            screen.say(
                f"  {other['group']}: {_values(other['bc'])} | {_values(other['sales'])}{_goes(other)}"
            )
    coupled = sum(each["result"] == "coupled" for each in told)
    done = "would be coupled" if given.check else "are coupled"
    screen.say(f"{coupled:,} of {len(told):,} pairs {done}.")
    return Exit.DONE if coupled == len(told) else Exit.ATTENTION


def _couple(app: App, given: argparse.Namespace, pairs: list[Document]) -> Document:
    body = {"pairs": pairs, "then": given.then, "move": given.move, "check": given.check}
    return app.post(f"mappings/{segment(given.mapping)}/couplings", body)


def _pairs(app: App, given: argparse.Namespace) -> Iterator[Document]:
    """The pairs: of the command line, or of a file (CSV; Business Central first)."""
    rows = list(_rows(Path(given.file))) if given.file else [(given.bc, given.sales)]
    for bc, sales in rows:
        if not bc or not sales:
            raise Refused(
                "Name both records: one of Business Central and one of Sales, or a --file of pairs."
            )
        yield {"bc": id_of(app, given.mapping, "bc", bc), "sales": id_of(app, given.mapping, "sales", sales)}


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if len(row) < 2:
                raise Refused(f"{path}, line {number}: two columns are needed, Business Central first.")
            yield row[0].strip(), row[1].strip()


def _values(values: Document) -> str:
    return ", ".join(shown(each) for each in values.values())


def _goes(difference: Document) -> str:
    target = NAMES.get(str(difference["goesTo"]))
    return f" → goes to {target}" if target else " → a conflict"


def uncouple(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """End pairs; with --all those of the whole mapping."""
    if given.all == bool(given.record):
        raise Refused("Name the records, or --all for every pair of the mapping.")
    body: Document = {"all": True}
    if not given.all:
        body = {"side": given.side, "ids": ids_of(app, given.mapping, given.side, given.record)}
    return _queued(screen, app.post(f"mappings/{segment(given.mapping)}/uncouple", body), "pairs end")


def create(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Create the partners of records in the other system."""
    body = {"side": given.side, "ids": ids_of(app, given.mapping, given.side, given.record)}
    return _queued(
        screen, app.post(f"mappings/{segment(given.mapping)}/partners", body), "partners are created"
    )


def sync(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Synchronise coupled records now."""
    ids = ids_of(app, given.mapping, given.side, given.record)
    body = {"side": given.side, "ids": ids, "values": given.values}
    return _queued(
        screen, app.post(f"mappings/{segment(given.mapping)}/synchronize", body), "records are synchronised"
    )


def _queued(screen: Screen, answer: Document, what: str) -> Exit:
    screen.result(answer)
    for each in answer["leftOut"]:
        screen.say(f"{each['id']}: {each['reason']}")
    job = f" in job {answer['job']}" if answer["job"] else ""
    screen.say(f"{answer['queued']:,} {what}{job}." if answer["queued"] is not None else f"All {what}{job}.")
    return Exit.ATTENTION if answer["leftOut"] else Exit.DONE


def _of_find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("text", help="a number or a name")
    parser.add_argument("--begins", action="store_true", help="the text is only how it begins")
    add_side(parser)


def _of_couple(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument(
        "bc", nargs="?", default="", help="the record of Business Central: id, number or name"
    )
    parser.add_argument("sales", nargs="?", default="", help="the record of Sales: id, number or name")
    parser.add_argument("--file", default="", help="pairs from a file (CSV): Business Central, Sales")
    ways = ("nothing", "merge", "bc_values", "sales_values")
    what = "whose values count where they differ (merge: different ones are a conflict)"
    parser.add_argument("--then", default="merge", choices=ways, help=what)
    parser.add_argument("--move", action="store_true", help="a record leaves the partner it has")
    parser.add_argument("--check", action="store_true", help="only say what would become of the pairs")


def _of_uncouple(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("record", nargs="*", help="a record: its id, or its number or name")
    parser.add_argument("--all", action="store_true", help="every pair of the mapping")
    add_side(parser)


def _of_sync(parser: argparse.ArgumentParser) -> None:
    add_records(parser)
    parser.add_argument("--values", default="merge", choices=("merge", "bc_values", "sales_values"),
                        help="whose values count (merge: as the mapping says)")  # fmt: skip


VERBS = (
    Verb("find", "records by number or name, with their partners", find, _of_find),
    Verb("couple", "couple two records, or pairs of a file", couple, _of_couple),
    Verb("uncouple", "end pairs; neither record is changed", uncouple, _of_uncouple),
    Verb("create", "create partners of records in the other system", create, add_records),
    Verb("sync", "synchronise coupled records now", sync, _of_sync),
)
