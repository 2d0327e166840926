"""`python dev.py latency`: how long a change takes from one side to the other.

python dev.py latency                                   40 changes a direction, about ten minutes
python dev.py latency --changes 10 --only webhooks
python dev.py latency --json latency.json --page docs/measurements/latency.md
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom

from local.dev.processes import NotReady, interrupt_on_terminate
from local.environment import HEART
from local.environment.scope import names
from local.latency.figures import figures, notes, page, table
from local.latency.plan import Plan
from local.latency.running import NotDone, Run, run

RUNS = {"timer": False, "webhooks": True}


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py latency", description=__doc__)
    add = parser.add_argument
    add("--changes", type=int, default=40, help="of each direction")
    add("--spread-s", type=float, default=180.0, help="within which the changes are made")
    add("--seed", type=int, default=None, help="of records and moments (default: drawn and told)")
    add("--only", choices=sorted(RUNS), default=None, help="one of the two runs")
    add("--bc-delay-s", type=float, default=30.0, help="shorten Business Central's delay, to try the tool")
    add(
        "--mappings", type=names, default=HEART.mappings, metavar="NAMES",
        help="with commas; all: the whole catalogue (default: CUSTOMER,CONTACT)",
    )  # fmt: skip
    add("--json", type=Path, default=None, metavar="FILE", help="write the figures there too")
    add("--page", type=Path, default=None, metavar="FILE", help="write them as a page of documentation")
    return parser


def machine() -> str:
    """What it runs on, as far as it matters."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def measured(plan: Plan, only: str | None) -> list[Run]:
    """The runs, one after the other."""
    found = []
    for name, webhooks in RUNS.items():
        if only in (None, name):
            say(f"{name}: starting")
            found.append(run(plan, webhooks, say))
    return found


def say(text: str) -> None:
    """Progress, at once."""
    print(text, file=sys.stderr, flush=True)


def main(given: Sequence[str]) -> int:
    """Measures and tells; 1 where a change did not arrive or nothing could be measured."""
    interrupt_on_terminate()
    args = arguments().parse_args(given)
    seed = SystemRandom().randrange(1_000_000) if args.seed is None else args.seed
    try:
        plan = Plan(
            args.changes, args.spread_s, seed=seed, mappings=args.mappings, bc_delay_s=args.bc_delay_s
        )
        say(f"seed {seed}")
        found = figures(plan, measured(plan, args.only))
    except (NotDone, NotReady, ValueError) as error:
        say(f"nothing measured: {error}")
        return 1
    print(table(found))
    print("\n".join(["", *notes(found)]))
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if args.page:
        args.page.write_text(page(found, machine()), "utf-8")
    return 1 if any(each["notArrived"] for each in found["runs"]) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
