"""The command: arguments in, a verb run, an exit code out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tandem.app import App, AppError, Refused
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verbs import findings, runs
from tandem.waiting import Unfinished

type Run = Callable[[App, Screen, argparse.Namespace], Exit]


@dataclass(frozen=True)
class Verb:
    """One verb: what it does in a line, how it is run, and the arguments of its own."""

    name: str
    summary: str
    run: Run
    add: Callable[[argparse.ArgumentParser], None] = lambda parser: None


def _chosen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="*", help="only these mappings (all: none named)")
    parser.add_argument("--release", action="append", default=[], metavar="MAPPING",
                        help="create what is uncoupled in this mapping; may be given again")  # fmt: skip
    parser.add_argument("--wait", type=float, default=runs.WAIT_S, metavar="SECONDS", help="how long to wait")


def _of_run(parser: argparse.ArgumentParser) -> None:
    _chosen(parser)
    parser.add_argument("--no-wait", action="store_true", help="start it and return")
    parser.add_argument("--accept-systems", action="store_true", help="the systems are meant as they are now")


def _of_plan(parser: argparse.ArgumentParser) -> None:
    _chosen(parser)
    parser.add_argument("--file", default="", help="try this mapping file as if it were stored")
    parser.add_argument("--name", default="", help="the mapping of the file, if not the file's name")
    parser.add_argument(
        "--writes", default="", metavar="FILE", help="put every write into this file, one a line"
    )
    parser.add_argument("--show", default="", metavar="ID", help="show this preview and make none")


def _of_problems(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="*", help="only these mappings")
    parser.add_argument("--code", default="", help="only this kind")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many")


def _plan(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    return (
        runs.show_plan(app, screen, given.show, given.writes) if given.show else runs.plan(app, screen, given)
    )


VERBS = (
    Verb("status", "how it stands: the app, its connections, the newest jobs", runs.status,
         lambda parser: _add(parser, "--run", "show this full synchronisation", metavar="ID")),
    Verb("plan", "what a full synchronisation would write; nothing is written", _plan, _of_plan),
    Verb("run", "synchronise everything, or the mappings that are named", runs.run, _of_run),
    Verb("problems", "every record that is not in step, with its remedy", findings.problems, _of_problems),
    Verb("doctor", "examine systems, rights, clocks, schedules; say what to do", findings.doctor,
         lambda parser: _flag(parser, "--all", "also what is good")),
)  # fmt: skip


def _add(parser: argparse.ArgumentParser, name: str, text: str, *, metavar: str = "") -> None:
    parser.add_argument(name, default="", help=text, metavar=metavar or None)


def _flag(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, action="store_true", help=text)


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
