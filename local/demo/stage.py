"""The running system as the demonstration sees and drives it: API, stored couplings, timer, counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from azure.storage.queue import QueueServiceClient

from local.demo.failures import DemoFailed
from local.demo.meter import Meter
from local.environment import Environment
from local.environment.people import BusinessCentralPerson
from local.environment.records import CLIENT_ID
from shared_code.core.coupling import Coupling
from shared_code.runtime import ThreadRuntime
from shared_code.store import azure_tables
from shared_code.store.couplings import CouplingStore
from shared_code.store.schedules import Schedule, ScheduleStore
from shared_code.sync.messages import QUEUES
from shared_code.systems.business_central_keys import API as EXTENSION_API

POLL_S = 0.05
PATIENCE_S = 90.0
QUIET_POLLS = 3
"""The queues must be found empty this often in a row: a message may be on its way into one."""
PAUSED_S = 24 * 3600
RUNNING_S = 60

COMPUTED = frozenset({"salesInvoices", "salesCreditMemos"})
"""Tables of Business Central with values that are computed when they are read."""

type Record = dict[str, Any]


@dataclass
class Stage:
    """One environment under way."""

    environment: Environment
    meter: Meter = field(init=False)
    connection: str = field(init=False)
    mappings: tuple[str, ...] = field(init=False)
    _tables: azure_tables.AzureTables = field(init=False, repr=False)
    _queues: QueueServiceClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        storage = self.environment.addresses.storage
        settings = {"AzureWebJobsStorage": storage}
        self._tables = azure_tables.AzureTables(ThreadRuntime(), azure_tables.connect(settings))
        self._queues = QueueServiceClient.from_connection_string(storage)
        self.meter = Meter(self.environment)
        ((self.connection, found),) = self.environment.api.get("health")["connections"].items()
        self.mappings = tuple(found["mappings"])

    @property
    def company(self) -> str:
        """The name of the company people work in."""
        return self.environment.options.companies[0]

    @property
    def client_id(self) -> str:
        """Tandem's own app registration."""
        return CLIENT_ID

    @property
    def extension(self) -> BusinessCentralPerson:
        """The bookkeeper, at the tables of Tandem's extension."""
        return self.environment.people.bookkeeper(self.company, api=EXTENSION_API)

    def customers(self) -> list[Record]:
        """All customers of Business Central, read behind its back."""
        return self.bc("customers")

    def accounts(self) -> list[Record]:
        """All accounts of Sales, read behind its back."""
        return self.sales("account")

    def bc(self, table: str) -> list[Record]:
        """All records of a table, by a person who may read everything where values are computed when read."""
        if table == "opportunities":
            return self._opportunities()
        if table in COMPUTED:
            return self.environment.people.bc.list(table)
        return self.environment.bc_control.dump(self.company, table)

    def _opportunities(self) -> list[Record]:
        """All opportunities, each with the business relation of its contact, as the client shows it."""
        related = {each["number"]: each["contactBusinessRelation"] for each in self.bc("contacts")}
        found = self.environment.people.bc.list("opportunities")
        return [each | {"contactBusinessRelation": related.get(each["contactNumber"], "")} for each in found]

    def sales(self, table: str) -> list[Record]:
        return self.environment.sales_control.dump(table)

    def couplings(self, mapping: str) -> list[Coupling]:
        """The living couplings of a mapping, from Table storage."""
        return list(CouplingStore(self._tables, self.connection, mapping).all_coupled())

    def problems(self, *codes: str) -> list[Record]:
        """What GET /api/problems lists, with these codes or all."""
        found: list[Record] = []
        path: str | None = "problems?limit=1000"
        while path:
            page = self.environment.api.get(path.removeprefix("/api/"))
            found += page["problems"]
            path = page["next"]
        return [each for each in found if not codes or each["code"] in codes]

    def pause(self) -> None:
        """From now on only the demonstration makes mappings due, so that it tells what it did itself."""
        self._each_schedule(self.mappings, lambda each: replace(each, interval_s=PAUSED_S, next_due_s=_far()))

    def resume(self) -> None:
        """Back to every minute."""
        self._each_schedule(self.mappings, lambda each: replace(each, interval_s=RUNNING_S, next_due_s=0.0))

    def look(self, *mappings: str) -> None:
        """What happens each minute, now: the mappings are due, the timer runs, all queued work is done."""
        with self.meter:
            self.look_uncounted(*mappings)

    def look_uncounted(self, *mappings: str) -> None:
        """The same, for a caller who counts a longer stretch."""
        wanted = set(mappings or self.mappings)
        self._each_schedule(wanted, lambda each: replace(each, next_due_s=0.0))
        self.environment.host.run_timer("minute")
        until(lambda: self._claimed(wanted), "the minute timer did not take up the mappings")
        self.wait_for_quiet()

    def look_until(self, condition: Callable[[], bool], failure: str, *mappings: str) -> int:
        """Look again until a condition holds; how many looks it took.  Raises DemoFailed."""
        end = time.monotonic() + PATIENCE_S
        looks = 0
        while time.monotonic() < end:
            self.look(*mappings)
            looks += 1
            if condition():
                return looks
            time.sleep(10 * POLL_S)
        raise DemoFailed(failure)

    def wait_for_quiet(self) -> None:
        """Returns when no message waits and none is being worked on."""
        found = 0
        end = time.monotonic() + PATIENCE_S
        while found < QUIET_POLLS:
            found = 0 if self._messages() else found + 1
            if time.monotonic() > end:
                raise DemoFailed(f"The work queues were not empty after {PATIENCE_S:g} seconds.")
            time.sleep(POLL_S)

    def _messages(self) -> int:
        clients = (self._queues.get_queue_client(name) for name in QUEUES)
        return sum(each.get_queue_properties().approximate_message_count or 0 for each in clients)

    @property
    def _schedules(self) -> ScheduleStore:
        return ScheduleStore(self._tables, self.connection)

    def _claimed(self, mappings: set[str]) -> bool:
        return all(each.next_due_s > 0 for each in self._schedules.all().values() if each.mapping in mappings)

    def _each_schedule(self, mappings: Iterable[str], change: Callable[[Schedule], Schedule]) -> None:
        """Write schedules as they are data; again where the timer was faster."""
        for name in mappings:
            until(partial(self._changed, name, change), f"the schedule of {name} kept changing")

    def _changed(self, name: str, change: Callable[[Schedule], Schedule]) -> bool:
        return self._schedules.put(change(self._schedules.get(name, RUNNING_S)))


def _far() -> float:
    return time.time() + PAUSED_S


def until(condition: Callable[[], bool], failure: str, timeout_s: float = PATIENCE_S) -> None:
    """Returns when the condition holds.  Raises DemoFailed when it does not within ``timeout_s``."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise DemoFailed(f"After {timeout_s:g} seconds {failure}.")
        time.sleep(POLL_S)
