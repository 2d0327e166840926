"""`python dev.py test`: the tests, with an empty storage emulator beside them.

python dev.py test                    everything, four test files at a time: most of their time is waiting
python dev.py test --unit [FILE]      only tests/unit, or the file, without any server
python dev.py test --no-bulk [FILE]   on an organisation without bulk messages for account and contact, which
                                      Microsoft's documentation leaves open: the pipeline's tests that go
                                      otherwise there, or all tests of the file
python dev.py test --exhaustive [FILE] processes die at every operation there is, not at every fourth
python dev.py test tests/x.py -k name arguments for pytest, as they are
"""

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from local.dev.azurite import start_azurite
from local.dev.processes import Processes, interrupt_on_terminate
from local.simulation.left_open import BULK

STORAGE = "AzureWebJobsStorage"
FORBIDDEN = "PYTHONDONTWRITEBYTECODE"
EVERY, FIRST = "TANDEM_DIES_AT_EVERY", "TANDEM_DIES_FIRST_AT"
PIPELINE = ["tests/sync", "tests/conformance"]
"""Of these the tests that are marked ``bulk`` run without bulk messages, too.  The others do the same with
them and without: one that does not and lacks the mark fails.  The simulation draws whether there are any."""
MARK = "pytest.mark.bulk"
SPARSE, SPARSE_WITHOUT_BULK = 4, 16
"""Processes die at one of so many operations; without bulk messages at fewer, for most are the same that the
whole run lets them die at, and the simulation kills without bulk messages, too."""
EVERYTHING = ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]


def chosen(usual: Sequence[str], arguments: Sequence[str]) -> list[str]:
    """The arguments for pytest: the usual tests go before them unless they name some themselves."""
    named = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    return [*arguments] if named else [*usual, *arguments]


def run_unit(arguments: Sequence[str]) -> int:
    """The unit tests, in an environment without storage so that none can lean on it."""
    os.environ.pop(STORAGE, None)
    return pytest.main(chosen(["tests/unit"], arguments))


def run_without_bulk(arguments: Sequence[str]) -> int:
    """The tests of the pipeline, which need no server; bulk messages are unsupported unless a test asks."""
    os.environ[BULK] = "0"
    return pytest.main(chosen([*marked_files(), "-m", "bulk", *EVERYTHING], arguments))


def marked_files() -> list[str]:
    """The files of the pipeline in which a test says that it depends on bulk messages: to look through all
    the others takes longer than these tests."""
    found = (path for folder in PIPELINE for path in sorted(Path(folder).rglob("test_*.py")))
    return [str(path) for path in found if MARK in path.read_text("utf-8")]


def run_all(arguments: Sequence[str]) -> int:
    """The tests with storage. An account that the environment names is never used: it might be a real one."""
    with Processes() as processes:
        os.environ[STORAGE] = start_azurite(processes)
        return pytest.main(list(arguments) or EVERYTHING)


def thin_out(every: int) -> None:
    """Lets processes die at each ``every``-th operation only, from another first one with each run."""
    first = os.environ.setdefault(FIRST, str(1 + secrets.randbelow(every)))
    os.environ[EVERY] = str(every)
    print(f"Processes die at one operation of {every}; {FIRST}={first}.", flush=True)


def keep_compiled() -> None:
    """A run starts some hundred processes: each reads what another has compiled, also where the environment
    forbids to keep it.  It is kept beside the sources, as Python does everywhere else; git ignores it."""
    os.environ.pop(FORBIDDEN, None)
    sys.dont_write_bytecode = False


def main(arguments: Sequence[str]) -> int:
    """Runs the tests and returns pytest's exit code."""
    interrupt_on_terminate()
    keep_compiled()
    sparse = SPARSE_WITHOUT_BULK if "--no-bulk" in arguments else SPARSE
    thin_out(1 if "--exhaustive" in arguments else sparse)
    arguments = [argument for argument in arguments if argument != "--exhaustive"]
    if "--unit" in arguments:
        return run_unit([argument for argument in arguments if argument != "--unit"])
    if "--no-bulk" in arguments:
        return run_without_bulk([argument for argument in arguments if argument != "--no-bulk"])
    return run_all(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
