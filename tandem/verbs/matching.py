"""`match`: which uncoupled records of both sides belong together, told first and coupled when told to."""

from __future__ import annotations

import argparse
from itertools import islice

from tandem.app import App, Document
from tandem.exits import Exit
from tandem.screen import Progress, Screen, counted
from tandem.verb import Verb, add_side
from tandem.waiting import Patience, until_through

RESULTS = ("exact", "possible", "severalInBc", "severalInSales", "noneInBc", "noneInSales")
"""What the app counts; the first are sure, the last have nobody."""
OF_LINES = ("exact", "possible", "several", "none")
WAIT_S = 3600.0


def match(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """A matching report; with --accept what it found is coupled, or created where it found nothing."""
    report = given.show or app.post("match-reports", _asked(given))["id"]
    again = f"python -m tandem match {given.mapping} --show {report}"
    patience = Patience(given.wait)
    progress = Progress(screen, "Matching", patience.now_s, "%")
    found = until_through(app, f"match-reports/{report}", _is_over, patience, again, progress)
    lines = list(islice(_lines(app, report, given.result), given.limit))
    accepted = None
    if given.accept:
        more = {"side": given.side} if given.accept == "none" else {"then": given.then}
        body = {"result": given.accept} | more
        accepted = app.post(f"match-reports/{report}/accept", body)
    screen.result({**found, "lines": lines, "accepted": accepted})
    for each in lines:
        _tell(screen, each)
    screen.say(f"{found['mapping']}: {counted(found['counts'], RESULTS) or 'nothing uncoupled'}.")
    if accepted:
        screen.say(f"Accepted in job {accepted['job']}.")
    elif found["counts"]["exact"]:
        screen.say(
            f"Couple the exact ones: python -m tandem match {found['mapping']} --show {report} --accept exact"
        )
    open_ones = (
        found["counts"]["possible"] + found["counts"]["severalInBc"] + found["counts"]["severalInSales"]
    )
    return Exit.ATTENTION if open_ones else Exit.DONE


def _is_over(report: Document) -> bool:
    """Whether a report is finished, or could not be made."""
    return str(report["status"]) != "In Process"


def _asked(given: argparse.Namespace) -> Document:
    case: Document = {"caseSensitive": True} if given.case_sensitive else {}
    criteria: list[Document] = [{"fields": each.split("+")} | case for each in given.by]
    criteria += [{"fields": each.split("+"), "onlySuggests": True} | case for each in given.hint]
    return {"mapping": given.mapping} | ({"criteria": criteria} if criteria else {})


def _lines(app: App, report: str, result: str) -> list[Document]:
    return (
        list(app.pages(f"match-reports/{report}/lines", "lines", result=result, limit=1000)) if result else []
    )


def _tell(screen: Screen, line: Document) -> None:
    screen.say(f"{line['result']}: {line['name']} ({line['id']})")
    for each in line["candidates"]:
        screen.say(f"  {each['name']} ({each['id']}): {each['reason']}")


def _of_match(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    by = "match by these fields instead of the mapping's; may be given again"
    parser.add_argument("--by", action="append", default=[], metavar="FIELD[+FIELD]", help=by)
    parser.add_argument("--hint", action="append", default=[], metavar="FIELD[+FIELD]",
                        help="fields that only suggest; may be given again")  # fmt: skip
    parser.add_argument(
        "--case-sensitive", action="store_true", help="capitals count in what --by and --hint name"
    )
    parser.add_argument("--result", default="possible", choices=("", *OF_LINES), help="the lines to show")
    parser.add_argument("--limit", type=int, default=100, help="at most so many lines")
    parser.add_argument("--show", default="", metavar="ID", help="this report, and make none")
    parser.add_argument("--accept", default="", choices=("", "exact", "possible", "none"),
                        help="couple all of this; none: create partners for what has nobody")  # fmt: skip
    add_side(parser)
    parser.add_argument("--then", default="merge", choices=("nothing", "merge", "bc_values", "sales_values"),
                        help="whose values count where a pair differs")  # fmt: skip
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="SECONDS", help="how long to wait")


VERBS = (Verb("match", "which uncoupled records belong together; couple them", match, _of_match),)
