"""`python dev.py host`."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.dev.places import ROOT
from local.dev.up import arguments, options_from
from local.environment import COMPANY, WHOLE, WITHOUT_EXTENSION, Generated, Scope
from tests.local.conftest import APP

pytestmark = [pytest.mark.host, pytest.mark.storage]

TIMEOUT_S = 60


def up(*given: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "local.dev.up", *given]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_once_starts_checks_and_stops() -> None:
    out, errors = (process := up("--app", str(APP), "--once")).communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (0, "")
    assert "The app is healthy." in out


def test_an_app_without_health_is_told(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "function_app.py").write_text("import azure.functions as f\napp = f.FunctionApp()\n")
    _, errors = (process := up("--app", str(tmp_path), "--once")).communicate(timeout=TIMEOUT_S)
    assert process.returncode != 0
    assert errors


def test_it_tells_the_addresses_and_ends_on_request() -> None:
    process = up("--app", str(APP))
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if "Azure Storage Explorer" in line:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    text = "".join(told)
    for part in ("host-1", "Business Central", "Sales", "Entra", "devstoreaccount1", "/api/health"):
        assert part in text


def test_the_command_line_becomes_options() -> None:
    plain = options_from(arguments().parse_args([]))
    assert (plain.hosts, plain.companies, plain.records, plain.app) == (1, (COMPANY,), None, ROOT)
    assert (plain.scope, plain.sales) == (WHOLE, ("overlap",))
    given = ["--customers", "10", "--hosts", "2", "--samples", "--no-bulk", "--company", "CRONUS USA, Inc."]
    asked = options_from(arguments().parse_args(given))
    assert (asked.records, asked.hosts, asked.bulk) == (Generated(10, 20), 2, False)
    assert (asked.sales, asked.companies) == (("overlap", "products", "samples"), ("CRONUS USA, Inc.",))
    bare = options_from(arguments().parse_args(["--no-extension", "--mappings", "CUSTOMER, VENDOR"]))
    assert bare.scope == Scope(("CUSTOMER", "VENDOR"), WITHOUT_EXTENSION.features)
    with pytest.raises(ValueError, match="NOWHERE"):
        options_from(arguments().parse_args(["--mappings", "NOWHERE"]))
