"""`python dev.py package`: writes the zip that Azure runs.

python dev.py package                     tandem.zip; Azure installs requirements.txt (a remote build)
python dev.py package --with-packages     with the packages for Linux in it, so that Azure builds nothing
python dev.py package --check             writes nothing; says what should not be deployed
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.checks.sources import ROOT
from tools.package.content import violations
from tools.package.writing import write


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
    options = parser.parse_args()
    found = sorted(violations(ROOT))
    for violation in found:
        print(violation)
    if found or options.check:
        return 1 if found else 0
    names = write(ROOT, options.out, with_packages=options.with_packages)
    print(f"written: {options.out} ({len(names)} files, {options.out.stat().st_size / 1024:.0f} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
