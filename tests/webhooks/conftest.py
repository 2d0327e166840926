"""One environment with the real app, webhooks on and the minute timer off: only notifications drive it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.dev.processes import Processes
from local.environment import HEART, Environment, Options, start

PATIENCE_S = 90.0


def await_true(condition: Callable[[], Any], what: str) -> Any:
    """What the condition returns once it is true; fails when that does not come."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)  # between two looks at the condition
    return found


def await_looked(environment: Environment, condition: Callable[[], Any], what: str) -> Any:
    """The same for what a look finds: a mapping is looked at once a minute, so the timer runs until it is."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        environment.host.run_timer("minute")
        time.sleep(1.0)  # between two runs of the timer
    return found


def synchronise(environment: Environment) -> None:
    """A first full synchronisation, to its end."""
    made = environment.api.post("full-synchronizations", {})
    path = f"full-synchronizations/{made['id']}"
    await_true(lambda: environment.api.get(path)["status"] == "Finished", "the full synchronisation")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Processes(tmp_path_factory.mktemp("logs")) as supervision:
        yield supervision


@pytest.fixture(scope="module")
def environment(processes: Processes) -> Iterator[Environment]:
    quiet = {"AzureWebJobs.minute.Disabled": "true"}
    options = Options(
        scope=HEART, webhooks=True, webhook_delay_s=0.5, sales=(), app_settings=quiet, verbose=True
    )
    with start(processes, options) as running:
        synchronise(running)
        running.host.run_timer("minute")
        await_true(lambda: running.api.get("health")["webhooks"]["registeredAt"], "the registration")
        yield running
