"""One example's world: everything up and in step, people, disturbances, and a story of what was done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, Refused, start
from local.load.stored import QUEUES, Stored
from local.machine.disturbing import Disturber
from local.machine.ledger import Ledger
from local.machine.people import People
from local.simulate.pairs import CONTACT, CUSTOMER

CUSTOMERS, CONTACTS = 4, 4
SETTLE_S = 20.0
"""How long what was begun in Business Central may still be running: longer than a batch takes where more
programs want a processor than there are (8 s were seen), as the app's own is longer than a function may run.
Else whoever is given a batch after its lease makes a second record while the first is on its way."""
LEASE_S = 4
PATIENCE_S = 240.0
LOOK_S = 0.1
ASK_S = 1.0
"""How often the app is asked how far it is: each answer is work for it."""
RELEASED = ("CUSTOMER", "CONTACT")
SETTINGS = {
    "AzureWebJobs.minute.Disabled": "true",  # the machine runs the timer by hand
    "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:01",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:00.5",
}
SECRETS = ("CLIENT_SECRET", "WEBHOOK_SECRET", "LOCAL_FUNCTIONS_KEY", "LOCAL_MASTER_KEY")


class NotAtRest(Exception):
    """Something did not come to its end in time; the text says what."""


@dataclass
class World:
    """A running system and what was done to it."""

    environment: Environment
    stored: Stored
    people: People
    disturber: Disturber
    ledger: Ledger
    story: list[str] = field(default_factory=list)
    full_syncs: list[str] = field(default_factory=list)
    nonsense: list[str] = field(default_factory=list)
    """Texts that are no messages and were put on a queue."""
    began_s: float = field(default_factory=time.monotonic)

    def tell(self, what: str) -> None:
        """A line of the story."""
        self.story.append(f"{time.monotonic() - self.began_s:7.2f} {what}")

    def run_timer(self, number: int) -> str:
        """The minute timer looks at every mapping, on one of the hosts that run."""
        running = [host for host in self.environment.hosts.values() if host.pid is not None]
        if not running:
            return "no host runs"
        self.stored.make_due()
        host = running[number % len(running)]
        try:
            host.run_timer("minute")
        except (Refused, requests.RequestException) as error:
            return f"{host.name} did not: {error}"
        return host.name

    def start_full_sync(self) -> str:
        """What a person does who wants everything compared."""
        try:
            made = self.environment.api.post("full-synchronizations", {"release": list(RELEASED)})
        except (Refused, requests.RequestException) as error:
            return f"not begun: {error}"
        self.full_syncs.append(str(made["id"]))
        return self.full_syncs[-1]

    def put_nonsense(self, number: int) -> str:
        """A message that is none, on one of the queues."""
        text = f"nonsense {len(self.nonsense)}"
        self.stored.put(QUEUES[number % len(QUEUES)], text)
        self.nonsense.append(text)
        return text

    def full_sync_view(self, full_sync: str) -> dict[str, Any]:
        """How far a full synchronisation is. Raises Refused, OSError."""
        found: dict[str, Any] = self.environment.api.get(f"full-synchronizations/{full_sync}")
        return found


@contextmanager
def world(processes: Processes, seed: int) -> Iterator[World]:
    """A world in step, which ends with the block. Raises NotReady, NotAtRest."""
    options = Options(
        hosts=2, scope=HEART, records=Generated(CUSTOMERS, CONTACTS, seed), sales=(), settle_s=SETTLE_S,
        lease_s=LEASE_S, storage_faults=True, longest_delay_s=1, verbose=True, app_settings=SETTINGS,
    )  # fmt: skip
    with ExitStack() as stack:
        environment = stack.enter_context(start(processes, options))
        stored, ledger = Stored(environment.addresses.storage), Ledger()
        people = People(environment, stored, ledger, made=set())
        made = World(environment, stored, people, Disturber(environment, stored), ledger)
        found = [each for pair in (CUSTOMER, CONTACT) for each in people.present(pair, "bc")]
        people.made |= {str(each["id"]) for each in found}
        made.tell("the world is up")
        first = made.start_full_sync()
        wait_until(
            lambda: made.full_sync_view(first)["status"] == "Finished",
            "the first full synchronisation",
            look_s=ASK_S,
        )
        made.tell("all is in step")
        yield made


def wait_until(
    condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S, look_s: float = LOOK_S
) -> None:
    """Returns once the condition is true. Raises NotAtRest."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise NotAtRest(f"waited {patience_s:g} s in vain for {what}")
        time.sleep(look_s)
