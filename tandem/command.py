"""The command: arguments in, a verb run, an exit code out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence

from tandem.app import App, AppError, Refused
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb
from tandem.verbs import (
    availability,
    comparing,
    connection,
    decisions,
    findings,
    history,
    mapping_files,
    matching,
    pairs,
    planning,
    runs,
    setup,
    steering,
)
from tandem.waiting import Unfinished

VERBS: Sequence[Verb] = (
    *runs.VERBS,
    *planning.VERBS,
    *steering.VERBS,
    *findings.VERBS,
    *pairs.VERBS,
    *decisions.VERBS,
    *history.VERBS,
    *comparing.VERBS,
    *matching.VERBS,
    *availability.VERBS,
    *connection.VERBS,
    *setup.VERBS,
    *mapping_files.VERBS,
)


def parser_of(verbs: Sequence[Verb] = VERBS) -> argparse.ArgumentParser:
    """What the command line understands."""
    parser = argparse.ArgumentParser("tandem", description=DESCRIPTION, epilog=EPILOG)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", default="", help="the app's address (TANDEM_URL)")
    common.add_argument(
        "--connection", default="", help="which connection, where there are several (TANDEM_CONNECTION)"
    )
    common.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    ways = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for each in verbs:
        each.add(ways.add_parser(each.name, help=each.summary, description=each.summary, parents=[common]))
    return parser


DESCRIPTION = "Tandem at the command line: the verbs of the deployed app."
EPILOG = (
    "The app's key is taken from TANDEM_KEY, never from an argument, which others on the machine can see. "
    "Exit codes: 0 done, 1 something deserves a look, 2 wrong usage, 3 refused, 4 not reachable, 5 not "
    "finished in time."
)


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run one verb; the exit code."""
    given = parser_of().parse_args(arguments)
    screen = Screen(given.json)
    verb = next(each for each in VERBS if each.name == given.verb)
    url, key = given.url or environment.get("TANDEM_URL", ""), environment.get("TANDEM_KEY", "")
    if not url or not key:
        screen.fail(
            "Set TANDEM_URL to the app's address and TANDEM_KEY to a function key of it (portal: App keys)."
        )
        return Exit.USAGE
    try:
        app = App(url, key, given.connection or environment.get("TANDEM_CONNECTION", ""))
        return verb.run(app, screen, given)
    except Unfinished as late:
        screen.fail(str(late))
        return Exit.UNFINISHED
    except AppError as error:
        screen.fail(str(error))
        return Exit.REFUSED if isinstance(error, Refused) else Exit.UNREACHABLE
    except OSError as error:
        screen.fail(f"{error.filename}: {error.strerror}")
        return Exit.USAGE
