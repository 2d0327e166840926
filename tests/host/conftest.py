"""A host with the test app, one for each test module, and what the tests look at."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.host.running import APP, HostProcess, Probe, start_host

STORAGE = "AzureWebJobsStorage"
type Starter = Callable[..., HostProcess]


@pytest.fixture(scope="session")
def storage() -> str:
    """The connection string of the storage emulator."""
    text = os.environ.get(STORAGE)
    if not text:
        pytest.fail(f"{STORAGE} is not set: run these tests with `python dev.py test`, which starts storage")
    return text


def new_probe(folder: Path, storage: str) -> Probe:
    """Queues, timers and a record file that nobody else uses."""
    tag = uuid.uuid4().hex[:12]
    environment = {
        "AzureWebJobsStorage": storage,
        "AzureFunctionsWebHost__hostid": f"host-{tag}",
        "PROBE_FILE": str(folder / f"probe-{tag}.jsonl"),
        "WORK_QUEUE": f"work-{tag}",
        "RELAY_QUEUE": f"relay-{tag}",
        "DONE_QUEUE": f"done-{tag}",
        "NIGHTLY": "0 0 3 1 1 *",
        "LOCAL_LEASE_SECONDS": "2",
        "AzureWebJobs.closed.Disabled": "true",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "100000",
    }
    return Probe(environment, folder / f"probe-{tag}.jsonl", storage)


@pytest.fixture
def probe(tmp_path: Path, storage: str) -> Probe:
    """For a test that starts hosts of its own."""
    return new_probe(tmp_path, storage)


@pytest.fixture
def start(probe: Probe, tmp_path: Path) -> Iterator[Starter]:
    """Starts hosts that end with the test: ``start(*options, app=APP, **environment)``."""
    hosts: list[HostProcess] = []

    def begin(*options: str, app: Path = APP, **environment: str) -> HostProcess:
        log = tmp_path / f"host-{len(hosts)}.log"
        hosts.append(start_host(app, probe.environment | environment, log, *options))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.kill()


@pytest.fixture(scope="module")
def shared_probe(tmp_path_factory: pytest.TempPathFactory, storage: str) -> Probe:
    """What the module's shared host records."""
    return new_probe(tmp_path_factory.mktemp("shared"), storage)


@pytest.fixture(scope="module")
def host(shared_probe: Probe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """One host with all parts, for the tests of a module that do not stop it."""
    log = tmp_path_factory.mktemp("log") / "host.log"
    running = start_host(APP, shared_probe.environment, log)
    yield running
    running.kill()
