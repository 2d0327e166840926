"""``python -m local.generate --customers 5000 --contacts 10000 --seed 7 --out DIR``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.generate.records import Wanted
from local.generate.writing import write


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m local.generate", description=__doc__)
    add = parser.add_argument
    add("--customers", type=int, default=5_000, help="each gets a company contact as well")
    add("--contacts", type=int, default=10_000, help="persons, spread over the customers")
    add("--seed", type=int, default=0, help="the same seed gives the same records")
    add("--out", type=Path, required=True, metavar="DIR", help="a folder, made if need be")
    return parser


def main(given: Sequence[str]) -> int:
    """Writes the folder and says what it holds; 1 when that is not possible."""
    args = arguments().parse_args(given)
    start = time.monotonic()
    try:
        counts = write(Wanted(args.customers, args.contacts, args.seed), args.out)
    except (OSError, ValueError) as error:
        print(f"local.generate: {error}", file=sys.stderr)
        return 1
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{args.out}: {told} ({time.monotonic() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
