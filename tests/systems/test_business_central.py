"""Business Central's client against the strict simulator: reading, writing, scanning, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from local.simulators import business_central as simulated
from local.simulators.faults import Fault
from shared_code.core.records import ZERO_ID
from shared_code.systems import business_central_scan
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.interface import (
    AccessDenied,
    Change,
    Column,
    Creation,
    Page,
    SettingWrong,
    Table,
    TableMissing,
    Throttled,
)
from tests.systems.companies import (
    CUSTOMERS,
    ODD,
    TENANT,
    Company,
    company,
    row_of,
)
from tests.systems.conftest import Surroundings

__all__ = ["company"]

CONTACTS = Table("contacts", "id", (Column("number"), Column("displayName"), Column("companyNumber")))
CURRENCIES = Table(
    "currencies",
    "id",
    tuple(map(Column, ("code", "displayName", "amountDecimalPlaces", "exchangeRate"))),
    related=("currencyExchangeRates",),
)


def all_pages(company: Company, table: Table, page: Page) -> list[Page]:
    pages = [page]
    while pages[-1].next:
        pages.append(company.system.scan(table, pages[-1].next))
    return pages


def test_one_request_reads_many_and_leaves_out_the_missing(company: Company) -> None:
    ids = company.customers(150)
    company.requests()
    found = company.system.read(CUSTOMERS, [*ids, "99999999-0000-0000-0000-000000000000"])
    assert (set(found), company.requests()) == (set(ids), 1)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.LATENCY, Fault.DUPLICATE}))
def test_a_read_gets_through_any_single_fault(company: Company, fault: Fault) -> None:
    ids = company.customers(3)
    company.fail(fault)
    assert set(company.system.read(CUSTOMERS, ids)) == set(ids)


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
