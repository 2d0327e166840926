"""A world for tests and simulation: two simulated systems, in-memory stores, one clock moved by hand.

Everything above the wire is the product's own: composition, clients, use cases.  Below it the strict
simulators answer in process; what the session of ``requests`` between them would send is sent without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.simulation.left_open import TABLES as BULK_TABLES
from local.simulation.left_open import LeftOpen, by_default, take_away
from local.simulation.receiving import WEBHOOK_SECRET, WEBHOOK_URL, Receiver
from local.simulation.session import DirectSession
from local.simulators import business_central, dataverse
from local.simulators.dataverse.added_tables import added_tables
from local.simulators.faults import FaultPlan, FaultyService
from local.simulators.tokens import Identity, StaticVerifier
from local.simulators.wire import ManualClock, Request, Response, Service
from shared_code.clients import Clients
from shared_code.compose import Process
from shared_code.core.telemetry import SILENT, Telemetry
from shared_code.runtime import OpenGate, Runtime
from shared_code.settings import Settings, read_settings
from shared_code.store.memory import MemoryTables
from shared_code.store.memory_queue import MemoryQueue
from shared_code.store.table_list import TABLES
from shared_code.sync.dispatch import handle
from shared_code.sync.messages import QUEUES
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.tick import tick
from shared_code.systems.auth import FixedTokens

TENANT = "00000000-0000-0000-0000-0000000000aa"
CLIENT = "00000000-0000-0000-0000-0000000000bb"
ORG = "https://contoso.crm.dynamics.com"
PERSON = "pat@contoso.example"
DATA = Path(__file__).parents[1] / "data"
COLUMNS = json.loads((Path(__file__).parents[2] / "sales_solution" / "columns.json").read_text("utf-8"))
"""What the solution adds to the tables of Sales."""
OWN_TABLES = added_tables(
    json.loads((Path(__file__).parents[2] / "sales_solution" / "tables.json").read_text("utf-8"))
)
"""The tables of its own."""
_BC_AUDIENCE = "https://api.businesscentral.dynamics.com"


class StepRuntime:
    """Everything in one thread, in order; sleeping moves the clock; ids are counted."""

    def __init__(self, clock: ManualClock, first_id: int = 1) -> None:
        self.clock = clock
        self._ids = first_id

    def now(self) -> float:
        return self.clock.now

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def new_id(self) -> str:
        self._ids += 1
        return f"{self._ids:08x}-0000-4000-8000-000000000000"

    def random(self) -> float:
        return 0.5

    def new_gate(self) -> OpenGate:
        return OpenGate()

    def run_all[T](self, calls: Sequence[Callable[[], T]], limit: int) -> list[T]:
        return [call() for call in calls]


@dataclass(frozen=True, slots=True)
class CompanyRecords:
    """One BC company of the world: its connection's name, entry of companies.json, and records by table."""

    name: str
    entry: Mapping[str, Any]
    records: Mapping[str, list[dict[str, Any]]]


@dataclass
class Person:
    """Somebody who works in one of the systems through its ordinary API."""

    service: Service
    root: str
    token: str = f"Bearer {PERSON}"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """One call; the decoded answer.  Raises AssertionError with the service's words when refused."""
        sent = {"authorization": self.token, "content-type": "application/json", "host": "service.example"}
        sent |= {"accept": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        content = b"" if body is None else json.dumps(body).encode()
        answer: Response = self.service.handle(Request(method, f"{self.root}/{path}", sent, content))
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.body.decode()}"
        return json.loads(answer.body) if answer.body else None

    def edit(self, path: str, **changes: object) -> Any:
        """Change fields of a record as it is now."""
        return self.call("PATCH", path, changes, if_match="*")


@dataclass
class World:
    """The running world.  ``bc`` and ``sales`` are the simulators, ``parts`` the product."""

    clock: ManualClock
    bc: business_central.BusinessCentral
    sales: dataverse.Dataverse
    faults: dict[str, FaultyService]
    parts: Parts
    queue: MemoryQueue
    tables: MemoryTables
    requests: dict[str, list[str]] = field(default_factory=dict)
    receiver: Receiver = field(default_factory=Receiver)
    process: Process | None = None
    settings: Settings | None = None
    clients: Clients | None = None

    @property
    def at(self) -> ConnectionParts:
        return next(iter(self.parts.connections.values()))

    def person_in_bc(self, company: str | None = None) -> Person:
        company_id = (self.parts.connection(company) if company else self.at).connection.company_id
        root = f"/v2.0/{TENANT}/production/api/v2.0/companies({company_id})"
        return Person(self.bc, root)

    @property
    def person_in_sales(self) -> Person:
        return Person(self.sales, "/api/data/v9.2")

    def drain(self, limit: int = 2000) -> int:
        """Process messages until none is left that is due; how many.  Time passes for delayed ones."""
        handled = 0
        while handled < limit:
            messages = [(name, m) for name in QUEUES for m in self.queue.receive(name, 1, 600)]
            if not messages:
                return handled
            for name, message in messages:
                handle(self.parts, name, message.body)
                self.queue.delete(name, message)
                handled += 1
        raise AssertionError(f"the queue is not empty after {limit} messages")

    def cycle(self, seconds: float = 60.0) -> None:
        """Let time pass, tick, and do all the work there is."""
        self.clock.now += seconds
        tick(self.parts)
        self.drain()

    def notify(self) -> None:
        """Both systems send the notifications that are due."""
        self.bc.pump()
        while self.sales.pump():
            pass

    def settle(self, cycles: int = 3, seconds: float = 700.0) -> None:
        """Some cycles, so that everything that heals by itself has."""
        for _ in range(cycles):
            self.cycle(seconds)

    def reset_requests(self) -> None:
        for kinds in self.requests.values():
            kinds.clear()


HEART_TABLES = frozenset((
    "companyInformation", "contactBusinessRelations", "contacts", "countriesRegions", "currencies",
    "currencyExchangeRates", "customers", "paymentTerms", "salespeople", "shipmentMethods",
))  # fmt: skip
"""What customers and contacts refer to.  Documents and opportunities are not among it: a customer that has
some cannot be deleted."""


def published(name: str = "cronus", title: str = "CRONUS International Ltd.") -> CompanyRecords:
    """A company with its published records."""
    data = DATA / "business_central"
    entries = json.loads((data / "companies.json").read_text("utf-8"))
    entry = next(each for each in entries if each["name"] == title)
    folder = data / entry["dataFolder"]
    return CompanyRecords(
        name, entry, {f.stem: json.loads(f.read_text("utf-8")) for f in folder.glob("*.json")}
    )


def published_in_sales(file: str) -> list[dict[str, Any]]:
    """The rows of a published file of Sales, without the notes on where they were derived from."""
    rows: list[dict[str, Any]] = json.loads((DATA / "sales" / f"{file}.json").read_text("utf-8"))
    return [{name: value for name, value in row.items() if name != "@derived"} for row in rows]


HEART = ("CUSTOMER", "CONTACT")
"""What a world synchronises where nothing else is asked for, with what these depend on."""


def build(
    companies: Sequence[CompanyRecords],
    sales_records: Mapping[str, list[Mapping[str, Any]]] | None = None,
    *,
    bulk: bool | None = None,
    settle_s: float = 1200.0,
    runtime: Callable[[ManualClock], Runtime] = StepRuntime,
    sales_options: Mapping[str, Any] | None = None,
    bc_options: Mapping[str, Any] | None = None,
    webhooks: bool = False,
    mappings: Sequence[str] = HEART,
    features: Sequence[str] = (),
    zone: str = "UTC",
    templates: str = "",
    teams: str = "",
    telemetry: Telemetry = SILENT,
    settings: Mapping[str, str] | None = None,
    order_accounts: str = "",
) -> World:
    """A world with these companies and Sales records; nothing synchronised yet.

    ``bulk``: whether account and contact take bulk messages, which the documentation leaves open; where a
    caller does not say, ``TANDEM_BULK=0`` in the environment says no (``python dev.py test --no-bulk``).
    ``settings`` are further app settings and win over those made here.
    """
    sales_service = LeftOpen if bulk is None else FaultyService
    bulk = by_default() if bulk is None else bulk
    clock, receiver = ManualClock(), Receiver()
    bc_simulator = _business_central(clock, companies, bc_options or {}, receiver)
    sales_simulator = _dataverse(clock, sales_records or {}, bulk, sales_options or {}, receiver)
    faults = {"bc": FaultyService(bc_simulator, FaultPlan(0, {}), clock),
              "sales": sales_service(sales_simulator, FaultPlan(0, {}), clock)}  # fmt: skip
    world_runtime = runtime(clock)
    requests: dict[str, list[str]] = {"bc": [], "sales": []}
    chosen = {"MAPPINGS": ",".join(mappings), "FEATURES": ",".join(features), "TIME_ZONE": zone,
              "TEMPLATES": templates, "ORDER_ACCOUNTS": order_accounts, "OWNING_TEAMS": teams}  # fmt: skip
    read = read_settings(_environment(companies, settle_s, webhooks) | chosen | dict(settings or {}))
    tables, queue = MemoryTables(), MemoryQueue(clock.time)
    tables.ensure(TABLES)
    queue.ensure(QUEUES)
    clients = Clients(
        read, world_runtime, FixedTokens("app"), tables,
        lambda side, kind: requests[side].append(kind), telemetry,
    )  # fmt: skip
    lead(clients, faults["bc"], faults["sales"], clock)
    process = Process(read, world_runtime, tables, queue, clients)
    receiver.parts = process.parts
    return World(
        clock, bc_simulator, sales_simulator, faults, process.parts, queue, tables, requests, receiver,
        process, read, clients,
    )  # fmt: skip


def lead(clients: Clients, bc: Service, sales: Service, clock: ManualClock) -> None:
    """Have all that these clients send go to these services."""
    clients.business_central_session = DirectSession(bc, clock)
    clients.sales_session = DirectSession(sales, clock)
    clients.business_central._session = clients.business_central_session
    clients.sales._session = clients.sales_session


def _environment(companies: Sequence[CompanyRecords], settle_s: float, webhooks: bool) -> dict[str, str]:
    hooks = {"WEBHOOK_URL": WEBHOOK_URL, "WEBHOOK_SECRET": WEBHOOK_SECRET} if webhooks else {}
    return hooks | {
        "TENANT_ID": TENANT,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": "not a secret: no token endpoint is asked",
        "BUSINESS_CENTRAL_ENVIRONMENT": "production",
        "BUSINESS_CENTRAL_COMPANIES": ",".join(f"{each.name}={each.entry['id']}" for each in companies),
        "SALES_URL": ORG,
        "SETTLE_SECONDS": str(settle_s),
    }


def _business_central(
    clock: ManualClock, companies: Sequence[CompanyRecords], options: Mapping[str, Any], receiver: Receiver
) -> business_central.BusinessCentral:
    tokens = {"Bearer app": None, f"Bearer {PERSON}": PERSON}
    verifier = StaticVerifier({t: Identity(TENANT, CLIENT, user, _BC_AUDIENCE) for t, user in tokens.items()})
    chosen = business_central.Options(tenant_id=TENANT, request_limit=10**9, **options)
    simulator = business_central.BusinessCentral(clock, verifier, chosen, receiver.call)
    for each in companies:
        simulator.load_company(each.entry["name"], each.records, each.entry)
    return simulator


def _dataverse(
    clock: ManualClock,
    records: Mapping[str, list[Mapping[str, Any]]],
    bulk: bool,
    options: Mapping[str, Any],
    receiver: Receiver,
) -> dataverse.Dataverse:
    verifier = StaticVerifier(
        {
            "Bearer app": Identity(TENANT, CLIENT, None, ORG),
            f"Bearer {PERSON}": Identity(TENANT, CLIENT, PERSON, ORG),
        }
    )
    tables = {**OWN_TABLES, **options.get("tables", {})}
    chosen = dataverse.Options(
        columns=COLUMNS, bulk=dict.fromkeys(BULK_TABLES, True), request_limit=10**9, execution_limit_s=1e9,
        **{**options, "tables": tables},
    )  # fmt: skip
    simulator = dataverse.Dataverse(
        clock, verifier, chosen, tenant_id=TENANT, users={CLIENT: {"name": "Tandem"}},
        persons={PERSON: {"name": "Pat", "customizer": True}}, deliver=receiver.deliver,
    )  # fmt: skip
    if not bulk:
        take_away(simulator)
    simulator.load(records)
    return simulator


def add_options(world: World, codes: Mapping[str, Sequence[str]]) -> None:
    """Add options to choices as an administrator does; by ``column`` of account or ``table.column``."""
    for name, labels in codes.items():
        table, _, column = name.rpartition(".")
        entity = table or "account"
        known = {each.casefold() for each in _labels(world, entity, column)}
        for label in sorted({each for each in labels if each.casefold() not in known}):
            body = {
                "EntityLogicalName": entity,
                "AttributeLogicalName": column,
                "Label": {"LocalizedLabels": [{"Label": label, "LanguageCode": 1033}]},
            }
            world.person_in_sales.call("POST", "InsertOptionValue", body)


def _labels(world: World, entity: str, column: str) -> set[str]:
    """The labels a choice column has already."""
    path = (
        f"EntityDefinitions(LogicalName='{entity}')/Attributes(LogicalName='{column}')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"
    )
    options = world.person_in_sales.call("GET", path)["OptionSet"]["Options"]
    return {each["Label"]["UserLocalizedLabel"]["Label"] for each in options}
