"""`python dev.py costs`: what a first full synchronisation and a quiet minute cost, mapping by mapping.

python dev.py costs
python dev.py costs --page docs/measurements/costs.md     write them as a page of documentation
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from local.costs.measuring import measure
from local.costs.telling import page, table


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py costs", description=__doc__)
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page of documentation")
    return parser


def main(given: Sequence[str]) -> int:
    """Measures and tells."""
    args = arguments().parse_args(given)
    found = measure()
    print(table(found))
    if args.page:
        args.page.write_text(page(found), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
