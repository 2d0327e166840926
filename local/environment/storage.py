"""The proxies that stand between the hosts and storage where it is to fail."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from local.dev.places import ROOT
from local.dev.processes import Processes
from local.environment.control import Control
from local.storage_proxy.answers import SERVICES

ENDPOINT = r"{}Endpoint=(http://[^;/]+)"


@dataclass(frozen=True)
class HostStorage:
    """What the hosts are told of storage, and the control routes of each proxy by ``queue`` and ``table``."""

    connection: str
    controls: Mapping[str, Control]


def proxy_name(service: str) -> str:
    """What the proxy of a service is called among the processes."""
    return f"{service}-proxy"


def start_proxies(
    processes: Processes, label: str, connection: str, longest_delay_s: int | None
) -> HostStorage:
    """A proxy before each service of this connection string. Raises NotReady."""
    controls: dict[str, Control] = {}
    for service in SERVICES:
        found = re.search(ENDPOINT.format(service.capitalize()), connection)
        assert found, f"the connection string has no endpoint for {service}"
        delay = [] if longest_delay_s is None else ["--longest-delay-s", longest_delay_s]
        command = [
            sys.executable, "-m", "local.storage_proxy", "--service", service, "--to", found[1], "--control",
            *delay,
        ]  # fmt: skip
        url = str(processes.start(f"{label}{proxy_name(service)}", command, cwd=ROOT)["url"])
        connection = connection.replace(found[1], url)
        controls[service] = Control(url)
    return HostStorage(connection, controls)
