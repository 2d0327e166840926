"""`compare`: whether both sides still hold what is on file, and mending what drifted."""

from __future__ import annotations

import argparse
from itertools import islice

from tandem.app import App
from tandem.exits import Exit
from tandem.screen import Progress, Screen
from tandem.verb import Verb
from tandem.waiting import Patience, is_finished, until_through

WAIT_S = 3600.0
SHOWN = 100
"""Findings that are shown; as JSON all are."""


def compare(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Compares now, or shows a compare; with --repair what drifted is synchronised."""
    compare_id = given.show or app.post("compares", {"mappings": given.mapping})["id"]
    # What looks wrong is looked at twice, a quarter of an hour apart.
    again = f"python -m tandem compare --show {compare_id}"
    patience, path = Patience(given.wait), f"compares/{compare_id}"
    progress = Progress(screen, "Comparing", patience.now_s, "mappings")
    ended = until_through(app, path, is_finished, patience, again, progress)
    findings = list(app.pages(f"compares/{compare_id}/findings", "findings", limit=1000))
    screen.result({**ended, "records": findings})
    rows = [(each["mapping"], each["verdict"], each["bc"]["records"], each["sales"]["records"],
             each["findings"], each["message"]) for each in ended["lines"]]  # fmt: skip
    screen.table(("Mapping", "Verdict", "in BC", "in Sales", "Drifted", ""), rows)
    for each in islice(findings, SHOWN):
        screen.say(f"{each['mapping']}: {each['text']}")
    if findings and given.repair:
        jobs = app.post(f"compares/{compare_id}/repair", {})["jobs"]
        screen.say(f"They are synchronised in {sum(map(len, jobs.values())):,} jobs.")
    elif findings:
        screen.say(f"Synchronise them: python -m tandem compare --show {compare_id} --repair")
    return Exit.ATTENTION if findings else Exit.DONE


def _of_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="*", help="only these mappings")
    parser.add_argument("--show", default="", metavar="ID", help="show this compare and make none")
    parser.add_argument("--repair", action="store_true", help="synchronise what drifted")
    parser.add_argument("--wait", type=float, default=WAIT_S, metavar="SECONDS", help="how long to wait")


VERBS = (Verb("compare", "whether both sides still hold what is on file", compare, _of_compare),)
