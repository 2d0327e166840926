"""Business Central's client against the strict simulator: reading, writing, scanning, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from local.simulators import business_central as simulated
from local.simulators.business_central import control
from local.simulators.faults import AimedFault, Fault, FaultPlan, FaultyService, Scope
from local.simulators.tokens import Identity
from shared_code.core.records import ZERO_ID, Values
from shared_code.systems import business_central_scan
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.interface import (
    AccessDenied,
    Change,
    Column,
    Creation,
    Exists,
    Gone,
    Moved,
    NotDone,
    OutcomeUnknown,
    Page,
    Refused,
    Removal,
    Removed,
    SettingWrong,
    Table,
    TableMissing,
    Throttled,
    Written,
)
from tests.systems.conftest import Surroundings

TENANT = "00000000-0000-0000-0000-00000000000a"
CUSTOMERS = Table(
    "customers",
    "id",
    tuple(map(Column, ("number", "displayName", "email", "creditLimit", "companyContactNumber"))),
    scan_columns=("blocked",),
)
CONTACTS = Table("contacts", "id", (Column("number"), Column("displayName"), Column("companyNumber")))
CURRENCIES = Table(
    "currencies",
    "id",
    tuple(map(Column, ("code", "displayName", "amountDecimalPlaces", "exchangeRate"))),
    related=("currencyExchangeRates",),
)
ODD = 'O\'Brien & Söhne 🙂 #1 + "x" \\ 100%'
EARLY = "2026-01-01T00:00:00Z"


class AnyToken:
    """Admits everybody as one application."""

    def verify(self, authorization: str | None) -> Identity:
        return Identity(TENANT, "app", None, "https://api.businesscentral.dynamics.com")


class Company:
    """A simulated company with its client; faults are aimed at the service."""

    def __init__(self, surroundings: Surroundings, **options: Any) -> None:
        self.surroundings = surroundings
        self.service = simulated.BusinessCentral(
            surroundings.clock, AnyToken(), simulated.Options(tenant_id=TENANT, control=True, **options)
        )
        records: dict[str, list[dict[str, Any]]] = {
            "currencies": [currency("EUR"), currency("USD"), currency("CHF")],
            "currencyExchangeRates": [rate("EUR", "1", "0.8"), rate("USD", "2", "1", "EUR")],
        }
        self.name = "Odd & Sons"
        self.id = self.service.load_company(self.name, records, {"localCurrencyCode": "GBP"}).id
        self.faulty = FaultyService(self.service, FaultPlan(), surroundings.clock)
        root = api_root("https://api.example", TENANT, "production")
        self.system = BusinessCentral(
            surroundings.client(self.faulty), root, self.id, environment="production", look_back_s=600
        )

    def fail(self, kind: Fault, method: str | None = None, skip: int = 0) -> None:
        self.faulty.aim(AimedFault(kind, Scope(method), skip))

    def customers(self, count: int) -> list[str]:
        results = self.system.create(CUSTOMERS, [Creation({"displayName": f"C {n}"}) for n in range(count)])
        return [row_of(result).id for result in results]

    def requests(self) -> int:
        """HTTP requests since the last time this was asked."""
        count = len(self.surroundings.kinds)
        self.surroundings.kinds.clear()
        return count

    def set_rate(self, code: str, start: str, amount: float, relational: float) -> None:
        arguments = {"company": self.name, "currencyCode": code, "startingDate": start}
        amounts = {"exchangeRateAmount": amount, "relationalExchangeRateAmount": relational}
        control.set_exchange_rate(self.service.env, {**arguments, **amounts})


def currency(code: str) -> dict[str, Any]:
    return {"code": code, "displayName": code, "amountDecimalPlaces": "2:2", "lastModifiedDateTime": EARLY}


def rate(code: str, amount: str, relational: str, of: str = "") -> dict[str, Any]:
    return {
        "currencyCode": code,
        "startingDate": "2026-01-01",
        "exchangeRateAmount": float(amount),
        "relationalCurrencyCode": of,
        "relationalExchangeRateAmount": float(relational),
        "lastModifiedDateTime": EARLY,
    }


def row_of(result: object) -> Any:
    assert isinstance(result, Written), result
    return result.row


@pytest.fixture
def company(surroundings: Surroundings) -> Company:
    return Company(surroundings)


def all_pages(company: Company, table: Table, page: Page) -> list[Page]:
    pages = [page]
    while pages[-1].next:
        pages.append(company.system.scan(table, pages[-1].next))
    return pages


def test_what_was_created_is_what_is_read(company: Company) -> None:
    values: Values = {"displayName": ODD, "creditLimit": Decimal("1234.56"), "email": "a@b.example"}
    created = row_of(company.system.create(CUSTOMERS, [Creation(values)])[0])
    read = company.system.read(CUSTOMERS, [created.id.upper()])
    assert read == {created.id: created}
    assert {name: created.values[name] for name in values} == values
    assert created.values["number"]


def test_one_request_reads_many_and_leaves_out_the_missing(company: Company) -> None:
    ids = company.customers(150)
    company.requests()
    found = company.system.read(CUSTOMERS, [*ids, "99999999-0000-0000-0000-000000000000"])
    assert (set(found), company.requests()) == (set(ids), 1)


def test_a_creation_that_is_refused_fails_alone(company: Company) -> None:
    creations = [
        Creation({"displayName": "a"}),
        Creation({"displayName": "x" * 300}),
        Creation({"displayName": "b"}),
    ]
    first, second, third = company.system.create(CUSTOMERS, creations)
    assert isinstance(second, Refused)
    assert "CorrelationId" not in second.message
    assert (row_of(first).values["displayName"], row_of(third).values["displayName"]) == ("a", "b")


def test_a_number_that_is_taken_exists(company: Company) -> None:
    creation = Creation({"number": "T-1", "displayName": "a"})
    row_of(company.system.create(CUSTOMERS, [creation])[0])
    assert company.system.create(CUSTOMERS, [creation]) == [Exists()]


def test_an_update_needs_the_version_it_was_made_for(company: Company) -> None:
    (key,) = company.customers(1)
    before = company.system.read(CUSTOMERS, [key])[key].version
    after = row_of(company.system.update(CUSTOMERS, [Change(key, before, {"displayName": ODD})])[0])
    assert after.values["displayName"] == ODD
    assert after.version.etag != before.etag
    assert after.version.stamp >= before.stamp
    assert company.system.update(CUSTOMERS, [Change(key, before, {"displayName": "lost"})]) == [Moved()]


def test_an_update_of_a_missing_record_is_gone(company: Company) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    control.delete_row(company.service.env, {"company": company.name, "table": "customers", "id": key})
    assert company.system.update(CUSTOMERS, [Change(key, version, {"displayName": "x"})]) == [Gone()]


def test_a_creation_whose_answer_is_lost_is_unknown_and_sent_once(company: Company) -> None:
    company.fail(Fault.ANSWER_LOST, "POST")
    results = company.system.create(CUSTOMERS, [Creation({"displayName": "a"})] * 2)
    assert [type(one) for one in results] == [OutcomeUnknown, OutcomeUnknown]
    assert len(company.system.find(CUSTOMERS, "displayName", ["a"])) == 2


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.TRUNCATED])
def test_an_update_whose_answer_is_lost_is_unknown(company: Company, fault: Fault) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    company.fail(fault, "POST")
    (result,) = company.system.update(CUSTOMERS, [Change(key, version, {"displayName": "b"})])
    assert isinstance(result, OutcomeUnknown)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.LATENCY, Fault.DUPLICATE}))
def test_a_read_gets_through_any_single_fault(company: Company, fault: Fault) -> None:
    ids = company.customers(3)
    company.fail(fault)
    assert set(company.system.read(CUSTOMERS, ids)) == set(ids)


@pytest.mark.parametrize(
    "fault", [Fault.STATUS_429, Fault.STATUS_503, Fault.STATUS_503_NO_HINT, Fault.HTML_INSTEAD]
)
def test_a_creation_gets_through_a_refusal_and_happens_once(company: Company, fault: Fault) -> None:
    company.fail(fault, "POST")
    row_of(company.system.create(CUSTOMERS, [Creation({"displayName": "only"})])[0])
    assert len(company.system.find(CUSTOMERS, "displayName", ["only"])) == 1


def test_a_throttled_chunk_is_not_done_while_the_others_are(company: Company) -> None:
    company.faulty.replace(FaultPlan(retry_after_s=90))
    company.fail(Fault.STATUS_429, "POST", skip=1)
    results = company.system.create(CUSTOMERS, [Creation({"displayName": "a"})] * 150)
    assert [type(results[0]), type(results[149])] == [Written, NotDone]
    assert isinstance(results[149], NotDone)
    assert results[149].retry_after_s >= 90


def test_the_services_own_limit_is_waited_for(surroundings: Surroundings) -> None:
    company = Company(surroundings, request_limit=3, window_s=10.0, retry_after=False)
    for _ in range(6):
        assert company.system.read(CUSTOMERS, ["99999999-0000-0000-0000-000000000000"]) == {}
    assert surroundings.runtime.slept


def test_a_limit_that_stays_is_told(surroundings: Surroundings) -> None:
    company = Company(surroundings, request_limit=1, window_s=3_000.0)
    company.system.identity()
    with pytest.raises(Throttled) as caught:
        company.system.identity()
    assert caught.value.retry_after_s > 20


def test_a_full_scan_in_pages_meets_every_record_once(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(business_central_scan, "PAGE_SIZE", 4)
    ids = company.customers(10)
    pages = all_pages(company, CUSTOMERS, company.system.scan(CUSTOMERS, None))
    assert len(pages) == 3
    assert sorted(one.id for page in pages for one in page.seen) == sorted(ids)
    assert pages[-1].watermark is not None


def test_a_scan_and_a_read_tell_the_same_version(company: Company) -> None:
    ids = company.customers(3)
    seen = {one.id: one.version for one in company.system.scan(CUSTOMERS, None).seen}
    assert seen == {row.id: row.version for row in company.system.read(CUSTOMERS, ids).values()}


def test_a_scan_since_a_watermark_sees_what_changed_and_costs_one_request(company: Company) -> None:
    keys = company.customers(3)
    company.surroundings.clock.now += 3_600
    watermark = company.system.scan(CUSTOMERS, None).watermark
    company.surroundings.clock.now += 60
    company.requests()
    quiet = company.system.scan(CUSTOMERS, watermark)
    assert (quiet.seen, company.requests()) == ((), 1)
    version = company.system.read(CUSTOMERS, keys)[keys[1]].version
    row_of(company.system.update(CUSTOMERS, [Change(keys[1], version, {"displayName": "new"})])[0])
    assert [one.id for one in company.system.scan(CUSTOMERS, quiet.watermark).seen] == [keys[1]]


def test_the_look_back_finds_what_was_committed_late(surroundings: Surroundings) -> None:
    company = Company(surroundings)
    (key,) = company.customers(1)
    surroundings.clock.now += 300
    watermark = company.system.scan(CUSTOMERS, None).watermark
    assert [one.id for one in company.system.scan(CUSTOMERS, watermark).seen] == [key]


def test_a_record_is_read_from_the_primary_and_scanned_from_the_replica(surroundings: Surroundings) -> None:
    company = Company(surroundings, replica_lag_s=30.0)
    (key,) = company.customers(1)
    assert company.system.scan(CUSTOMERS, None).seen == ()
    assert set(company.system.read(CUSTOMERS, [key])) == {key}


def test_find_compares_whatever_was_typed(company: Company) -> None:
    names = [ODD, "it's", "100%", "a&b", "x" * 90, "Ünïcödé"]
    row_of(company.system.create(CUSTOMERS, [Creation({"displayName": name}) for name in names])[0])
    company.requests()
    found = company.system.find(CUSTOMERS, "displayName", [*names, None, "", "nobody"])
    assert {row.values["displayName"] for row in found} == set(names)
    assert company.requests() == 1


STARTS = ["CC", "CCCC", "cc Ltd.", "C&A", "C.. 9", "X", "Contoso Ltd."]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CC", ["CC", "CCCC", "cc Ltd."]),
        ("cc", ["CC", "CCCC", "cc Ltd."]),
        ("contoso l", ["Contoso Ltd."]),
        ("C&", ["C&A"]),
        ("C..", ["C.. 9"]),
        ("c&a", ["C&A"]),
        ("&", []),
        ("*", []),
    ],
)
def test_what_begins_with_a_text_is_found_whatever_its_signs_mean_in_a_filter(
    company: Company, text: str, names: list[str]
) -> None:
    for name in STARTS:
        row_of(company.system.create(CUSTOMERS, [Creation({"displayName": name})])[0])
    company.requests()
    found = company.system.starting(CUSTOMERS, "displayName", text, 10)
    assert sorted(str(row.values["displayName"]) for row in found) == sorted(names)
    assert company.requests() <= 1


def test_of_many_that_begin_so_the_first_are_offered_with_the_one_that_is_called_just_so(
    company: Company,
) -> None:
    for name in ("Aab", "Aaa", "Aac", "Aa"):
        row_of(company.system.create(CUSTOMERS, [Creation({"displayName": name})])[0])
    found = company.system.starting(CUSTOMERS, "displayName", "Aa", 2)
    assert [row.values["displayName"] for row in found] == ["Aa", "Aaa"]
    assert [
        row.values["displayName"] for row in company.system.starting(CUSTOMERS, "displayName", "Aac", 1)
    ] == ["Aac"]


def test_a_customers_company_contact_is_derived(company: Company) -> None:
    (key,) = company.customers(1)
    row = company.system.read(CUSTOMERS, [key])[key]
    number = row.values["companyContactNumber"]
    assert isinstance(number, str)
    contacts = company.system.find(CONTACTS, "number", [number])
    assert [one.values["displayName"] for one in contacts] == ["C 0"]


def test_identity_tells_company_and_local_currency(company: Company) -> None:
    told = company.system.identity()
    expected = {
        "companyId": company.id,
        "companyName": company.name,
        "localCurrencyCode": "GBP",
        "environment": "production",
    }
    assert expected.items() <= told.items()


def test_currencies_have_rates_and_the_local_currency_is_one_of_them(company: Company) -> None:
    page = company.system.scan(CURRENCIES, None)
    rows = company.system.read(CURRENCIES, [one.id for one in page.seen])
    rates = {row.values["code"]: row.values["exchangeRate"] for row in rows.values()}
    assert rates == {"GBP": Decimal(1), "EUR": Decimal("1.25"), "USD": Decimal("2.5"), "CHF": None}
    assert rows[ZERO_ID].values["code"] == "GBP"
    assert {one.id: one.version for one in page.seen} == {key: row.version for key, row in rows.items()}


def test_nothing_new_in_currencies_is_one_request(company: Company) -> None:
    watermark = company.system.scan(CURRENCIES, None).watermark
    company.requests()
    page = company.system.scan(CURRENCIES, watermark)
    assert (page.seen, company.requests()) == ((), 1)


def test_a_changed_rate_is_a_new_version_of_its_currency(company: Company) -> None:
    page = company.system.scan(CURRENCIES, None)
    before = company.system.read(CURRENCIES, [one.id for one in page.seen])
    company.surroundings.clock.now += 3_600
    company.set_rate("EUR", "2026-06-01", 1, 0.5)
    seen = {one.id: one.version for one in company.system.scan(CURRENCIES, page.watermark).seen}
    after = company.system.read(CURRENCIES, list(before))
    moved = {
        str(row.values["code"]) for key, row in after.items() if row.version.stamp > before[key].version.stamp
    }
    assert moved == {"EUR", "USD"}
    assert seen == {key: row.version for key, row in after.items()}
    assert {row.version.etag for row in before.values()} == {row.version.etag for row in after.values()}


def test_a_rate_that_comes_into_force_is_seen_without_anybody_writing(company: Company) -> None:
    company.set_rate("EUR", "2027-01-17", 1, 0.5)  # the clock begins on 2027-01-15
    company.surroundings.clock.now += 3_600
    page = company.system.scan(CURRENCIES, None)
    eur = next(r for r in company.system.find(CURRENCIES, "code", ["EUR"]))
    assert eur.values["exchangeRate"] == Decimal("1.25")
    company.surroundings.clock.now += 2 * 86_400
    seen = {one.id: one.version for one in company.system.scan(CURRENCIES, page.watermark).seen}
    later = company.system.read(CURRENCIES, [eur.id])[eur.id]
    assert later.values["exchangeRate"] == Decimal(2)
    assert seen[eur.id] == later.version
    assert later.version.stamp > eur.version.stamp


def test_missing_rights_are_a_fault_of_the_table(surroundings: Surroundings) -> None:
    rights = {"app": simulated.Permissions(read=("customers", "contactsInformation"), write=())}
    company = Company(surroundings, users=rights)
    with pytest.raises(AccessDenied, match="customers"):
        company.system.create(CUSTOMERS, [Creation({"displayName": "a"})])
    with pytest.raises(AccessDenied):
        company.system.scan(CONTACTS, None)


def test_an_unknown_company_is_a_wrong_setting_an_unknown_table_a_matter_of_its_mappings(
    company: Company,
) -> None:
    client = company.surroundings.client(company.service)
    elsewhere = BusinessCentral(client, api_root("https://api.example", TENANT, "nowhere"), company.id)
    with pytest.raises(SettingWrong):
        elsewhere.identity()
    unknown = BusinessCentral(client, api_root("https://api.example", TENANT, "production"), ZERO_ID)
    with pytest.raises(SettingWrong):
        unknown.scan(CUSTOMERS, None)
    with pytest.raises(TableMissing, match="Publish Tandem's extension"):
        company.system.scan(replace(CUSTOMERS, name="nothings"), None)


def test_a_record_is_deleted_only_at_the_version_that_was_seen(company: Company) -> None:
    kept, gone, missing = company.customers(3)
    versions = {
        key: row.version for key, row in company.system.read(CUSTOMERS, [kept, gone, missing]).items()
    }
    removals = [Removal(key, versions[key]) for key in (kept, gone, missing)]
    row_of(company.system.update(CUSTOMERS, [Change(kept, versions[kept], {"displayName": "edited"})])[0])
    control.delete_row(company.service.env, {"company": company.name, "table": "customers", "id": missing})
    company.requests()
    assert company.system.delete(CUSTOMERS, removals) == [Moved(), Removed(), Gone()]
    assert company.requests() == 1
    assert set(company.system.read(CUSTOMERS, [kept, gone, missing])) == {kept}


def test_a_deletion_whose_answer_is_lost_is_unknown(company: Company) -> None:
    (key,) = company.customers(1)
    version = company.system.read(CUSTOMERS, [key])[key].version
    company.fail(Fault.ANSWER_LOST, "POST")
    assert [type(one) for one in company.system.delete(CUSTOMERS, [Removal(key, version)])] == [
        OutcomeUnknown
    ]
    assert company.system.delete(CUSTOMERS, [Removal(key, version)]) == [Gone()]
