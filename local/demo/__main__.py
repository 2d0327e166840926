"""`python dev.py demo`: Tandem's story in a terminal, checked while it is told.

python dev.py demo                         tell the story, then stay up to be tried; Ctrl+C ends it
python dev.py demo --once                  tell it and end: 0, or 1 when a step is not as told
python dev.py demo --once --report FILE    also write everything measured as JSON, of a failed run too
python dev.py demo --once --json           the same JSON to standard output, the story to standard error
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from rich.console import Console

from local.demo import beginning, report, story
from local.demo.failures import DemoFailed
from local.demo.screen import Screen
from local.demo.stage import Stage
from local.demo.told import Told
from local.dev.pasting import asked, posted
from local.dev.processes import NotReady, Processes, interrupt_on_terminate
from local.dev.steps import SetUpFailed
from local.dev.up import wait_for_the_end
from local.environment import Environment, Refused, start

NOT_STARTED = 2
NOT_AS_TOLD = 1
INTERRUPTED = 130


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py demo", description="Tandem's story, checked.")
    add = parser.add_argument
    add("--once", action="store_true", help="end by itself: 0, or 1 when a step is not as told")
    add("--report", type=Path, metavar="FILE", help="write what was measured as JSON")
    add(
        "--json",
        action="store_true",
        help="print what was measured as JSON; the story goes to standard error",
    )
    return parser


def main(given: Sequence[str]) -> int:
    """Starts everything and tells the story; 2 when it does not start."""
    parser = arguments()
    args = parser.parse_args(given)
    if args.report and not args.report.parent.is_dir():
        parser.error(f"{args.report} cannot be written: its folder does not exist")
    interrupt_on_terminate()
    told = Told()
    screen = Screen(Console(stderr=args.json, highlight=False))
    screen.title(
        "Tandem: Dynamics 365 Sales and Business Central in step",
        "Both systems are simulated on this machine; Tandem itself runs as it does in Azure.",
    )
    with Processes() as processes:
        try:
            with screen.working("starting storage, both systems and the functions host"):
                environment = start(processes, beginning.options())
        except (NotReady, SetUpFailed, Refused, OSError, ValueError) as failure:
            return _failed(args, screen, f"Not started: {failure}", told, None, NOT_STARTED)
        with environment:
            return _run(args, screen, environment, told)


def _run(args: argparse.Namespace, screen: Screen, environment: Environment, told: Told) -> int:
    stage: Stage | None = None
    try:
        beginning.load_few(environment)
        stage = Stage(environment)
        screen.say(f"Everything is up after {told.seconds():.1f} s.")
        story.tell(screen, stage, told)
        _report(args, report.build(stage, told))
    except DemoFailed as failure:
        return _failed(args, screen, str(failure), told, stage)
    except Exception as failure:
        text = f"{type(failure).__name__}: {failure} The logs are in {environment.processes.logs}."
        code = _failed(args, screen, text, told, stage)
        if not isinstance(failure, Refused | OSError):  # a defect of the demonstration: say where
            raise
        return code
    screen.console.print()
    screen.say(f"Everything came out as told, in {told.seconds():.1f} s.")
    return 0 if args.once else _stay(screen, stage)


def _failed(
    args: argparse.Namespace,
    screen: Screen,
    text: str,
    told: Told,
    stage: Stage | None,
    code: int = NOT_AS_TOLD,
) -> int:
    """Says why the demonstration ends; the report, where one is wanted, holds what was found until then."""
    screen.fail(text)
    try:
        _report(args, report.of_failure(text, told, stage))
    except OSError as failure:
        screen.fail(f"The report could not be written: {failure}")
    return code


def _report(args: argparse.Namespace, document: report.Json) -> None:
    if args.report:
        report.write(document, args.report)
    if args.json:
        print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)


def _stay(screen: Screen, stage: Stage) -> int:
    """Up until Ctrl+C; Tandem looks each minute from here on."""
    stage.resume()
    environment = stage.environment
    host, key = environment.host.url, environment.keys.functions
    bc, sales = environment.addresses.business_central, environment.addresses.sales
    screen.console.print()
    screen.say("All of it stays up, and Tandem looks at both sides each minute. Ctrl+C ends it.")
    screen.facts(
        (
            ("Tandem", host),
            ("function key", key),
            ("Business Central", bc),
            ("Sales", sales),
            ("logs", str(environment.processes.logs)),
        )
    )
    screen.say("Try this:")
    for command in _to_try(stage, host, key):
        screen.pasted(command)
    try:
        return wait_for_the_end(environment)
    except KeyboardInterrupt:
        screen.say("Everything is stopped.")
        return 0


def _to_try(stage: Stage, host: str, key: str) -> list[str]:
    """Commands that can be pasted: ask Tandem, look at both sides, edit an account as a person."""
    environment = stage.environment
    bc, sales = environment.addresses.business_central, environment.addresses.sales
    account = stage.couplings("CUSTOMER")[0].sales_id
    edit = {"table": "account", "id": account, "values": {"telephone1": "+44 20 7946 0303"}}
    return [
        asked(f"{host}/api/problems", key=key),
        asked(f"{host}/api/jobs", key=key),
        asked(f"{host}/api/full-synchronizations", key=key, method="POST"),
        asked(f"{bc}/_control/dump?company={quote(stage.company)}&table=customers"),
        asked(f"{sales}/_control/rows?table=account"),
        posted(f"{sales}/_control/edit", edit, environment.processes.logs / "edit.json"),
    ]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
