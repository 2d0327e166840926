"""An environment of the benchmark's own for other people's packages, made when a run needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.plan import INSTALLED
from local.dev.places import ROOT, Places
from local.dev.steps import SetUpFailed, digest_of, is_current, run_step, stamping

REQUIREMENTS = ROOT / "benchmarks" / "requirements-bench.txt"
STAMP = "bench"


class Pythons:
    """Which Python runs a client."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._packages: Path | str | None = None

    def of(self, client: str) -> Path | str:
        """The program, or the sentence why there is none."""
        if client not in INSTALLED:
            return Path(sys.executable)
        if self._packages is None:
            self._packages = self._set_up()
        return self._packages

    def _set_up(self) -> Path | str:
        places = Places()
        folder = places.tools / "bench"
        python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        digest = digest_of([REQUIREMENTS], sys.version)
        try:
            if not (python.exists() and is_current(places, STAMP, digest)):
                self._say("installing the packages that are compared (a minute or two) ...")
                with stamping(places, STAMP, lambda: digest):
                    _install(places, folder, python)
        except SetUpFailed as failed:
            return f"its package could not be installed: {str(failed).splitlines()[-1]}"
        return python


def _install(places: Places, folder: Path, python: Path) -> None:
    base = getattr(sys, "_base_executable", None) or sys.executable
    run_step(places, "making the benchmark's environment", [base, "-m", "venv", "--clear", folder], "")
    run_step(
        places, "installing the benchmark's packages",
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS],
        "Check that this machine reaches its Python package index.",
    )  # fmt: skip
