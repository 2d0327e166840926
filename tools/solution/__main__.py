"""`python dev.py solution`: packs sales_solution into an unmanaged and a managed zip for Dataverse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.checks.sources import ROOT
from tools.solution.package import file_name, package
from tools.solution.source import FOLDER, SourceError, read

DEPLOYED = "shared_code/systems/solution/tandem_managed.bin"
"""The managed zip that is deployed with the app: the setup guide imports it."""


def main() -> int:
    """Writes both zips; 1 with what is wrong when the source cannot be packed."""
    parser = argparse.ArgumentParser(prog="python dev.py solution", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / FOLDER / "packed", help="the folder to write to")
    parser.add_argument("--check", action="store_true", help="write nothing; only say what is wrong")
    options = parser.parse_args()
    try:
        solution = read(ROOT)
    except SourceError as error:
        print(error)
        return 1
    deployed, managed = ROOT / DEPLOYED, package(solution, managed=True)
    if options.check:
        if not deployed.is_file() or deployed.read_bytes() != managed:
            print(f"{DEPLOYED} is stale: run python dev.py solution")
            return 1
    else:
        deployed.write_bytes(managed)
        options.out.mkdir(parents=True, exist_ok=True)
        for is_managed in (False, True):
            path = options.out / file_name(solution, is_managed)
            path.write_bytes(package(solution, is_managed))
            print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
