"""`python dev.py host`: everything up on this machine, until Ctrl+C.

python dev.py host                                   the published records, the whole catalogue, one host
python dev.py host --no-extension                    a Business Central without Tandem's extension
python dev.py host --mappings CUSTOMER,CONTACT       these mappings with what they depend on
python dev.py host --hosts 2 --customers 5000 --contacts 10000
python dev.py host --unconnected                     nothing is set up: begin with the guide at /app
python dev.py host --once                            start, ask the app for its health, stop
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from local.dev.pasting import asked, posted
from local.dev.places import ROOT
from local.dev.processes import NotReady, Processes, interrupt_on_terminate
from local.dev.steps import SetUpFailed
from local.environment import COMPANY, Environment, Generated, Options, Refused, scope_of, start
from local.environment.scope import names
from local.environment.settings import ADMINISTRATOR

LOOK_S = 1.0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py host", description="Tandem on this machine.")
    add = parser.add_argument
    add("--app", type=Path, default=ROOT, metavar="DIR", help="the function app (default: this checkout)")
    add("--hosts", type=int, default=1, metavar="N", help="functions hosts that share the work (default: 1)")
    add("--company", action="append", metavar="NAME", help=f"may be repeated (default: {COMPANY})")
    add(
        "--extension",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="Business Central has Tandem's extension: units per item, resources, price lists too",
    )
    add("--mappings", type=names, default=(), metavar="NAMES", help="with commas (default: all there are)")
    add("--customers", type=int, metavar="N", help="generated customers instead of the published ones")
    add("--contacts", type=int, default=None, metavar="N", help="generated persons (default: two a customer)")
    add("--seed", type=int, default=0, help="of the generated records")
    add(
        "--samples",
        action="store_true",
        help="load everything published for Sales as well, products included",
    )
    add("--no-bulk", action="store_true", help="Sales without CreateMultiple and UpdateMultiple")
    add("--webhooks", action="store_true", help="both systems notify the app at once")
    add(
        "--unconnected",
        action="store_true",
        help="nothing is set up: the guide at /app connects both systems and prepares Sales",
    )
    add("--verbose", action="store_true", help="the host logs each run")
    add("--once", action="store_true", help="start, check the app's health, stop")
    return parser


def options_from(args: argparse.Namespace) -> Options:
    """What the command line asks for. Raises ValueError."""
    return Options(
        hosts=args.hosts,
        app=args.app.resolve(),
        companies=tuple(args.company or [COMPANY]),
        scope=scope_of(args.mappings, extension=args.extension),
        records=_generated(args.customers, args.contacts, args.seed),
        sales=("overlap", "products", "samples") if args.samples else ("overlap",),
        bulk=not args.no_bulk,
        webhooks=args.webhooks,
        connected=not args.unconnected,
        prepared=not args.unconnected,
        verbose=args.verbose,
    )


def _generated(customers: int | None, contacts: int | None, seed: int) -> Generated | None:
    if customers is None:
        return None
    return Generated(customers, 2 * customers if contacts is None else contacts, seed)


def told(environment: Environment, seconds: float) -> str:
    """What a person needs to know about the running environment; the keys are of this start only."""
    where, keys = environment.addresses, environment.keys
    company = environment.options.companies[0]
    lines = [f"Up after {seconds:.1f} s. Ctrl+C ends it all.", ""]
    lines += [f"  {name:<18}{host.url}" for name, host in environment.hosts.items()]
    lines += [
        f"  {'Business Central':<18}{where.business_central}   (counts: /_control/counts)",
        f"  {'Sales':<18}{where.sales}   (counts: /_control/counts)",
        f"  {'Entra':<18}{where.authority}   (certificate authority: {where.ca_bundle})",
        f"  {'storage':<18}{where.storage}",
        f"  {'function key':<18}{keys.functions}",
        f"  {'master key':<18}{keys.master}",
        f"  {'environment':<18}{where.business_central_environment}",
        f"  {'administrator':<18}{ADMINISTRATOR}   (where the guide asks to sign in by a code)",
        f"  {'logs':<18}{environment.processes.logs}",
    ]
    return "\n".join(lines + (_try_this(environment, company) if environment.hosts else []))


def _try_this(environment: Environment, company: str) -> list[str]:
    host, bc, key = environment.host.url, environment.addresses.business_central, environment.keys.functions
    rate = {"company": company, "currencyCode": "EUR", "relationalExchangeRateAmount": 0.9}
    commands = (
        asked(f"{host}/api/health", key=key),
        asked(f"{host}/admin/functions", key=environment.keys.master),
        asked(f"{bc}/_control/requests"),
        posted(f"{bc}/_control/exchange-rate", rate, environment.processes.logs / "rate.json"),
    )
    return [
        "",
        "Try this:",
        *(f"  {command}" for command in commands),
        "  Open the storage connection string in Azure Storage Explorer (Attach to a resource).",
    ]


def wait_for_the_end(environment: Environment) -> int:
    """Returns 1 when a process ended by itself; Ctrl+C comes as KeyboardInterrupt."""
    never = threading.Event()
    while not (ended := environment.processes.ended()):
        never.wait(LOOK_S)
    for child in ended:
        print(f"{child.name} has ended. The end of its output (all of it: {child.log}):\n{child.tail()}")
    return 1


def check_once(environment: Environment) -> int:
    """Asks the app for its health through the host; 0 when it answers."""
    try:
        environment.api.get("health")
    except (Refused, OSError, ValueError) as error:
        print(f"The app's health could not be read: {error}", file=sys.stderr)
        return 1
    print("The app is healthy.")
    return 0


def main(given: Sequence[str]) -> int:
    """Starts everything and waits; 2 when it does not start."""
    args = arguments().parse_args(given)
    interrupt_on_terminate()
    begin = time.monotonic()
    with Processes() as processes:
        try:
            environment = start(processes, options_from(args))
        except (NotReady, SetUpFailed, Refused, OSError, ValueError) as failure:
            print(f"Not started: {failure}", file=sys.stderr)
            return 2
        with environment:
            print(told(environment, time.monotonic() - begin), flush=True)
            return check_once(environment) if args.once else wait_for_the_end(environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)
