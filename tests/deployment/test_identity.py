"""The whole product without a key or a secret: storage by token over TLS, both systems by assertion."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.dev.azurite import ACCOUNT, KEY
from local.dev.places import Places
from local.dev.processes import Processes
from local.environment import Environment, start
from local.environment.settings import IDENTITY_CLIENT_ID, TENANT_ID
from local.simulators.certificates import ensure, server_context
from local.simulators.tokens import TokenVerifier, load_or_create_key
from local.simulators.wire import SystemClock
from shared_code.settings import read_settings
from tests.deployment.main_job import carry_one_change, options, synchronise
from tests.telemetry.ingestion import Ingestion

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]


@pytest.fixture(scope="module")
def ingestion() -> Iterator[Ingestion]:
    """Application Insights with keys switched off: it takes what the identity sends, over TLS."""
    folder = Places().tools / "simulators"
    key = load_or_create_key(folder / "entra-key.pem")
    verifier = TokenVerifier(key, SystemClock(), ["https://monitor.azure.com"], [TENANT_ID])
    endpoint = Ingestion(server_context(ensure(folder / "tls")), verifier.verify)
    yield endpoint
    endpoint.server.shutdown()


@pytest.fixture(scope="module")
def environment(ingestion: Ingestion, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    told = {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": ingestion.connection_string,
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": f"ClientId={IDENTITY_CLIENT_ID};Authorization=AAD",
        "PYTHON_ENABLE_OPENTELEMETRY": "true",
    }
    chosen = options(identity=True, app_settings=told)
    with Processes(tmp_path_factory.mktemp("logs")) as processes, start(processes, chosen) as up:
        yield up


def environment_of_process(pid: int) -> dict[str, str]:
    """What a running process really has, not what it was meant to be given."""
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")
    return dict(part.split("=", 1) for part in raw.split("\0") if "=" in part)


@pytest.fixture(scope="module")
def worked(environment: Environment) -> Environment:
    """It has done its main job."""
    lines = synchronise(environment)
    assert {line["mapping"] for line in lines} >= {"CUSTOMER", "CONTACT"}
    carry_one_change(environment)
    return environment


def test_the_main_job_runs_without_key_or_secret(worked: Environment) -> None:
    assert len(worked.people.sales.list("accounts", select="accountnumber")) > 60


def test_what_happens_is_told_by_the_identity_too(worked: Environment, ingestion: Ingestion) -> None:
    """Metrics are sent each minute and when the host ends; here it ends."""
    worked.host.stop()
    metrics = {each["metrics"][0]["name"] for each in ingestion.of("MetricData")}
    assert {"tandem.records", "tandem.requests", "tandem.ticks", "tandem.backlog"} <= metrics
    names = {each["name"] for each in ingestion.of("RemoteDependencyData")}
    assert {"look", "ScanStep", "BatchDue", "request"} <= names
    assert ingestion.refused == []
    worked.host.start()


@pytest.mark.skipif(sys.platform != "linux", reason="the environment of a process is read from /proc")
def test_the_host_holds_no_key_and_no_secret(environment: Environment) -> None:
    pid = environment.host.pid
    assert pid is not None
    given = environment_of_process(pid)
    assert given.get("CLIENT_SECRET", "") == ""
    assert given.get("CLIENT_CERTIFICATE", "") == ""
    assert given.get("AzureWebJobsStorage", "") == ""
    assert not [name for name, value in given.items() if KEY in value or "AccountKey" in value]
    settings = read_settings(given)
    assert (settings.client_secret, settings.client_certificate) == ("", None)
    assert settings.managed_identity_client_id == IDENTITY_CLIENT_ID


def test_storage_and_entra_take_nobody_else(environment: Environment) -> None:
    """What makes the first test mean something: without the identity nothing is had."""
    where, settings = environment.addresses, environment.settings
    tables = f"{settings['AzureWebJobsStorage__tableServiceUri']}/Tables"
    assert tables.startswith("https://127.0.0.1")
    assert ACCOUNT in tables
    assert requests.get(tables, verify=str(where.ca_bundle), timeout=10).status_code in (401, 403)
    endpoint = f"{settings['IDENTITY_ENDPOINT']}?api-version=2019-08-01&resource=https://storage.azure.com"
    refused = requests.get(
        endpoint, headers={"X-IDENTITY-HEADER": "guess"}, verify=str(where.ca_bundle), timeout=10
    )
    assert refused.status_code == 401
    form = {
        "grant_type": "client_credentials", "client_id": settings["CLIENT_ID"], "client_secret": "guess",
        "scope": "https://api.businesscentral.dynamics.com/.default",
    }  # fmt: skip
    address = f"{where.authority}/{where.tenant_id}/oauth2/v2.0/token"
    denied = requests.post(address, data=form, verify=str(where.ca_bundle), timeout=10)
    assert (denied.status_code, "access_token" in denied.json()) == (401, False)
