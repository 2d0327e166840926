"""Measures the package: its size, and how long a fresh process needs until Azure could call it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.package.writing import PACKAGES, write

RUNS = 7
START_TIMEOUT_S = 120
SETTINGS: Mapping[str, str] = {
    "TENANT_ID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
    "CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "MANAGED_IDENTITY_CLIENT_ID": "66666666-7777-8888-9999-000000000000",
    "BUSINESS_CENTRAL_ENVIRONMENT": "production",
    "BUSINESS_CENTRAL_COMPANIES": "cronus=d6079f35-affb-5d00-b382-28fccf9e4a20",
    "SALES_URL": "https://contoso.crm4.dynamics.com",
    "FEATURES": "extension,unit_groups,price_lists,vendors,invoices",
    "PYTHON_ENABLE_OPENTELEMETRY": "true",
}
"""Settings that an app starts with; nobody is asked for anything."""
START = """
import sys, time
begun = time.perf_counter()
from pathlib import Path
from local.host.worker import Worker
import os
loaded = time.perf_counter()
worker = Worker(Path(sys.argv[1]), os.environ)
app = Path(sys.argv[1]).resolve()
for name in ("function_app", "functions", "shared_code"):
    found = Path(sys.modules[name].__file__).resolve()
    assert found.is_relative_to(app), f"{name} was loaded from {found} and not from the package"
print(f"{len(worker.functions)} {loaded - begun:.3f} {time.perf_counter() - loaded:.3f}", flush=True)
os._exit(0)
"""
SHOWN = frozenset(
    """
    function_app functions shared_code.compose azure.functions azure.data.tables azure.storage.queue
    azure.identity msal requests jinja2 opentelemetry.sdk.metrics opentelemetry.sdk.trace
""".split()
)
"""Imports worth a line of their own; each counts what it is first to bring."""


@dataclass(frozen=True)
class Start:
    """A fresh process: how many functions it found, and the seconds of its parts."""

    functions: int
    library_s: float
    indexing_s: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.library_s + self.indexing_s


@dataclass(frozen=True)
class Figures:
    """What was measured. Sizes in KiB."""

    files: int
    source_kib: float
    whole_kib: float
    first: Start
    usual: Start
    fastest: Start
    modules: Sequence[tuple[str, float]]


def measure(root: Path) -> Figures:
    """Sizes of both forms of the package and starts from it with its own packages, in fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        names = write(root, place / "source.zip")
        write(root, place / "whole.zip", with_packages=True)
        with zipfile.ZipFile(place / "whole.zip") as archive:
            archive.extractall(place / "app")
        first = start(root, place / "app")
        usual = [start(root, place / "app") for _ in range(RUNS)]
        sizes = [(place / name).stat().st_size / 1024 for name in ("source.zip", "whole.zip")]
        return Figures(
            len(names), sizes[0], sizes[1], first, _median(usual), _fastest(usual), slowest(place / "app")
        )


def start(root: Path, app: Path, packages: Path | None = None) -> Start:
    """One fresh process that loads the app with its own packages, or those of another folder, alone."""
    found = _run(packages or app / PACKAGES, root, ["-c", START, str(app)]).stdout.split()
    return Start(int(found[0]), float(found[1]), float(found[2]))


@dataclass(frozen=True)
class Trial:
    """The package as it was built and loaded once: files, KiB, and its start."""

    files: int
    kib: float
    start: Start


def try_out(root: Path, packages: Path) -> Trial:
    """Build the package, and have Microsoft's worker library load it from there alone, with ``packages``.

    Raises ``subprocess.CalledProcessError``, whose ``stderr`` tells why it cannot be loaded.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        names = write(root, place / "tandem.zip")
        with zipfile.ZipFile(place / "tandem.zip") as archive:
            archive.extractall(place / "app")
        size = (place / "tandem.zip").stat().st_size / 1024
        return Trial(len(names), size, start(root, place / "app", packages))


def slowest(app: Path, most: int = 8) -> list[tuple[str, float]]:
    """The imports that cost the most, with all they bring, in milliseconds."""
    told = _run(app / PACKAGES, app, ["-X", "importtime", "-c", "import function_app"]).stderr
    found: list[tuple[str, float]] = []
    for line in told.splitlines():
        parts = line.removeprefix("import time:").split("|")
        name = parts[-1]
        if len(parts) == 3 and parts[1].strip().isdigit() and name.strip() in SHOWN:
            found.append((name.strip(), int(parts[1]) / 1000))
    return sorted(found, key=lambda each: -each[1])[:most]


def _run(packages: Path, root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(each) for each in (packages, root))
    return subprocess.run(
        [sys.executable, "-S", *arguments], cwd=root, capture_output=True, text=True, check=True,
        timeout=START_TIMEOUT_S, env={**SETTINGS, "PYTHONPATH": path, "PATH": os.environ.get("PATH", "")},
    )  # fmt: skip


def _median(starts: Sequence[Start]) -> Start:
    library_s = median(each.library_s for each in starts)
    return Start(starts[0].functions, library_s, median(each.indexing_s for each in starts))


def _fastest(starts: Sequence[Start]) -> Start:
    return min(starts, key=lambda each: each.seconds)


def page(figures: Figures, when: str, commit: str) -> str:
    """The measurement as a page."""
    rows = "\n".join(f"| `{name}` | {took_ms:.0f} |" for name, took_ms in figures.modules)
    first, usual = figures.first, figures.usual
    return f"""\
# The deployment package

<!-- Written by `python dev.py package --measure`. -->

Measured on {when}, commit {commit}, Python {sys.version.split()[0]}, {os.cpu_count()} cores.

| What | |
| --- | --- |
| files of the package | {figures.files} |
| `tandem.zip`, for a remote build | {figures.source_kib:.0f} KiB |
| with the packages of requirements.txt for Linux | {figures.whole_kib / 1024:.1f} MiB |
| functions found | {usual.functions} |
| first start, nothing compiled yet: worker library and indexing | {first.seconds:.2f} s |
| further starts: median of {RUNS}; the fastest | {usual.seconds:.2f} s; {figures.fastest.seconds:.2f} s |

Azure gives a start 30 s. It is measured in fresh processes that have the package with its own packages
and nothing else, from the first line of Python to all functions indexed by Microsoft's worker library.
Other programs were at work. Azure's own part (an instance, the host, the package's download) is not in it.

| Import (with what it is first to bring) | ms |
| --- | --- |
{rows}
"""
