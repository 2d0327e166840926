"""`python dev.py availability`: how long a question about availability takes at a steady rate.

python dev.py availability                                  50 questions a second, about two minutes
python dev.py availability --rate 20 --seconds 10
python dev.py availability --page docs/measurements/availability.md
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from local.availability.asking import Plan, ask
from local.availability.figures import HEADINGS, Phase, faults, notes, page
from local.dev.processes import NotReady, Processes, interrupt_on_terminate
from local.environment import COMPANY, Environment, Generated, Options, scope_of, start

LATENCY_S = 0.15
"""What a request to Business Central takes while others use it, too."""
RECORDS = Generated(1_500, 1_500)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py availability", description=__doc__)
    add = parser.add_argument
    add("--rate", type=float, default=50.0, help="questions a second")
    add("--seconds", type=float, default=25.0, help="how long each phase takes (25: one period of the cache)")
    add("--items", type=int, default=20, help="different items that are asked for")
    add("--page", type=Path, default=None, metavar="FILE", help="write the figures as documentation")
    return parser


def measure(plan: Plan) -> list[Phase]:
    """Both phases in an environment of their own.  Raises NotReady and what starting raises."""
    scope = scope_of(["ITEM-PRODUCT", "CUSTOMER"])
    options = Options(hosts=2, scope=scope, records=RECORDS, sales=(), label="avail-")
    with Processes() as processes, start(processes, options) as environment:
        answer_only(environment)
        numbers = [str(each["number"]) for each in environment.people.bc.list("items")][: plan.items]
        stock_up(environment, numbers)
        warm(environment, numbers)
        return [
            phase("warm cache", plan, numbers, environment),
            during_synchronisation(plan, numbers, environment),
        ]


def answer_only(environment: Environment) -> None:
    """As Azure scales it: HTTP functions have instances of their own, timers and queues others."""
    host = environment.host
    off = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("minute", "detection", "batches")}
    host.stop()
    host.variables = {**host.variables, **off}
    host.start()


def stock_up(environment: Environment, numbers: Sequence[str]) -> None:
    """Stock at two places and some orders of each item."""
    for number in numbers:
        common = {"company": COMPANY, "item": number}
        environment.bc_control.post("stock", {**common, "quantity": 20, "location": "BLUE"})
        environment.bc_control.post("stock", {**common, "quantity": 5})
        for day in range(1, 13):
            line = {**common, "type": "Sale", "quantity": -2, "date": f"2035-{day:02}-01", "location": "BLUE"}
            environment.bc_control.post("planned", line)


def warm(environment: Environment, numbers: Sequence[str]) -> None:
    """Everything is read once, and the pools of the host are there."""
    for _ in range(3):
        environment.api.post("items/availability", {"items": list(numbers)})


def phase(name: str, plan: Plan, numbers: Sequence[str], environment: Environment) -> Phase:
    """Ask at the plan's rate; Business Central counts meanwhile."""
    environment.bc_control.reset_requests()
    answers = ask(plan, numbers, environment.host.url, environment.keys.functions)
    parts = environment.bc_control.requests()["batch_parts_by_kind"]
    return Phase(name, answers, parts.get("GET itemAvailabilityEvents", 0))


def during_synchronisation(plan: Plan, numbers: Sequence[str], environment: Environment) -> Phase:
    """The same while a first full synchronisation of all records runs."""
    environment.bc_control.set_options(latency_s=LATENCY_S)
    run = environment.api.post("full-synchronizations", {"release": ["CUSTOMER"]})["id"]
    time.sleep(2.0)
    found = phase("during a full synchronisation", plan, numbers, environment)
    status = environment.api.get(f"full-synchronizations/{run}")["status"]
    say(f"the full synchronisation was {status} at the end of the phase")
    return found


def machine() -> str:
    """What it runs on, as far as it matters."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def busy() -> str:
    """How much else the machine did, where it tells."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f"Its load was {os.getloadavg()[0]:.0f} on average in the last minute."


def say(text: str) -> None:
    """Progress, at once."""
    print(text, file=sys.stderr, flush=True)


def main(given: Sequence[str]) -> int:
    """Measures and tells; 1 where it is not as promised or nothing could be measured."""
    interrupt_on_terminate()
    args = arguments().parse_args(given)
    try:
        plan = Plan(args.rate, args.seconds, args.items)
        phases = measure(plan)
    except (NotReady, ValueError) as error:
        say(f"nothing measured: {error}")
        return 1
    told = [
        *notes(plan, LATENCY_S),
        f"On one machine ({machine()}), with both systems simulated beside it. {busy()}",
    ]
    for line in (HEADINGS, *(each.row() for each in phases)):
        print("  ".join(line))
    if args.page:
        args.page.write_text(page(phases, told, date.today()), "utf-8")
    wrong = faults(*phases)
    for each in wrong:
        say(each)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
