"""Small worlds for the scenarios: a few published records, faults at chosen moments, checks from outside.

The checks ask the two services as a person does; they use nothing of the product but its couplings.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from local.simulation.world import (
    CLIENT as CLIENT,
)
from local.simulation.world import (
    DATA,
    HEART_TABLES,
    CompanyRecords,
    World,
    add_options,
    build,
    published,
)
from local.simulation.world import (
    PERSON as PERSON,
)
from local.simulators.business_central import control as bc_control
from local.simulators.dataverse.options import Options as SalesOptions
from local.simulators.faults import AimedFault, Fault, Scope
from local.simulators.wire import ConnectionLost as ConnectionLost
from local.simulators.wire import Request, Response, Service
from shared_code.core.coupling import Coupling
from shared_code.core.records import Side
from shared_code.store.full_syncs import LineStatus
from shared_code.sync import views
from shared_code.sync.dispatch import handle
from shared_code.sync.full_sync import Request as FullRequest
from shared_code.sync.full_sync import start
from shared_code.sync.messages import BATCH_QUEUE, QUEUES
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.tick import tick
from tests.sync.copies import copied

PRIMARY = {"data_access_intent": "ReadWrite"}
"""Asks Business Central for what is so now, not for what a replica knows."""

CUSTOMERS = ("10000", "20000", "01121212")
_KEPT: Mapping[str, tuple[str, frozenset[str]]] = {
    "customers": ("number", frozenset(CUSTOMERS)),
    "contacts": ("companyNumber", frozenset({"CT000007", "CT000009", "CT000017"})),
    "currencies": ("code", frozenset({"USD", "EUR"})),
    "currencyExchangeRates": ("currencyCode", frozenset({"USD", "EUR"})),
    "paymentTerms": ("code", frozenset({"1M(8D)", "14 DAYS", "CM"})),
    "shipmentMethods": ("code", frozenset({"EXW", "CIF"})),
    "salespeople": ("code", frozenset({"OF", "JO"})),
    "contactBusinessRelations": ("relatedNumber", frozenset(CUSTOMERS)),
}


@cache
def _published(name: str, title: str) -> CompanyRecords:
    return published(name, title)


def company(name: str = "cronus", title: str = "CRONUS International Ltd.") -> CompanyRecords:
    """Three customers with their contacts, and the set-up they refer to."""
    whole = _published(name, title)
    records = {table: _few(table, rows) for table, rows in whole.records.items() if table in HEART_TABLES}
    return replace(whole, records=records)


def _few(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    column, kept = _KEPT.get(table, ("", frozenset()))
    return [dict(row) for row in rows if not column or row.get(column) in kept]


@cache
def _sales_file(name: str) -> str:
    return (DATA / "sales" / f"{name}.json").read_text("utf-8")


def sales_rows(name: str) -> list[dict[str, Any]]:
    """Rows of a published file of Sales."""
    rows: list[dict[str, Any]] = json.loads(_sales_file(name))
    return rows


def sales_setup() -> dict[str, list[dict[str, Any]]]:
    """What every organisation has: its base currency and the users that are salespeople."""
    users = [u | {"islicensed": True} for u in sales_rows("overlap_systemusers")]
    kept = [each for each in users if each["@derived"]["bcNumber"] in ("OF", "JO")]
    currencies = [c for c in sales_rows("transactioncurrencies") if c["isocurrencycode"] == "USD"]
    return {"systemuser": kept, "transactioncurrency": currencies}


def new_world(
    companies: Sequence[CompanyRecords] | None = None,
    sales: Mapping[str, list[dict[str, Any]]] | None = None,
    options: bool = True,
    **build_options: Any,
) -> World:
    """A world in which nothing is synchronised yet."""
    chosen = companies or [company()]
    world = build(chosen, {**sales_setup(), **(sales or {})}, **build_options)
    if options:
        records = [each.records for each in chosen]
        codes = {
            "paymenttermscode": [row["code"] for r in records for row in r["paymentTerms"]],
            "address1_freighttermscode": [row["code"] for r in records for row in r["shipmentMethods"]],
        }
        add_options(world, codes | of_persons(codes, build_options.get("features", ())))
    return world


def of_persons(codes: Mapping[str, Sequence[str]], features: Sequence[str]) -> dict[str, Sequence[str]]:
    """The same options for contacts as for accounts, where persons are customers."""
    wanted = "person_customers" in features
    return {f"contact.{name}": each for name, each in codes.items() if wanted and "." not in name}


def full(world: World, release: Sequence[str] = (), connection: str | None = None) -> Mapping[str, Any]:
    """Run a full synchronisation to its end; its lines by mapping."""
    at = world.parts.connection(connection) if connection else world.at
    started = start(world.parts, at, FullRequest(release=tuple(release)))
    deliver(world)
    return lines(world, started.id, connection)


def lines(world: World, full_sync: str, connection: str | None = None) -> dict[str, Any]:
    """The lines of a full synchronisation, by mapping."""
    at = world.parts.connection(connection) if connection else world.at
    found = at.full_syncs.get(full_sync)
    assert found is not None
    return {each["mapping"]: each for each in views.full_sync_view(at, *found)["lines"]}


@copied
def synced(
    companies: Sequence[CompanyRecords] | None = None,
    sales: Mapping[str, list[dict[str, Any]]] | None = None,
    **options: Any,
) -> World:
    """A world after its first full synchronisation, quiet."""
    world = new_world(companies, sales, **options)
    for name in world.parts.connections:
        ended = full(world, connection=name)
        assert all(each["jobQueueEntryStatus"] == LineStatus.FINISHED for each in ended.values()), ended
    world.settle(2)
    world.reset_requests()
    return world


def tracked() -> dict[str, bool]:
    """The tables of Sales whose changes are tracked where nothing else is asked for."""
    return SalesOptions().change_tracking


def guarded() -> dict[str, bool]:
    """The tables of Sales with optimistic concurrency where nothing else is asked for."""
    return SalesOptions().optimistic_concurrency


class Crash(BaseException):
    """The process dies here; nothing after it runs."""


def deliver(world: World, limit: int = 2000, lease_s: float = 30.0) -> int:
    """All work that is due.  What dies stays and is delivered again later.  How many died."""
    died = 0
    for _ in range(limit):
        received = [(name, m) for name in QUEUES for m in world.queue.receive(name, 1, lease_s)]
        if not received:
            return died
        for name, message in received:
            try:
                handle(world.parts, name, message.body)
            except (Crash, Exception):
                died += 1
                if message.dequeue_count < 5:
                    continue
            world.queue.delete(name, message)
    raise AssertionError(f"the queue is not empty after {limit} messages")


def one_minute(world: World) -> bool:
    """A minute in which the process may die, in the tick too; whether it did."""
    world.clock.now += 60
    try:
        tick(world.parts)
    except Crash:
        return True
    return bool(deliver(world))


def cycle(world: World, seconds: float = 60.0) -> int:
    """One minute: a tick and all work that is due, with processes that may die.  How many died."""
    world.clock.now += seconds
    tick(world.parts)
    return deliver(world)


def cycles(world: World, count: int, seconds: float = 60.0) -> None:
    for _ in range(count):
        cycle(world, seconds)


def waiting_messages(world: World) -> int:
    return sum(world.queue.length(name) for name in QUEUES)


@dataclass
class Wire:
    """Stands before a service; ``before`` and ``after`` see each request and may act or raise."""

    service: Service
    before: Callable[[Request], None] = lambda request: None
    after: Callable[[Request], None] = lambda request: None
    seen: list[Request] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        self.before(request)
        response = self.service.handle(request)
        self.after(request)
        return response


def tap(world: World, side: Side) -> Wire:
    """Put a ``Wire`` between the product and a service; people's own calls do not pass it."""
    faulty = world.faults[side.value]
    wire = Wire(faulty._service)
    faulty._service = wire
    return wire


def is_write(request: Request) -> bool:
    """Whether a request of the product writes (both services take writes in ``$batch`` or as POST)."""
    body = request.body
    if request.target.partition("?")[0].endswith("$batch"):
        return b"PATCH" in body or b'"POST"' in body or b"POST /api" in body
    return request.method in ("POST", "PATCH")


def once(act: Callable[[], object], when: Callable[[Request], bool] = is_write) -> Callable[[Request], None]:
    """A hook that acts at the first request that fits."""
    done: list[bool] = []

    def hook(request: Request) -> None:
        if not done and when(request):
            done.append(True)
            act()

    return hook


def lose_answer(
    world: World, side: Side, path: str = r"\$batch", method: str = "POST", skip: int = 0
) -> None:
    """The next matching request is carried out and its answer lost."""
    import re

    world.faults[side.value].aim(AimedFault(Fault.ANSWER_LOST, Scope(method, re.compile(path)), skip))


def customers(world: World, connection: str | None = None) -> list[dict[str, Any]]:
    """All customers, as a person sees them."""
    rows: list[dict[str, Any]] = world.person_in_bc(connection).call("GET", "customers", **PRIMARY)["value"]
    return rows


def customer(world: World, number: str, connection: str | None = None) -> dict[str, Any]:
    return next(each for each in customers(world, connection) if each["number"] == number)


def accounts(world: World) -> list[dict[str, Any]]:
    """All accounts, as a person sees them."""
    rows: list[dict[str, Any]] = world.person_in_sales.call("GET", "accounts")["value"]
    return rows


def account(world: World, name: str) -> dict[str, Any]:
    (found,) = [each for each in accounts(world) if each["name"] == name]
    return found


def contacts(world: World, side: Side) -> list[dict[str, Any]]:
    person = world.person_in_bc() if side is Side.BC else world.person_in_sales
    rows: list[dict[str, Any]] = person.call("GET", "contacts")["value"]
    return rows


def pair(world: World, number: str = "10000", connection: str | None = None) -> Coupling:
    """The coupling of a customer by its number."""
    at = world.parts.connection(connection) if connection else world.at
    bc_id = customer(world, number, connection)["id"]
    found = at.couplings("CUSTOMER").load(Side.BC, [bc_id])[bc_id]
    assert isinstance(found, Coupling)
    return found


def account_of(world: World, coupling: Coupling) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_sales.call("GET", f"accounts({coupling.sales_id})")
    return found


def customer_of(world: World, coupling: Coupling) -> dict[str, Any]:
    found: dict[str, Any] = world.person_in_bc().call("GET", f"customers({coupling.bc_id})", **PRIMARY)
    return found


def edit_bc(world: World, coupling: Coupling, **changes: object) -> None:
    world.person_in_bc().edit(f"customers({coupling.bc_id})", **changes)


def edit_sales(world: World, coupling: Coupling, **changes: object) -> None:
    world.person_in_sales.edit(f"accounts({coupling.sales_id})", **changes)


def new_account(world: World, name: str, **values: object) -> str:
    """A salesperson enters an account that is a customer; its id."""
    row = world.person_in_sales.call(
        "POST", "accounts", {"name": name, "customertypecode": 3, **values}, prefer="return=representation"
    )
    return str(row["accountid"])


def new_customer(world: World, name: str, connection: str | None = None, **values: object) -> str:
    """A bookkeeper enters a customer; its id."""
    return str(
        world.person_in_bc(connection).call("POST", "customers", {"displayName": name, **values})["id"]
    )


def delete_customer(world: World, bc_id: str) -> None:
    title = world.bc.env.companies[world.at.connection.company_id].name
    bc_control.delete_row(world.bc.env, {"company": title, "table": "customers", "id": bc_id})


def company_settings(world: World, **settings: object) -> None:
    title = world.bc.env.companies[world.at.connection.company_id].name
    bc_control.set_company(world.bc.env, {"company": title, **settings})


def listed(at: ConnectionParts) -> list[dict[str, Any]]:
    """Everything that is not in step, as a person sees it who asks for all pages."""
    found: list[dict[str, Any]] = []
    start: views.Place | None = None
    while True:
        page, start = views.problems_page(at, 100, start)
        found += page
        if start is None:
            return found


def problems(world: World, mapping: str = "CUSTOMER", connection: str | None = None) -> list[dict[str, Any]]:
    """The open problems of a mapping, as a person sees them."""
    at = world.parts.connection(connection) if connection else world.at
    return [each for each in listed(at) if each["mapping"] == mapping]


def codes(world: World, mapping: str = "CUSTOMER") -> list[str]:
    return sorted(each["code"] for each in problems(world, mapping))


FIELDS = {
    "displayName": "name",
    "number": "accountnumber",
    "phoneNumber": "telephone1",
    "email": "emailaddress1",
    "website": "websiteurl",
    "addressLine1": "address1_line1",
    "city": "address1_city",
    "postalCode": "address1_postalcode",
}
"""Fields both sides hold in the same form."""


def differences(world: World, mapping: str = "CUSTOMER") -> list[tuple[str, str, object, object]]:
    """Fields of coupled customers that differ, as (customer, field, BC's, Sales')."""
    by_id = {each["id"]: each for each in customers(world)}
    rows = {each["accountid"]: each for each in accounts(world)}
    return [
        (by_id[c.bc_id]["number"], name, by_id[c.bc_id][name], rows[c.sales_id][column])
        for c in world.at.couplings(mapping).all_coupled()
        for name, column in FIELDS.items()
        if composed(by_id[c.bc_id][name] or None) != composed(rows[c.sales_id][column])
    ]


def composed(value: object) -> object:
    """Text with letters and their marks composed: the form in which values are compared."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def assert_one_to_one(world: World) -> None:
    """Every customer has exactly one account and the other way round, and both are coupled."""
    couplings = list(world.at.couplings("CUSTOMER").all_coupled())
    bc, sales = customers(world), accounts(world)
    assert sorted(composed(c["displayName"]) for c in bc) == sorted(composed(a["name"]) for a in sales)
    assert Counter(each.bc_id for each in couplings) == Counter(c["id"] for c in bc)
    assert Counter(each.sales_id for each in couplings) == Counter(a["accountid"] for a in sales)


def assert_jobs_add_up(world: World, connection: str | None = None) -> None:
    """Every job's counters add up to what it was given, and nothing is open."""
    at = world.parts.connection(connection) if connection else world.at
    for job in at.jobs.newest(200):
        view = views.job_view(at, job)
        for direction in ("toSales", "fromSales"):
            sums = view[direction]
            assert sums["openBatches"] == 0, view
            assert sums["given"] == sums["done"], view


def writes_of_a_cycle(world: World) -> list[str]:
    """The kinds of requests, but looks, that a further cycle sends."""
    world.reset_requests()
    cycle(world)
    return [
        f"{side} {kind}"
        for side, kinds in world.requests.items()
        for kind in kinds
        if kind not in ("scan", "deletions")
    ]


def assert_quiet(world: World) -> None:
    """Nothing is waiting and a further cycle only looks."""
    world.settle(2)
    assert waiting_messages(world) == 0
    assert [each for each in writes_of_a_cycle(world) if not each.endswith(" identity")] == []


def assert_whole(world: World) -> None:
    """All that must hold when edits and faults have stopped."""
    assert problems(world) == []
    assert_one_to_one(world)
    assert differences(world) == []
    assert_jobs_add_up(world)
    assert_quiet(world)


def batch_messages(world: World) -> list[str]:
    """The texts of the batches that wait, without taking them."""
    return [held.body for held in world.queue._queues[BATCH_QUEUE]]


def only_customers(world: World) -> None:
    """Switch the other mappings off, so that a cycle is about customers alone."""
    for name, mapping in world.at.mappings.items():
        if name != "CUSTOMER":
            world.at.schedules.change(name, mapping.interval_s, disabled_because="not looked at in this test")


@dataclass
class Operations:
    """Counts what the product asks of storage, queue and services, and dies at one of them.

    ``at`` is the number of the operation to die at, ``late`` whether it has taken effect by then.
    """

    world: World
    at: int = -1
    late: bool = False
    count: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for store in (self.world.tables, self.world.queue):
            store.before, store.after = self._before, self._after
        for side in Side:
            wire = tap(self.world, side)
            wire.before = lambda r: self._before(r.method, r.target)
            wire.after = lambda r: self._after(r.method, r.target)

    def arm(self, at: int, late: bool) -> None:
        self.at, self.late, self.count = at, late, 0
        self.log.clear()

    def disarm(self) -> None:
        self.at = -1

    def _before(self, operation: str, place: str) -> None:
        if operation in ("receive", "delete", "length") and place in QUEUES:
            return
        self.count += 1
        self.log.append(f"{operation} {place[:80]}")
        if self.count == self.at and not self.late:
            raise Crash

    def _after(self, operation: str, place: str) -> None:
        if operation in ("receive", "delete", "length") and place in QUEUES:
            return
        if self.count == self.at and self.late:
            raise Crash


def settled(world: World) -> None:
    """Let everything pass that heals by time alone."""
    cycles(world, 3, 700)


def bc_rows(world: World, table: str) -> list[dict[str, Any]]:
    """The rows of a table of the extension, as a person sees them."""
    person = world.person_in_bc()
    root = person.root.replace("/api/v2.0/", "/api/tandem/sync/v1.0/")
    found: list[dict[str, Any]] = type(person)(person.service, root, person.token).call(
        "GET", table, **PRIMARY
    )["value"]
    return found
