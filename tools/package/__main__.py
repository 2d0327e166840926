"""`python dev.py package`: writes the zip that Azure runs.

python dev.py package                     tandem.zip; Azure installs requirements.txt (a remote build)
python dev.py package --with-packages     with the packages for Linux in it, so that Azure builds nothing
python dev.py package --check             writes nothing; says what should not be deployed
python dev.py package --measure           size and start, written to docs/measurements/deployment.md
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tools.checks.sources import ROOT
from tools.package.content import violations
from tools.package.measuring import measure, page
from tools.package.writing import write

PAGE = "docs/measurements/deployment.md"


def main() -> int:
    """1 with what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python dev.py package",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=ROOT / "tandem.zip", help="the file to write")
    parser.add_argument("--with-packages", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    found = sorted(violations(ROOT))
    for violation in found:
        print(violation)
    if found or options.check:
        return 1 if found else 0
    if options.measure:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
        )
        told = page(measure(ROOT), f"{datetime.now(UTC):%-d %B %Y}", commit.stdout.strip())
        (ROOT / PAGE).write_text(told, encoding="utf-8", newline="\n")
        print(told)
        return 0
    names = write(ROOT, options.out, with_packages=options.with_packages)
    print(f"written: {options.out} ({len(names)} files, {options.out.stat().st_size / 1024:.0f} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
