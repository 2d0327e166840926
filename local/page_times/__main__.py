"""`python dev.py pages`: how long each page of the site takes with much on file.

python dev.py pages                                        100,000 pairs and 10,000 problems
python dev.py pages --couplings 1000 --problems 100
python dev.py pages --page docs/measurements/pages.md      write them as a page of documentation
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from local.page_times.measuring import LIMIT_MS, measure
from local.page_times.stored import filled
from local.page_times.telling import page, table


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python dev.py pages", description=__doc__)
    parser.add_argument("--couplings", type=int, default=100_000, metavar="N")
    parser.add_argument("--problems", type=int, default=10_000, metavar="N")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page of documentation")
    return parser


def main(given: Sequence[str]) -> int:
    """Measures and tells; 1 where a page takes longer than it should, or is not shown."""
    args = arguments().parse_args(given)
    stored = filled(args.couplings, args.problems)
    found = measure(stored)
    print(table(found))
    if args.page:
        args.page.write_text(page(stored, found), "utf-8")
    bad = [each for each in found if each.quickest_ms > LIMIT_MS or each.status != 200]
    for each in bad:
        print(f"{each.page}: {each.quickest_ms:.0f} ms, status {each.status}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
