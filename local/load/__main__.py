"""`python dev.py load`: many records, several hosts, kills, and a verdict.

python dev.py load                                      5,000 customers, 10,000 contacts, 2 hosts, 5 kills
python dev.py load --customers 120 --contacts 240 --kills 2
python dev.py load --reverse --customers 120 --contacts 240 --latency-ms 200   the records begin in Sales
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from local.dev.processes import NotReady, interrupt_on_terminate
from local.environment import HEART
from local.environment.scope import names
from local.load.plan import Kill, Plan, kills_of
from local.load.running import NotAtRest, Run, run
from local.load.verdict import Findings, figures, told, told_findings, verdict


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py load", description=__doc__)
    add = parser.add_argument
    add("--customers", type=int, default=5_000)
    add("--contacts", type=int, default=10_000, help="persons, besides each customer's company contact")
    add("--hosts", type=int, default=2, help="functions hosts on one storage")
    add("--kills", type=int, default=5, help="0: only the undisturbed run")
    add("--seed", type=int, default=None, help="of the records and the kills (default: drawn and told)")
    add("--no-bulk", action="store_true", help="Sales without CreateMultiple and UpdateMultiple")
    add("--reverse", action="store_true", help="the records begin in Sales")
    add("--power-cut", action="store_true", help="each kill ends all hosts at once")
    add("--latency-ms", type=float, default=0.0, help="added before each POST at either system")
    add(
        "--mappings", type=names, default=HEART.mappings, metavar="NAMES",
        help="with commas; all: the whole catalogue (default: CUSTOMER,CONTACT)",
    )  # fmt: skip
    add("--json", type=Path, default=None, metavar="FILE", help="write the figures and findings there too")
    return parser


def plan_from(args: argparse.Namespace) -> Plan:
    """What the command line asks for. Raises ValueError."""
    seed = SystemRandom().randrange(1_000_000) if args.seed is None else args.seed
    return Plan(
        args.customers, args.contacts, args.hosts, args.kills, seed, not args.no_bulk, args.reverse,
        args.power_cut, args.latency_ms, mappings=args.mappings,
    )  # fmt: skip


def both_runs(plan: Plan) -> tuple[Run, Run | None]:
    """The undisturbed run and, where kills are asked for, the other."""
    say(f"undisturbed run: {plan.customers} customers, {plan.contacts} contacts, {plan.hosts} hosts")
    undisturbed = run(plan, (), say)
    print(told(plan, undisturbed), flush=True)
    if not plan.kills:
        return undisturbed, None
    kills = kills_of(plan, undisturbed.writes)
    say(f"run with kills: {_kills_told(kills)}")
    disturbed = run(plan, kills, say)
    print(told(plan, disturbed), flush=True)
    return undisturbed, disturbed


def say(what: str) -> None:
    """A line for people, with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", flush=True)


def _kills_told(kills: Sequence[Kill]) -> str:
    return ", ".join(f"{' and '.join(each.hosts)} at {each.after_writes} writes" for each in kills)


def _write(path: Path, plan: Plan, runs: tuple[Run, Run | None], found: Findings) -> None:
    names = ("undisturbed", "withKills")
    document = {
        "plan": {name: getattr(plan, name) for name in plan.__slots__},
        **{name: figures(plan, each) for name, each in zip(names, runs, strict=True) if each},
        "findings": {name: wrong for name, wrong in found.items() if wrong},
        "checks": list(found),
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False), "utf-8")


def main(given: Sequence[str]) -> int:
    """Runs and judges; 1 when a check found something, 2 when it could not be run to its end."""
    interrupt_on_terminate()
    try:
        plan = plan_from(arguments().parse_args(given))
        print(f"seed {plan.seed}", flush=True)
        runs = both_runs(plan)
    except (NotReady, NotAtRest, ValueError) as failure:
        print(f"load: {failure}", file=sys.stderr)
        return 2
    found = verdict(plan, *runs)
    print(told_findings(found))
    if path := arguments().parse_args(given).json:
        _write(path, plan, runs, found)
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
