"""Fresh systems for one client: storage, Entra, Business Central and Sales, each a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.fields import account_before
from benchmarks.plan import (
    BC_IN_FLIGHT,
    CLOSED_S,
    CLOSINGS,
    LOST,
    LOST_ANSWERS,
    SAVES,
    TANDEM,
    THROTTLED,
    Model,
)
from benchmarks.services import Access
from local.dev.azurite import ACCOUNT, connection_string, start_azurite
from local.dev.places import ROOT, Places
from local.dev.processes import Processes
from local.environment.control import BusinessCentralControl, SalesControl
from local.environment.environment import Addresses
from local.environment.http import Talk
from local.environment.options import COMPANY, Generated, Options
from local.environment.people import (
    BUSINESS_CENTRAL_AUDIENCE,
    SalesPerson,
    Tokens,
    add_option_values,
)
from local.environment.records import (
    ADMINISTRATOR_CLIENT_ID,
    CLIENT_ID,
    business_central_folder,
    company_entries,
    sales_folder,
)
from local.environment.scope import Scope
from local.environment.settings import ENVIRONMENT, TENANT_ID, Secrets, app_settings
from local.environment.starting import COLUMNS, TABLES, free_ports
from local.simulators import certificates

NUMBER_PREFIX = "G"
"""What the numbers of generated customers begin with."""
OPTIONS = {"paymenttermscode": "paymentTerms", "address1_freighttermscode": "shipmentMethods"}
"""Choice columns of account, and the table of Business Central whose codes are their options."""


@dataclass(frozen=True)
class Stage:
    """The systems of one client.  ``settings`` are the variables that Tandem needs, secrets included."""

    access: Access
    settings: Mapping[str, str]
    bc: BusinessCentralControl
    sales: SalesControl
    processes: Processes

    def take_time(self, model: Model) -> None:
        """From now on both systems take the model's time; Sales advises what the model says."""
        wanted = {"request_ms": model.request_ms, "row_ms": model.row_ms}
        is_bound = model.in_flight > 0
        self.bc.post("latency", {**wanted, "in_flight": BC_IN_FLIGHT if is_bound else 0})
        self.sales.post("latency", {**wanted, "in_flight": model.in_flight})
        self.sales.set_options(dop_hint=model.advised)

    def begin_faults(self, work: str, rows: int) -> None:
        """What goes wrong during a work of so many rows, from its first request on."""
        if work == THROTTLED:
            self.sales.post("storm", {"every_rows": max(1, rows // CLOSINGS), "closed_s": CLOSED_S})
        if work == LOST_ANSWERS:
            self.sales.faults(LOST)

    def end_faults(self) -> None:
        """All is well again."""
        self.sales.post("storm", {})
        self.sales.faults({})

    def reset_requests(self) -> None:
        """Begin counting anew, with the services' limits fresh."""
        self.bc.reset_requests()
        self.sales.reset_requests()

    def pass_look_back(self, shift_s: float) -> None:
        """Both systems' clocks go on, so that nothing done so far lies within a look back."""
        for control in (self.bc, self.sales):
            control.shift_clock(shift_s)


@contextmanager
def staged(
    client: str,
    rows: int,
    seed: int,
    scratch: Path,
    model: Model,
    limits: Mapping[str, Any],
    *,
    in_sales: bool = False,
) -> Iterator[Stage]:
    """The systems up, with so many customers in Business Central and none in Sales; ``in_sales``: with so
    many accounts there, and no customers.  ``limits`` are options of both systems that lift the limits of
    five minutes where a run is larger than these allow."""
    options = Options(
        hosts=0, records=Generated(rows, 0, seed), scope=Scope(("CUSTOMER",), frozenset()), sales=()
    )
    scratch.mkdir(parents=True, exist_ok=True)
    with Processes() as processes:
        try:
            stage = _started(client, options, scratch, processes, model, in_sales=in_sales)
            if limits:
                stage.sales.set_options(**limits)
                stage.bc.set_options(request_limit=limits["request_limit"])
            yield stage
        finally:
            shutil.rmtree(scratch / "sales", ignore_errors=True)


def _started(
    client: str, options: Options, scratch: Path, processes: Processes, model: Model, *, in_sales: bool
) -> Stage:
    secrets = Secrets()
    sales_port, entra_port = free_ports(2)
    key, tls = Places().tools / "simulators" / "entra-key.pem", Places().tools / "simulators" / "tls"
    sales_url = f"https://127.0.0.1:{sales_port}"

    def run(name: str, module: str, *arguments: object) -> str:
        command = [sys.executable, "-m", module, *arguments, "--tls-dir", tls, "--control"]
        return str(processes.start(name, command, cwd=ROOT, timeout_s=600.0)["url"])

    run(
        "entra", "local.simulators.entra", "--port", entra_port, "--tenant", TENANT_ID,
        "--app", f"{CLIENT_ID}={secrets.client}", "--resource", BUSINESS_CENTRAL_AUDIENCE,
        "--resource", sales_url, "--key-file", key,
    )  # fmt: skip
    bc_folder, folder = _customers(options, scratch), scratch / "sales"
    files = sales_folder(options, folder)
    if in_sales:
        bc_folder = _as_accounts(bc_folder, folder, files)
    bc_url = run(
        "business-central", "local.simulators.business_central", "--port", 0, "--data",
        bc_folder, "--company", COMPANY, "--tenant", TENANT_ID, "--environment",
        ENVIRONMENT, "--entra-key", key,
    )  # fmt: skip
    run(
        "sales", "local.simulators.dataverse", "--port", sales_port, "--data", folder, "--load", *files,
        "--tenant", TENANT_ID, "--entra-key", key, "--columns", COLUMNS, "--tables", TABLES,
        "--user", f"{CLIENT_ID}=# Tandem", "--user", f"{ADMINISTRATOR_CLIENT_ID}=# Administrator",
    )  # fmt: skip
    storage = _storage(processes, client) if client in SAVES else ""
    authority = f"https://localhost:{entra_port}"
    ca = certificates.ensure(tls).authority
    addresses = Addresses(TENANT_ID, bc_url, ENVIRONMENT, sales_url, authority, ca, storage)
    tokens = Tokens(Talk(authority, ca_bundle=ca))
    bearer = {
        audience: tokens.headers_of(audience, client_id=CLIENT_ID)()["Authorization"].removeprefix("Bearer ")
        for audience in (BUSINESS_CENTRAL_AUDIENCE, sales_url)
    }
    access = Access(
        bc_url=f"{bc_url}/v2.0/{TENANT_ID}/{ENVIRONMENT}/api/v2.0",
        company_id=company_entries([COMPANY])[0]["id"],
        bc_token=bearer[BUSINESS_CENTRAL_AUDIENCE],
        sales_url=sales_url,
        sales_token=bearer[sales_url],
        ca_bundle=str(ca),
        advised=model.advised,
        storage=storage,
    )
    settings = app_settings(options, addresses, secrets, None) if client == TANDEM else {}
    bc, sales = BusinessCentralControl(bc_url, ca), SalesControl(sales_url, ca)
    _add_options(bc, Talk(f"{sales_url}/api/data/v9.2", tokens.headers_of(
        sales_url, client_id=ADMINISTRATOR_CLIENT_ID), ca))  # fmt: skip
    return Stage(access, settings, bc, sales, processes)


def _storage(processes: Processes, client: str) -> str:
    """A connection string: tables are kept by a quick stand-in, queues by Azurite."""
    command = [sys.executable, "-m", "local.simulators.table_storage"]
    tables = str(processes.start("tables", command, cwd=ROOT)["url"])
    if client != TANDEM:
        return connection_string({"Blob": 0, "Queue": 0, "Table": int(tables.rpartition(":")[2])})
    endpoint = f"TableEndpoint={tables}/{ACCOUNT};"
    return re.sub(r"TableEndpoint=[^;]*;", endpoint, start_azurite(processes))


def _add_options(bc: BusinessCentralControl, talk: Talk) -> None:
    """Options for the codes of customers, as an administrator prepares them."""
    admin = SalesPerson(talk, ADMINISTRATOR_CLIENT_ID)
    for column, table in OPTIONS.items():
        codes = [str(each["code"]) for each in bc.dump(COMPANY, table)]
        add_option_values(admin, "account", column, codes)


def _customers(options: Options, scratch: Path) -> Path:
    """The folder of so many customers; made once for all clients of a run."""
    assert options.records is not None
    folder = scratch / f"customers-{options.records.customers}"
    if not folder.exists():
        made = business_central_folder(options, scratch)
        made.rename(folder)
        (folder / "contacts.json").write_text("[]", "utf-8")
        (folder / "contactBusinessRelations.json").write_text("[]", "utf-8")
    return folder


def _as_accounts(bc_folder: Path, sales: Path, files: list[str]) -> Path:
    """The customers of a folder as rows of Sales; the same folder without any."""
    empty = bc_folder.with_name(f"{bc_folder.name}-in-sales")
    if not empty.exists():
        shutil.copytree(bc_folder, empty)
        (empty / "customers.json").write_text("[]", "utf-8")
    customers = json.loads((bc_folder / "customers.json").read_text("utf-8"))
    (sales / "accounts.json").write_text(json.dumps([account_before(each) for each in customers]), "utf-8")
    files.append("accounts.json")
    return empty


def dumped(control: BusinessCentralControl | SalesControl, table: str) -> Iterator[dict[str, Any]]:
    """The generated records of a table, or what was made of them, one after the other."""
    if isinstance(control, BusinessCentralControl):
        rows, number = control.dump_in_parts(COMPANY, table), "number"
    else:
        rows, number = control.dump_in_parts(table), "accountnumber"
    return (each for each in rows if str(each.get(number, "")).startswith(NUMBER_PREFIX))


def as_line(access: Access) -> dict[str, Any]:
    """An access as JSON."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(access)))
    return found
