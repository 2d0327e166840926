"""The two simulated services of a seed, each with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.simulate.dates import zone_of
from local.simulate.further import features_of, mappings_of
from local.simulate.ordering import SETTING as ORDER_ACCOUNTS
from local.simulate.ordering import takes_orders
from local.simulate.quoting import PART as QUOTES
from local.simulate.setting import Setting
from local.simulation.receiving import WEBHOOK_SECRET, WEBHOOK_URL
from local.simulation.world import CLIENT, COLUMNS, ORG, OWN_TABLES, PERSON, TENANT, CompanyRecords, Person
from local.simulators import business_central, dataverse
from local.simulators.dataverse.people import ACTIONS, ALL_PRIVILEGES, User
from local.simulators.tokens import Identity, StaticVerifier
from local.simulators.wire import ManualClock
from shared_code.settings import Settings, read_settings

_BC_AUDIENCE = "https://api.businesscentral.dynamics.com"
_CHOICES = {
    "paymenttermscode": "paymentTerms", "address1_freighttermscode": "shipmentMethods",
    "address1_shippingmethodcode": "shippingAgents",
}  # fmt: skip
UNLIMITED = 10**9


class SkewedClock:
    """A service's own clock: the world's, some seconds off."""

    def __init__(self, clock: ManualClock, skew_s: float) -> None:
        self._clock = clock
        self.skew_s = skew_s

    def time(self) -> float:
        return self._clock.now + self.skew_s

    def sleep(self, seconds: float) -> None:
        self._clock.now += seconds


def settings_of(setting: Setting, parts: Sequence[str] = (), *, webhooks: bool = False) -> Settings:
    """The app settings every process of the seed has."""
    companies = ",".join(f"{each.name}={each.entry['id']}" for each in setting.companies)
    return read_settings({
        "TENANT_ID": TENANT,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": "not a secret: no token endpoint is asked",
        "BUSINESS_CENTRAL_ENVIRONMENT": "production",
        "BUSINESS_CENTRAL_COMPANIES": companies,
        "MAPPINGS": ",".join(("CUSTOMER", "CONTACT", *mappings_of(parts))),
        "FEATURES": ",".join(features_of(parts)),
        "TIME_ZONE": zone_of(parts),
        "SALES_URL": ORG,
        "SETTLE_SECONDS": str(setting.settle_s),
        **({"ORDER_ACCOUNTS": ORDER_ACCOUNTS} if takes_orders(parts) or QUOTES in parts else {}),
        **({"WEBHOOK_URL": WEBHOOK_URL, "WEBHOOK_SECRET": WEBHOOK_SECRET} if webhooks else {}),
    })  # fmt: skip


def business_central_of(
    setting: Setting, clock: SkewedClock, parts: Sequence[str] = ()
) -> business_central.BusinessCentral:
    """Business Central with the seed's companies."""
    tokens = {"Bearer app": None, f"Bearer {PERSON}": PERSON}
    verifier = StaticVerifier({t: Identity(TENANT, CLIENT, user, _BC_AUDIENCE) for t, user in tokens.items()})
    has_extension = "extension" in features_of(parts)
    options = business_central.Options(tenant_id=TENANT, request_limit=UNLIMITED, extension=has_extension)
    simulator = business_central.BusinessCentral(clock, verifier, options)
    for each in setting.companies:
        company = simulator.load_company(each.entry["name"], each.records, each.entry)
        company.series["customers"].manual = company.series["contacts"].manual = True
    return simulator


def dataverse_of(setting: Setting, clock: SkewedClock) -> dataverse.Dataverse:
    """Sales with the seed's records and the options of its choice columns."""
    tokens = {"Bearer app": None, f"Bearer {PERSON}": PERSON}
    verifier = StaticVerifier({t: Identity(TENANT, CLIENT, user, ORG) for t, user in tokens.items()})
    options = dataverse.Options(
        columns=COLUMNS,
        tables=OWN_TABLES,
        bulk=dict.fromkeys(("account", "contact"), setting.bulk),
        request_limit=UNLIMITED,
        execution_limit_s=1e9,
        plugins=setting.plugins,
    )
    simulator = dataverse.Dataverse(
        clock, verifier, options, tenant_id=TENANT, users={CLIENT: {"name": "Tandem"}},
        persons={PERSON: {"name": "Pat", "customizer": True}},
    )  # fmt: skip
    simulator.load(setting.sales_records)
    codes = choices_of(setting.companies)
    add_options(simulator, {name: _some(found, setting) for name, found in codes.items()})
    return simulator


def choices_of(companies: Iterable[CompanyRecords]) -> dict[str, list[str]]:
    """The codes that choice columns of account stand for, by column."""
    found = {
        column: {each["code"] for company in companies for each in company.records.get(table, ())}
        for column, table in _CHOICES.items()
    }
    return {column: sorted(codes) for column, codes in found.items() if codes}


def _some(codes: list[str], setting: Setting) -> list[str]:
    return codes[::2] if setting.missing_options else codes


def add_options(sales: dataverse.Dataverse, codes: Mapping[str, Iterable[str]]) -> None:
    """Add options as an administrator does; those that are there already are refused and stay."""
    person = Person(sales, "/api/data/v9.2")
    for column, labels in codes.items():
        for label in labels:
            person.call("POST", "InsertOptionValue", {
                "EntityLogicalName": "account", "AttributeLogicalName": column,
                "Label": {"LocalizedLabels": [{"Label": label, "LanguageCode": 1033}]},
            })  # fmt: skip


def app_user_of(sales: dataverse.Dataverse) -> str:
    """The id of our application user."""
    return sales.org.people.by_client[CLIENT.lower()]


def restrict_sales(sales: dataverse.Dataverse, table: str | None) -> None:
    """Take the right to write one table from our user; ``None`` gives everything back."""
    everything = frozenset(ACTIONS)
    privileges: dict[str, Any] = {**ALL_PRIVILEGES, **dict.fromkeys(OWN_TABLES, everything)}
    if table is not None:
        privileges[table] = frozenset({"read"})
    sales.org.people.users[app_user_of(sales)] = User(privileges)


def restrict_bc(bc: business_central.BusinessCentral, table: str | None) -> None:
    """Take the right to write one table from our user; ``None`` gives everything back."""
    if table is None:
        bc.env.options.users = None
        return
    others = frozenset(bc.env.types) - {table}
    everything = business_central.Permissions()
    bc.env.options.users = {CLIENT: business_central.Permissions(write=others), PERSON: everything}
