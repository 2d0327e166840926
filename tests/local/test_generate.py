"""Generated customers and contacts."""

from __future__ import annotations

import filecmp
import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.generate import PUBLISHED, Wanted, generate, write
from local.generate.__main__ import main
from local.generate.names import fitted, utf16_length
from local.generate.writing import GENERATED, templates
from local.simulators.business_central.loading import build_company, company_entry, read_folder
from local.simulators.business_central.schema import EntityType, entity_types

COUNTS = Wanted(customers=800, contacts=1_600, seed=7)
MAIN = "CRONUS International Ltd."
SCRIPTS = (
    "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI",
)  # fmt: skip

type Records = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated")
    write(COUNTS, path)
    return path


@pytest.fixture(scope="module")
def records(folder: Path) -> Records:
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in GENERATED}


def persons(records: Records) -> list[dict[str, Any]]:
    return [each for each in records["contacts"] if each["type"] == "Person"]


def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    write(COUNTS, tmp_path / "again")
    write(Wanted(COUNTS.customers, COUNTS.contacts, 8), tmp_path / "other")
    names = [f"{name}.json" for name in GENERATED]
    assert filecmp.cmpfiles(folder, tmp_path / "again", names, shallow=False)[0] == names
    assert filecmp.cmpfiles(folder, tmp_path / "other", names, shallow=False)[1] == names


def test_there_are_as_many_as_wanted(records: Records) -> None:
    assert len(records["customers"]) == COUNTS.customers
    assert len(persons(records)) == COUNTS.contacts
    assert len(records["contacts"]) == COUNTS.customers + COUNTS.contacts


@pytest.mark.parametrize("table", ["customers", "contacts"])
def test_records_have_the_published_shape(records: Records, table: str) -> None:
    published = json.loads((PUBLISHED / f"{table}.json").read_text("utf-8"))[0]
    shapes = {tuple(sorted((name, type(value) in (int, float)) for name, value in each.items()))
              for each in records[table]}  # fmt: skip
    assert shapes == {tuple(sorted((name, type(value) in (int, float)) for name, value in published.items()))}


@pytest.mark.parametrize("table", GENERATED)
def test_ids_and_numbers_are_unique(records: Records, table: str) -> None:
    for key in ("id", "number"):
        values = [each[key] for each in records[table] if key in each]
        assert len(values) == len(set(values))


def test_no_two_customers_and_no_two_persons_share_a_mail_address(records: Records) -> None:
    for each in (records["customers"], persons(records)):
        filled = [one["email"].lower() for one in each if one["email"]]
        assert len(filled) == len(set(filled))
        assert 0.9 * len(each) < len(filled) < len(each)
        assert all(address.endswith(("example.com", "example.net", "example.org")) for address in filled)


@pytest.mark.parametrize("table", ["customers", "contacts"])
def test_no_value_is_longer_than_its_field_and_some_names_are_as_long(records: Records, table: str) -> None:
    entity: EntityType = entity_types(26)[table]
    for record in records[table]:
        for name, prop in entity.properties.items():
            if prop.max_length and name in record:
                assert utf16_length(record[name]) <= prop.max_length, (name, record[name])
    assert max(utf16_length(each["displayName"]) for each in records[table]) in (99, 100)


def test_a_persons_name_fits_into_the_two_halves_that_sales_has(records: Records) -> None:
    for each in persons(records):
        first, _, last = each["displayName"].rpartition(" ")
        assert utf16_length(first) <= 50
        assert utf16_length(last) <= 50
        assert last


def test_names_come_in_many_scripts_with_signs_that_break_careless_code(records: Records) -> None:
    names = "".join(each["displayName"] for each in records["customers"])
    found = Counter(unicodedata.name(sign, "?").split()[0] for sign in names)
    assert [script for script in SCRIPTS if not found[script]] == []
    assert [sign for sign in "\"'&<>%+#;?ß" if sign not in names] == []
    assert any(utf16_length(sign) == 2 for sign in names)
    assert any("  " in each["displayName"] for each in records["customers"])
    assert all(each["displayName"] == each["displayName"].strip() != "" for each in records["customers"])


def test_every_reference_resolves(records: Records) -> None:
    known = {
        name: {each["id"] for each in json.loads((PUBLISHED / f"{name}.json").read_text("utf-8"))}
        for name in ("paymentTerms", "shipmentMethods", "currencies")
    }
    regions = json.loads((PUBLISHED / "countriesRegions.json").read_text("utf-8"))
    countries = {each["code"] for each in regions}
    for each in records["customers"]:
        assert each["paymentTermsId"] in known["paymentTerms"]
        assert each["shipmentMethodId"] in known["shipmentMethods"]
        assert each["currencyCode"] == "GBP" or each["currencyId"] in known["currencies"]
        assert each["country"] == "" or each["country"] in countries
    companies = {each["number"]: each for each in records["contacts"] if each["type"] == "Company"}
    for person in persons(records):
        assert person["companyName"] == companies[person["companyNumber"]]["displayName"]


def test_each_customer_has_one_company_contact_that_agrees_with_it(records: Records) -> None:
    contacts = {each["id"]: each for each in records["contacts"]}
    customers = {each["id"]: each for each in records["customers"]}
    assert {each["relatedId"] for each in records["contactBusinessRelations"]} == set(customers)
    for relation in records["contactBusinessRelations"]:
        contact, customer = contacts[relation["contactId"]], customers[relation["relatedId"]]
        assert contact["number"] == relation["contactNumber"] == contact["companyNumber"]
        for name in ("displayName", "addressLine1", "city", "postalCode", "phoneNumber", "email"):
            assert contact[name] == customer[name]


def test_the_simulated_business_central_takes_the_folder(folder: Path) -> None:
    entry = company_entry(folder, MAIN)
    records = read_folder(folder / entry["dataFolder"])
    company = build_company(entry, records, entity_types(26), 1, 0.0, iter(range(10**6)).__next__)
    assert len(company.tables["customers"].rows) == COUNTS.customers
    assert len(company.tables["contacts"].by_key) == COUNTS.customers + COUNTS.contacts
    assert len(company.tables["paymentTerms"].rows) == 11
    assert all("contactId" in row.extra for row in company.tables["customers"].rows.values())


@given(st.text(max_size=300), st.integers(0, 120))
def test_fitted_text_fits_and_is_a_beginning(text: str, longest: int) -> None:
    short = fitted(text, longest)
    assert utf16_length(short) <= longest
    assert short in text
    if utf16_length(text) <= longest:
        assert short == text.strip()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(0, 30), st.integers())
def test_any_seed_and_any_small_number_work(customers: int, contacts: int, seed: int) -> None:
    made = list(generate(Wanted(customers, contacts, seed), templates()))
    assert len(made) == customers
    assert sum(len(each.contacts) for each in made) == customers + contacts


@pytest.mark.parametrize(("customers", "contacts"), [(-1, 0), (0, 1), (1, -1), (1_000_001, 0)])
def test_impossible_numbers_are_refused(customers: int, contacts: int) -> None:
    with pytest.raises(ValueError, match="customer"):
        Wanted(customers, contacts)


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["--customers", "3", "--contacts", "5", "--out", str(out)]) == 0
    assert "3 customers, 8 contacts, 3 contactBusinessRelations" in capsys.readouterr().out
    assert main(["--customers", "0", "--contacts", "5", "--out", str(out)]) == 1
    assert "ask for at least one customer" in capsys.readouterr().err
