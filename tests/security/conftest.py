"""One environment with the real app after a full synchronisation, its queues standing still.

The timer and the queue functions are off by then, so that what a call queued can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, start
from tests.security.stored import Stored
from tests.webhooks.conftest import await_true

BODY_LIMIT_BYTES = 24_000_000
BY_NOTIFICATION_ONLY = {
    "AzureWebJobs.minute.Disabled": "true",
    "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": str(BODY_LIMIT_BYTES),
}
STANDING_STILL = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("detection", "batches")}


@dataclass(frozen=True)
class App:
    """The running app as somebody on the network sees it, and its storage as the administrator does."""

    environment: Environment
    stored: Stored

    @property
    def url(self) -> str:
        return self.environment.host.url

    @property
    def key(self) -> str:
        return self.environment.keys.functions

    @property
    def secret(self) -> str:
        return self.environment.settings["WEBHOOK_SECRET"]

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """A call without any credential of its own; redirects are not followed."""
        return requests.request(method, f"{self.url}/api{path}", timeout=30, allow_redirects=False, **more)

    def with_key(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.call(method, path, headers={"x-functions-key": self.key}, **more)

    def bindings(self) -> list[Mapping[str, Any]]:
        """The HTTP triggers that the host took from the app itself."""
        asked = {"x-functions-key": self.environment.keys.master}
        functions = requests.get(f"{self.url}/admin/functions", headers=asked, timeout=30).json()
        triggers = [binding for each in functions for binding in each["config"]["bindings"]]
        return [each for each in triggers if each["type"] == "httpTrigger"]


@pytest.fixture(scope="session")
def supervision(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Processes(tmp_path_factory.mktemp("security-logs")) as processes:
        yield processes


@pytest.fixture(scope="session")
def app(supervision: Processes) -> Iterator[App]:
    options = Options(
        scope=HEART, records=Generated(4, 6), sales=(), app_settings=BY_NOTIFICATION_ONLY, label="security-"
    )
    with start(supervision, options) as running:
        synchronise(running)
        running.host.variables = {**running.host.variables, **STANDING_STILL}
        running.host.restart()
        yield App(running, Stored(running.addresses.storage))


def synchronise(environment: Environment, **request: Any) -> Mapping[str, Any]:
    """A full synchronisation, to its end."""
    path = f"full-synchronizations/{environment.api.post('full-synchronizations', request)['id']}"

    def ended() -> Any:
        found = environment.api.get(path)
        return found if found["status"] == "Finished" else None

    found: Mapping[str, Any] = await_true(ended, "the full synchronisation")
    return found
