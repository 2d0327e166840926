"""`python dev.py check`: everything a machine can say about the code without running it.

A check is a command that ends with 0; its output is shown when it does not, or when it has figures to tell.
A new check is one more entry in `checks`.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.dev.places import ROOT

TYPED = ("function_app.py", "functions", "shared_code", "tandem", "local", "benchmarks", "tools", "dev.py")
CHECK_TIMEOUT_S = 600
AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    """A named command; `figures` shows its output also when all is well."""

    name: str
    command: Sequence[str]
    figures: bool = False


@dataclass(frozen=True)
class Result:
    """What a check said."""

    check: Check
    code: int
    output: str
    seconds: float


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", name, *arguments]


def checks(root: Path) -> list[Check]:
    """All checks of this checkout, in the order they are reported."""
    typed = [name for name in TYPED if (root / name).exists()]
    return [
        Check("lint (ruff)", module("ruff", "check", "--quiet", "--output-format", "concise", ".")),
        Check("types (mypy)", module("mypy", *typed)),
        Check("import arrows", module("tools.checks.arrows")),
        Check("sizes", module("tools.checks.sizes"), figures=True),
        Check("forbidden text", module("tools.checks.forbidden")),
        Check("generated pages", module("tools.docs", "--check")),
        Check("AL extension", module("tools.al", "--check")),
        Check("Dataverse solution", module("tools.solution", "--check")),
        Check("Bicep", module("tools.bicep")),
        Check("deployment package", module("tools.package", "--check"), figures=True),
    ]


def run(check: Check) -> Result:
    """Runs one check in the checkout."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            check.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=CHECK_TIMEOUT_S,
        )
        code, output = done.returncode, done.stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        code, output = 1, str(error)
    return Result(check, code, output.rstrip(), time.monotonic() - start)


def report(result: Result) -> None:
    """One line for the check, and its output where that is wanted."""
    print(
        f"{'ok    ' if result.code == 0 else 'FAILED'}  {result.check.name} ({result.seconds:.1f} s)",
        flush=True,
    )
    if result.output and (result.code != 0 or result.check.figures):
        print("\n".join("        " + line for line in result.output.splitlines()), flush=True)


def main() -> int:
    """Runs all checks, also after one failed; 1 if any failed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = 0
        for result in pool.map(run, checks(ROOT)):
            report(result)
            failed += result.code != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
