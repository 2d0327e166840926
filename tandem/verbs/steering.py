"""`review`, `control` and `reset`: what a full synchronisation would be, and steering one that runs."""

from __future__ import annotations

import argparse

from tandem.app import App, Document, Refused, segment
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb
from tandem.verbs.runs import show_run

OF_RUN = ("pause", "resume", "stop")
OF_LINE = ("restart", "reset")


def review(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """What is recommended for each mapping; attention where records are to be coupled first."""
    found = app.get("full-synchronization-review")
    screen.result(found)
    rows = [
        (
            each["wave"],
            each["mapping"],
            each["initialSynchRecommendation"] or each["message"],
            *_uncoupled(each),
        )
        for each in found["lines"]
    ]
    screen.table(("Wave", "Mapping", "Recommendation", "uncoupled in BC", "in Sales"), rows)
    told = [each for each in found["lines"] if each["message"] or _uncoupled_on_both(each)]
    return Exit.ATTENTION if told else Exit.DONE


def _uncoupled(line: Document) -> tuple[str, str]:
    """How many have no partner; of a large table only the first pages were looked at."""
    more = "" if line["complete"] else " or more"
    return f"{line['uncoupled']['bc']:,}{more}", f"{line['uncoupled']['sales']:,}{more}"


def _uncoupled_on_both(line: Document) -> bool:
    return str(line["initialSynchRecommendation"]) == "Couple Records"


def control(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Pause, resume or stop a full synchronisation; restart or reset one of its lines."""
    of_line = given.action in OF_LINE
    if of_line != bool(given.mapping):
        raise Refused(f"Name a mapping with {' and '.join(OF_LINE)}, and only with these.")
    path = f"full-synchronizations/{segment(given.run)}"
    if of_line:
        found = app.post(f"{path}/lines", {"action": given.action, "mapping": given.mapping})
    else:
        found = app.post(f"{path}/control", {"action": given.action})
    show_run(screen, found)
    screen.say(
        f"{given.action}: it holds from the next batches on. python -m tandem status --run {given.run}"
    )
    return Exit.DONE


def reset(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Look at everything of a mapping anew; with --release-brake believe what its brake saw."""
    what = "brake/release" if given.release_brake else "reset"
    found = app.post(f"mappings/{segment(given.mapping)}/{what}")
    screen.result(found)
    screen.say(f"Begun. python -m tandem status --run {found['id']}")
    return Exit.DONE


def _of_control(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=(*OF_RUN, *OF_LINE), help="stop: after the batches that are queued")
    parser.add_argument("run", help="the full synchronisation's id, as run and status tell it")
    parser.add_argument("mapping", nargs="?", default="", help="the line that restart and reset are about")


def _of_reset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument(
        "--release-brake", action="store_true", help="what the brake saw really is so: it is concluded"
    )


VERBS = (
    Verb("review", "what a full synchronisation would be, mapping by mapping", review),
    Verb("control", "pause, resume or stop a run; restart or reset a line", control, _of_control),
    Verb("reset", "look at everything of a mapping anew; release its brake", reset, _of_reset),
)
