"""`python dev.py package`: writes the zip that Azure runs.

python dev.py package                     tandem.zip; Azure installs requirements.txt (a remote build)
python dev.py package --with-packages     with the packages for Linux in it, so that Azure builds nothing
python dev.py package --check             what should not be deployed; loads the built zip from itself alone
python dev.py package --measure           size and start, written to docs/measurements/deployment.md
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from tools.checks.sources import ROOT
from tools.package.content import violations
from tools.package.measuring import measure, page, try_out
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
    if found:
        return 1
    if options.check:
        return check()
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


MOST_KIB = 2048
"""Three times its size at present: more would be something that nobody meant to deploy."""
MOST_START_S = 30.0
"""What Azure gives a start (docs/measurements/deployment.md)."""


def check() -> int:
    """1 where the package cannot be loaded from itself alone, is far too large or starts too slowly."""
    try:
        trial = try_out(ROOT, Path(sysconfig.get_path("purelib")))
    except subprocess.CalledProcessError as error:
        print(f"tandem.zip cannot be loaded from itself alone:\n{error.stderr}")
        return 1
    print(
        f"{trial.files} files, {trial.kib:.0f} KiB, {trial.start.functions} functions, "
        f"loaded from the zip alone in {trial.start.seconds:.1f} s"
    )
    return 1 if trial.kib > MOST_KIB or trial.start.seconds > MOST_START_S else 0


if __name__ == "__main__":
    sys.exit(main())
