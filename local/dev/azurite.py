"""Azurite, the storage emulator, as a child process.

The emulator chooses free ports itself (port 0) and prints each address when it listens, so no port can be
taken by another program in between. Everything is in memory: each start is an empty storage account.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from local.dev.installation import set_up_node
from local.dev.places import Places
from local.dev.processes import Message, Processes, Ready
from local.dev.steps import SetUpFailed

ACCOUNT = "devstoreaccount1"
# The emulator's account key is public, the same everywhere
# (Microsoft docs: storage/common/storage-use-azurite).
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SERVICES = ("Blob", "Queue", "Table")
LISTENING = re.compile(
    r"Azurite (Blob|Queue|Table) service is successfully listening at https?://127\.0\.0\.1:(\d+)"
)
START_TIMEOUT_S = 60.0


def all_listening() -> Ready:
    """Recognises the emulator's ready state: its message maps each service to its port."""
    ports: Message = {}

    def ready(line: str) -> Message | None:
        found = LISTENING.search(line)
        if found:
            ports[found[1]] = int(found[2])
        return dict(ports) if len(ports) == len(SERVICES) else None

    return ready


@dataclass(frozen=True)
class Tls:
    """The emulator's certificate and key, as PEM files. With them it also takes tokens of Entra."""

    certificate: Path
    key: Path


def connection_string(ports: Message, scheme: str = "http") -> str:
    """What AzureWebJobsStorage holds for an emulator on these ports."""
    ends = "".join(f"{name}Endpoint={scheme}://127.0.0.1:{ports[name]}/{ACCOUNT};" for name in SERVICES)
    return f"DefaultEndpointsProtocol={scheme};AccountName={ACCOUNT};AccountKey={KEY};{ends}"


def command(places: Places, tls: Tls | None = None) -> list[str | Path]:
    """The emulator's command line. Newer storage libraries ask for API versions it does not know yet, hence
    the skip."""
    if not places.azurite_script.exists():
        raise SetUpFailed(
            "The storage emulator is not installed: run `python dev.py test` once, which sets it up."
        )
    ports = [part for name in SERVICES for part in (f"--{name.lower()}Port", "0")]
    secured: list[str | Path] = []
    if tls:
        secured = ["--oauth", "basic", "--cert", tls.certificate, "--key", tls.key]
    return [
        set_up_node(places).program,
        places.azurite_script,
        "--silent",
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--disableTelemetry",
        *ports,
        *secured,
    ]


def start_azurite(
    processes: Processes, name: str = "azurite", places: Places | None = None, tls: Tls | None = None
) -> str:
    """Starts an empty emulator and returns its connection string. Raises NotReady, SetUpFailed."""
    line = command(places or Places(), tls)
    ports = processes.start(name, line, ready=all_listening(), timeout_s=START_TIMEOUT_S)
    return connection_string(ports, "https" if tls else "http")
