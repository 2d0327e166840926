"""A running environment: addresses, hosts, people, control."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from local.dev.processes import Processes
from local.environment.control import BusinessCentralControl, Control, SalesControl
from local.environment.host import Api, Host, Keys
from local.environment.http import Talk
from local.environment.options import Options
from local.environment.people import (
    BOOKKEEPER,
    BUSINESS_CENTRAL_AUDIENCE,
    SALESPERSON,
    BusinessCentralPerson,
    SalesPerson,
    Tokens,
)
from local.environment.records import ADMINISTRATOR_CLIENT_ID, company_entries


@dataclass(frozen=True)
class Addresses:
    """Where the simulated world is."""

    tenant_id: str
    business_central: str
    business_central_environment: str
    sales: str
    authority: str
    ca_bundle: Path
    storage: str


class People:
    """Who works on either side; the defaults are ``bc``, ``sales`` and ``admin``."""

    def __init__(self, addresses: Addresses, companies: tuple[str, ...]) -> None:
        self._addresses = addresses
        self._tokens = Tokens(Talk(addresses.authority, ca_bundle=addresses.ca_bundle))
        self.companies: Mapping[str, str] = {each["name"]: each["id"] for each in company_entries(companies)}
        self.bc: BusinessCentralPerson = self.bookkeeper(companies[0])
        self.sales: SalesPerson = self.salesperson()
        self.admin: SalesPerson = SalesPerson(
            self._sales_talk(client_id=ADMINISTRATOR_CLIENT_ID), ADMINISTRATOR_CLIENT_ID
        )

    def bookkeeper(self, company: str, user: str = BOOKKEEPER, api: str = "v2.0") -> BusinessCentralPerson:
        """A person in one company, by its name; ``api`` is the route of an API. Raises KeyError for a company
        that is not there."""
        where = self._addresses
        service = f"{where.business_central}/v2.0/{where.tenant_id}/{where.business_central_environment}"
        headers = self._tokens.headers_of(BUSINESS_CENTRAL_AUDIENCE, user=user)
        return BusinessCentralPerson(
            Talk(f"{service}/api/{api}/companies({self.companies[company]})", headers)
        )

    def salesperson(self, user: str = SALESPERSON) -> SalesPerson:
        """A person of the organisation, by domain name."""
        return SalesPerson(self._sales_talk(user=user), user)

    def _sales_talk(self, *, user: str | None = None, client_id: str | None = None) -> Talk:
        headers = self._tokens.headers_of(self._addresses.sales, user=user, client_id=client_id)
        return Talk(f"{self._addresses.sales}/api/data/v9.2", headers)


@dataclass
class Environment:
    """Everything up. Ends with ``stop`` or as a context manager; the hosts end first.

    ``settings`` are the app settings the hosts run with, secrets included: never log them.
    ``storage_controls`` are those of the proxies before ``queue`` and ``table``, empty without them.
    """

    options: Options
    addresses: Addresses
    settings: Mapping[str, str] = field(repr=False)
    keys: Keys = field(repr=False)
    people: People
    bc_control: BusinessCentralControl
    sales_control: SalesControl
    entra_control: Control
    storage_controls: Mapping[str, Control]
    hosts: Mapping[str, Host]
    processes: Processes
    names: tuple[str, ...]
    scratch: Path

    @property
    def host(self) -> Host:
        """The first host. Raises LookupError when there is none."""
        found = next(iter(self.hosts.values()), None)
        if found is None:
            raise LookupError("this environment has no functions host: start it with hosts=1 or more")
        return found

    @property
    def api(self) -> Api:
        """Tandem's HTTP API at the first host that runs."""
        running = (host for host in self.hosts.values() if host.pid is not None)
        return next(running, self.host).api

    def control_of(self, system: str) -> Control:
        """The control routes of bc, sales, entra, queue or table. Raises KeyError for another word."""
        systems = {"bc": self.bc_control, "sales": self.sales_control, "entra": self.entra_control}
        return {**systems, **self.storage_controls}[system]

    def kill_host(self, name: str) -> None:
        """kill -9. Raises KeyError for an unknown name."""
        self.hosts[name].kill()

    def start_host(self, name: str) -> None:
        """Starts a host again that was killed or stopped. Raises KeyError, NotReady."""
        self.hosts[name].start()

    def stop(self) -> None:
        """Ends every process of this environment and removes its files. May be called again."""
        for host in reversed(list(self.hosts.values())):
            host.stop()
        for name in reversed(self.names):
            self.processes.stop_one(name)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
