"""`python dev.py machine`: Hypothesis against the running system, and a verdict.

python dev.py machine                                    10 examples of at most 40 steps
python dev.py machine --examples 3 --steps 25 --seed 7
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import SystemRandom

from local.dev.processes import NotReady, Processes, interrupt_on_terminate
from local.machine.rules import Run
from local.machine.running import Plan, run
from local.machine.world import NotAtRest


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py machine", description=__doc__)
    add = parser.add_argument
    add("--examples", type=int, default=10, help="worlds, each with its own steps")
    add("--steps", type=int, default=40, help="the most steps of an example")
    add("--seed", type=int, default=None, help="of everything that is chosen (default: drawn and told)")
    add("--story", action="store_true", help="tell the last example's story also where all held")
    return parser


def told(done: Run, seconds: float, story: bool = False) -> str:
    """What was run, for people."""
    lines = [
        f"{done.examples} examples, {sum(done.steps.values())} steps, {done.values} values of people, "
        f"{seconds:.0f} s",
        f"  steps: {_counted(done.steps)}",
        f"  happened: {_counted(done.fired)}",
        f"  problems at the end: {_counted(done.problems)}",
    ]
    if done.failure or story:
        lines += ["", *done.story, ""]
    lines += ["What does not hold:", *done.failure] if done.failure else ["  everything held"]
    return "\n".join(lines)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common() if count) or "none"


def main(given: Sequence[str]) -> int:
    """Runs and judges; 1 when something did not hold, 2 when it could not be run to its end."""
    interrupt_on_terminate()
    began_s = time.monotonic()
    try:
        args = arguments().parse_args(given)
        seed = SystemRandom().randrange(1_000_000) if args.seed is None else args.seed
        plan = Plan(args.examples, args.steps, seed)
        print(f"seed {plan.seed}", flush=True)
        with Processes() as processes:
            done = run(plan, processes, lambda line: print(line, flush=True))
    except (NotReady, NotAtRest, ValueError) as failure:
        print(f"machine: {failure}", file=sys.stderr)
        return 2
    print(told(done, time.monotonic() - began_s, args.story))
    return 1 if done.failure else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
