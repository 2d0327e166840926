"""Starts an environment: what does not need each other starts at the same time."""

from __future__ import annotations

import json
import random
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from local.dev.azurite import Tls, start_azurite
from local.dev.places import ROOT, Places
from local.dev.processes import Processes
from local.environment.control import BusinessCentralControl, Control, SalesControl
from local.environment.environment import Addresses, Environment, People
from local.environment.host import Host
from local.environment.options import Options
from local.environment.people import BUSINESS_CENTRAL_AUDIENCE, add_option_values
from local.environment.records import (
    ADMINISTRATOR_CLIENT_ID,
    CLIENT_ID,
    business_central_folder,
    company_entries,
    sales_folder,
)
from local.environment.settings import (
    ADMINISTRATOR,
    ENVIRONMENT,
    IDENTITY_CLIENT_ID,
    TENANT_ID,
    Secrets,
    app_settings,
)
from local.environment.storage import HostStorage, proxy_name, start_proxies
from local.simulators import certificates
from local.simulators.dataverse.people import ACTIONS, ALL_PRIVILEGES, WEBHOOK_TABLES
from local.storage_proxy.answers import SERVICES

COLUMNS, TABLES = (ROOT / "sales_solution" / f"{name}.json" for name in ("columns", "tables"))
OPTION_COLUMNS = {
    "paymentTerms": (
        "account.paymenttermscode", "contact.paymenttermscode", "salesorder.paymenttermscode",
        "invoice.paymenttermscode", "quote.paymenttermscode",
    ),
    "shipmentMethods": (
        "account.address1_freighttermscode", "contact.address1_freighttermscode",
        "salesorder.freighttermscode", "quote.freighttermscode",
    ),
    "tandem/shippingAgents": (
        "account.address1_shippingmethodcode", "contact.address1_shippingmethodcode",
        "salesorder.shippingmethodcode", "invoice.shippingmethodcode",
    ),
}  # fmt: skip
"""By table of Business Central: the choice columns of Sales whose options are its codes."""


@dataclass(frozen=True)
class _Start:
    """What one start works with. The keys of the simulated Entra are kept between starts; they are worth
    nothing elsewhere and take a while to make."""

    processes: Processes
    options: Options
    scratch: Path
    hidden: Secrets
    sales_port: int
    entra_port: int
    host_ports: tuple[int, ...]

    @property
    def key_file(self) -> Path:
        return Places().tools / "simulators" / "entra-key.pem"

    @property
    def tls_folder(self) -> Path:
        return Places().tools / "simulators" / "tls"

    @property
    def sales_url(self) -> str:
        return f"http://127.0.0.1:{self.sales_port}"

    def name(self, part: str) -> str:
        return f"{self.options.label}{part}"

    def run(self, part: str, module: str, *arguments: object) -> dict[str, Any]:
        command = [sys.executable, "-m", module, *arguments]
        return self.processes.start(self.name(part), command, cwd=ROOT)


PARTS = ("azurite", "entra", "business-central", "sales")
PROXIES = tuple(proxy_name(service) for service in SERVICES)


def start(processes: Processes, options: Options) -> Environment:
    """Everything up, or nothing: raises NotReady, SetUpFailed, Refused or ValueError and stops the rest."""
    company_entries(options.companies)
    ports = free_ports(2 + options.hosts)
    scratch = Path(tempfile.mkdtemp(prefix="tandem-"))
    starting = _Start(processes, options, scratch, Secrets(), ports[0], ports[1], tuple(ports[2:]))
    with ExitStack() as undo:
        undo.callback(_clear, starting)
        environment = _start_world(starting)
        _prepare_sales(environment)
        _start_hosts(environment)
        _begin_faults(environment)
        undo.pop_all()
    return environment


OWN_PORTS = range(20_000, 30_000)
"""Below those that a system gives to outgoing connections: one of them could take a port in between."""


def free_ports(count: int) -> list[int]:
    """That many different ports that were free just now."""
    ports = random.SystemRandom().sample(OWN_PORTS, len(OWN_PORTS))
    return list(islice(filter(_is_free, ports), count))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _start_world(starting: _Start) -> Environment:
    with ThreadPoolExecutor(len(PARTS)) as pool:
        storage = pool.submit(_start_storage, starting)
        bc = pool.submit(_start_business_central, starting)
        entra = pool.submit(_start_entra, starting)
        sales = pool.submit(_start_sales, starting)
        _raise_first(entra, sales, bc)
        addresses = _addresses(starting, storage, bc)
    return _environment(starting, addresses)


def _raise_first(*futures: Future[Any]) -> None:
    for future in futures:
        future.result()


def _addresses(starting: _Start, storage: Future[str], bc: Future[str]) -> Addresses:
    return Addresses(
        tenant_id=TENANT_ID,
        business_central=bc.result(),
        business_central_environment=ENVIRONMENT,
        sales=starting.sales_url,
        authority=f"https://localhost:{starting.entra_port}",
        ca_bundle=certificates.ensure(starting.tls_folder).authority,
        storage=storage.result(),
    )


def _environment(starting: _Start, addresses: Addresses) -> Environment:
    options = starting.options
    first = f"http://127.0.0.1:{starting.host_ports[0]}" if options.webhooks else None
    storage = _storage(starting, addresses)
    told = {"AzureWebJobsStorage": storage.connection} if options.storage_faults else {}
    settings = {**app_settings(options, addresses, starting.hidden, first), **told}
    return Environment(
        options=options,
        addresses=addresses,
        settings=settings,
        keys=starting.hidden.keys,
        people=People(addresses, options.companies),
        bc_control=BusinessCentralControl(addresses.business_central),
        sales_control=SalesControl(addresses.sales),
        entra_control=Control(addresses.authority, addresses.ca_bundle),
        storage_controls=storage.controls,
        hosts=_hosts(starting, settings),
        processes=starting.processes,
        names=tuple(starting.name(part) for part in (*PARTS, *PROXIES)),
        scratch=starting.scratch,
    )


def _storage(starting: _Start, addresses: Addresses) -> HostStorage:
    """The way the hosts go to storage."""
    options = starting.options
    if not options.storage_faults:
        return HostStorage(addresses.storage, {})
    label, longest_s = options.label, options.longest_delay_s
    return start_proxies(starting.processes, label, addresses.storage, longest_s)


def _hosts(starting: _Start, settings: Mapping[str, str]) -> dict[str, Host]:
    options = starting.options
    return {
        f"host-{number}": Host(
            name=starting.name(f"host-{number}"),
            port=port,
            processes=starting.processes,
            app=options.app,
            variables=settings,
            keys=starting.hidden.keys,
            verbose=options.verbose,
            python=options.host_python,
            home=options.host_home,
            options=options.host_options,
        )
        for number, port in enumerate(starting.host_ports, 1)
    }


def _start_hosts(environment: Environment) -> None:
    """All hosts at the same time."""
    with ThreadPoolExecutor(max(1, len(environment.hosts))) as pool:
        _raise_first(*[pool.submit(host.start) for host in environment.hosts.values()])


def _prepare_sales(environment: Environment) -> None:
    """Before the hosts start: adding an option makes the change tokens of its table expire."""
    environment.sales_control.add_person(ADMINISTRATOR, ["System Administrator", "System Customizer"])
    if not environment.options.prepared:
        return
    environment.sales_control.add_application(
        CLIENT_ID, "# Tandem", customizer=False, privileges=_privileges(environment.options.webhooks)
    )
    if environment.options.option_values:
        for table, columns in OPTION_COLUMNS.items():
            _add_options(environment, table, columns)
    for control in (environment.bc_control, environment.sales_control):
        control.reset_requests()


def _add_options(environment: Environment, table: str, columns: Sequence[str]) -> None:
    rows = environment.bc_control.dump(environment.options.companies[0], table)
    for name in columns:
        entity, _, column = name.partition(".")
        add_option_values(environment.people.admin, entity, column, [str(each["code"]) for each in rows])


def _privileges(webhooks: bool) -> dict[str, list[str]]:
    """What an administrator gives Tandem's user: rows, and where it is to register webhooks, those too."""
    own = json.loads(TABLES.read_text("utf-8"))
    return {
        **{each["logical_name"]: sorted(ACTIONS) for each in own},
        **{
            table: sorted(actions)
            for table, actions in ALL_PRIVILEGES.items()
            if webhooks or table not in WEBHOOK_TABLES
        },
    }


def _begin_faults(environment: Environment) -> None:
    for system, plan in environment.options.faults.items():
        environment.control_of(system).faults(plan)


def _start_storage(starting: _Start) -> str:
    tls = None
    if starting.options.identity:
        files = certificates.ensure(starting.tls_folder)
        tls = Tls(files.certificate, files.key)
    return start_azurite(starting.processes, starting.name("azurite"), tls=tls)


def _start_business_central(starting: _Start) -> str:
    options = starting.options
    folder = business_central_folder(options, starting.scratch)
    companies = [part for name in options.companies for part in ("--company", name)]
    ready = starting.run(
        "business-central", "local.simulators.business_central",
        "--port", 0, "--data", folder, *companies, "--tenant", TENANT_ID, "--environment", ENVIRONMENT,
        "--entra-key", starting.key_file, "--webhook-delay-s", options.webhook_delay_s, "--control",
        *(("--extension",) if options.scope.extension else ()),
    )  # fmt: skip
    return str(ready["url"])


def _start_sales(starting: _Start) -> str:
    options = starting.options
    folder = starting.scratch / "sales"
    files = sales_folder(options, folder)
    bulk = () if options.bulk else ("--no-bulk",)
    ready = starting.run(
        "sales", "local.simulators.dataverse",
        "--port", starting.sales_port, "--data", folder, "--load", *files, "--tenant", TENANT_ID,
        "--entra-key", starting.key_file, *_solution(options), *bulk, "--control",
        "--user", f"{ADMINISTRATOR_CLIENT_ID}=# Administrator",
    )  # fmt: skip
    return str(ready["url"])


def _solution(options: Options) -> tuple[object, ...]:
    """What is in Sales before the app is: Tandem's solution and change tracking, or neither."""
    if options.prepared:
        return ("--columns", COLUMNS, "--tables", TABLES)
    return ("--option", "change_tracking={}")


def _start_entra(starting: _Start) -> str:
    ready = starting.run(
        "entra", "local.simulators.entra",
        "--port", starting.entra_port, "--tenant", TENANT_ID, *_proofs(starting),
        "--public", CLIENT_ID, "--resource", BUSINESS_CENTRAL_AUDIENCE, "--resource", starting.sales_url,
        "--tls-dir", starting.tls_folder, "--key-file", starting.key_file, "--control",
    )  # fmt: skip
    return str(ready["url"])


def _proofs(starting: _Start) -> list[str]:
    """How the app proves to Entra who it is: with a secret, or with the identity that it trusts."""
    if not starting.options.identity:
        return ["--app", f"{CLIENT_ID}={starting.hidden.client}"]
    return [
        "--app", CLIENT_ID, "--federate", f"{CLIENT_ID}={IDENTITY_CLIENT_ID}",
        "--managed-identity", IDENTITY_CLIENT_ID, "--identity-header", starting.hidden.identity_header,
        "--resource", "https://storage.azure.com", "--resource", "https://monitor.azure.com",
    ]  # fmt: skip


def _clear(starting: _Start) -> None:
    names = [f"host-{number}" for number in range(len(starting.host_ports), 0, -1)]
    for part in [*names, *reversed((*PARTS, *PROXIES))]:
        starting.processes.stop_one(starting.name(part))
    shutil.rmtree(starting.scratch, ignore_errors=True)
