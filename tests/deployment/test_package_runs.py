"""The zip that Azure runs, in an environment of its own: nothing of this checkout is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.dev.processes import Processes
from local.environment import Environment, start
from tests.deployment.main_job import carry_one_change, options, synchronise
from tools.checks.sources import ROOT
from tools.package.writing import write

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]

INSTALL_TIMEOUT_S = 240
HTTP_AND_QUEUES = ("--listen", "http,queue")
"""The timers' schedule is read with a package that is not deployed; they are run by hand instead."""

COMPANY_ID = "d6079f35-affb-5d00-b382-28fccf9e4a20"
SETTINGS = {
    "TENANT_ID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
    "CLIENT_ID": "11111111-2222-3333-4444-555555555555",
    "MANAGED_IDENTITY_CLIENT_ID": "66666666-7777-8888-9999-000000000000",
    "BUSINESS_CENTRAL_ENVIRONMENT": "production",
    "BUSINESS_CENTRAL_COMPANIES": f"cronus={COMPANY_ID}",
    "SALES_URL": "https://contoso.crm4.dynamics.com",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``app`` (the unpacked zip), ``home`` (the host alone) and ``python``."""
    folder = tmp_path_factory.mktemp("deployed")
    write(ROOT, folder / "tandem.zip")
    with zipfile.ZipFile(folder / "tandem.zip") as archive:
        archive.extractall(folder / "app")
    (folder / "home" / "local").mkdir(parents=True)
    shutil.copy(ROOT / "local" / "__init__.py", folder / "home" / "local")
    shutil.copytree(ROOT / "local" / "host", folder / "home" / "local" / "host")
    venv.create(folder / "python", with_pip=True)
    command = [
        python_in(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "-r", folder / "app" / "requirements.txt",
    ]  # fmt: skip
    subprocess.run([str(part) for part in command], check=True, timeout=INSTALL_TIMEOUT_S)
    return folder


def python_in(folder: Path) -> Path:
    return folder / "python" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="module")
def environment(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    chosen = options(
        app=place / "app",
        host_python=python_in(place),
        host_home=place / "home",
        host_options=HTTP_AND_QUEUES,
    )
    with Processes(tmp_path_factory.mktemp("logs")) as processes, start(processes, chosen) as up:
        yield up


def test_nothing_but_the_package_and_its_requirements_is_there(place: Path) -> None:
    looked = "import croniter"
    gone = subprocess.run([python_in(place), "-c", looked], capture_output=True, timeout=60)
    assert b"ModuleNotFoundError" in gone.stderr
    assert not [path for path in (place / "app").rglob("*") if path.name in ("local", "tests", "dev.py")]


def test_the_main_job_runs_from_the_package_alone(environment: Environment, place: Path) -> None:
    assert "batches" in environment.host.functions()
    synchronise(environment)
    carry_one_change(environment)
    if sys.platform == "linux":
        assert f"{place}/app" == os.readlink(f"/proc/{environment.host.pid}/cwd")


def test_every_module_of_the_package_can_be_loaded_from_it_alone(place: Path) -> None:
    app = place / "app"
    modules = sorted(
        ".".join(path.relative_to(app).with_suffix("").parts)
        for folder in ("functions", "shared_code")
        for path in (app / folder).rglob("*.py")
    )
    text = "; ".join(f"import {name.removesuffix('.__init__')}" for name in modules)
    done = subprocess.run(
        [python_in(place), "-I", "-c", f"import sys; sys.path.insert(0, {str(app)!r}); {text}"],
        capture_output=True, timeout=120, cwd=app, env=SETTINGS,
    )  # fmt: skip
    assert done.stderr == b""
