"""What Business Central says of a table: a published document, the simulator's, and what is none."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.simulators.business_central.schema import EXTENSION, EXTENSION_API, entity_types
from local.simulators.wire import Response
from shared_code.core.descriptions import ColumnDescription, Kind, NoTable, TableDescription, Target
from shared_code.systems import business_central_metadata as metadata
from shared_code.systems.business_central import BusinessCentral
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable, Table
from tests.simulators.business_central.client import SAMPLES
from tests.systems.companies import TENANT, Company
from tests.systems.conftest import Script, Surroundings

PUBLISHED = (SAMPLES / "real.metadata.xml").read_bytes()
ROOT = Path(__file__).parents[2]
READ_ONLY = tomllib.loads(
    (ROOT / "shared_code" / "systems" / "business_central_read_only.toml").read_text("utf-8")
)
API = json.loads((ROOT / "business_central_extension" / "api.json").read_text("utf-8"))
NEVER = {"at_creation": False, "at_update": False}


def table(name: str, api: str = "") -> Table:
    return Table(name, "id", (), api=api)


def published(name: str) -> TableDescription:
    found = metadata.described(metadata.parse("", PUBLISHED), table(name))
    assert isinstance(found, TableDescription)
    return found


def asked(surroundings: Surroundings, name: str, api: str = "", **options: Any) -> Any:
    return Company(surroundings, **options).system.describe(table(name, api))


def test_a_published_document_tells_types_lengths_choices_and_targets() -> None:
    customers = published("customers")
    assert (customers.key, customers.stamp) == ("id", "lastModifiedDateTime")
    assert customers.columns["displayName"] == ColumnDescription("displayName", Kind.TEXT, 100)
    assert customers.columns["blocked"] == ColumnDescription(
        "blocked", Kind.CHOICE, choices=("_x0020_", "Ship", "Invoice", "All")
    )
    assert customers.columns["currencyId"] == ColumnDescription(
        "currencyId", Kind.ID, targets=(Target("currencies"),)
    )
    assert customers.columns["currencyCode"].length is None, "a page variable"
    assert customers.columns["creditLimit"].kind is Kind.DECIMAL
    assert customers.columns["lastModifiedDateTime"] == ColumnDescription(
        "lastModifiedDateTime", Kind.MOMENT, **NEVER
    )


def test_what_is_known_to_be_read_only_is_although_the_document_does_not_say_so() -> None:
    assert published("customers").columns["balanceDue"] == ColumnDescription(
        "balanceDue", Kind.DECIMAL, **NEVER
    )
    assert published("customers").columns["id"] == ColumnDescription("id", Kind.ID, **NEVER)
    assert published("items").columns["inventory"] == ColumnDescription(
        "inventory", Kind.DECIMAL, at_creation=False
    )


def test_a_set_that_takes_no_writes_has_no_column_that_does() -> None:
    rates = published("currencyExchangeRates").columns.values()
    assert not any(each.at_creation or each.at_update for each in rates)


def test_what_is_calculated_when_a_record_is_read_is_a_column_nobody_writes() -> None:
    for name, column, kind in (
        ("customers", "companyContactNumber", Kind.TEXT), ("currencies", "exchangeRate", Kind.DECIMAL),
    ):  # fmt: skip
        assert published(name).columns[column] == ColumnDescription(column, kind, **NEVER)


def test_a_set_that_is_not_there_is_told_with_those_that_are() -> None:
    found = metadata.described(metadata.parse("", PUBLISHED), table("custmers"))
    assert isinstance(found, NoTable)
    assert "customers" in found.tables


@pytest.mark.parametrize(
    "name", ["customers", "items", "currencies", "salespeoplePurchasers", "unitsOfMeasure"]
)
def test_the_simulator_describes_a_table_as_the_published_document_does(
    surroundings: Surroundings, name: str
) -> None:
    ours, theirs = asked(surroundings, name), published(name)
    assert ours.columns.keys() == theirs.columns.keys()
    for column in ours.columns.values():
        excerpt = tuple(each for each in column.targets if each.table in theirs.tables)
        assert replace(column, targets=excerpt) == theirs.columns[column.name]
    assert ours.key == theirs.key


def test_a_table_of_the_extension_is_described_by_its_own_route(surroundings: Surroundings) -> None:
    resources = asked(surroundings, "resources", EXTENSION_API, extension=True)
    assert resources.columns["number"] == ColumnDescription("number", Kind.TEXT, 20, **NEVER)
    items = asked(surroundings, "items", EXTENSION_API, extension=True)
    assert items.columns["number"] == ColumnDescription("number", Kind.TEXT, 20, at_update=False)
    assert items.columns["inventory"] == ColumnDescription("inventory", Kind.DECIMAL, **NEVER)


def test_an_api_that_is_not_there_is_told_by_its_route(surroundings: Surroundings) -> None:
    assert asked(surroundings, "items", EXTENSION_API) == NoTable("items", api=EXTENSION_API)


def test_one_request_describes_a_table(surroundings: Surroundings) -> None:
    company = Company(surroundings)
    company.requests()
    company.system.describe(table("customers"))
    assert company.requests() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<Edmx>",
        b"<Schema/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Edmx>&b;</Edmx>',
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><Edmx/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><Edmx>&b;</Edmx>'.encode(
            "utf-16"
        ),
        b'<?xml version="1.0" encoding="none-such"?><Edmx/>',
        b"<Edmx>" + b"<a>" * 100_000,
    ],
)
def test_what_is_no_metadata_is_refused_and_nothing_it_names_is_read(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"metadata|XML"):
        metadata.parse("", body)


def test_a_document_has_a_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "MAX_DOCUMENT_BYTES", len(PUBLISHED) - 1)
    with pytest.raises(ValueError, match="too large"):
        metadata.parse("", PUBLISHED)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Response(200, {}, b"<Edmx>"), SystemUnavailable),
        (
            Response(200, {}, PUBLISHED.replace(b'EntityType Name="item"', b'EntityType Name="it"')),
            SystemUnavailable,
        ),
        (Response(403, {}, b""), AccessDenied),
        (Response(404, {}, b""), SettingWrong),
        (Response(500, {}, b""), SystemUnavailable),
    ],
)
def test_an_answer_that_tells_nothing_is_a_fault(
    surroundings: Surroundings, answer: Response, fault: type[Exception]
) -> None:
    client = surroundings.client(Script([answer]))
    system = BusinessCentral(client, "https://api.example/v2.0/t/e/api/v2.0", TENANT)
    with pytest.raises(fault):
        system.describe(table("items"))


def test_read_only_properties_are_those_of_the_simulators_tables() -> None:
    for entity in entity_types(29).values():
        api = EXTENSION_API if entity.name.startswith(EXTENSION) else "v2.0"
        if {"post", "patch"} & entity.operations:
            known = set(READ_ONLY["never"][api].get(entity.set_name, ())) | set(READ_ONLY["always"])
            ours = {prop.name for prop in entity.properties.values() if prop.read_only}
            assert ours <= known, entity.name
            assert known & entity.properties.keys() - ours <= {"fullyShipped"}, entity.name


def test_what_the_extension_takes_at_creation_only_is_known() -> None:
    for name, described in API["entitySets"].items():
        once = {each["name"] for each in described["fields"] if each.get("createOnly")}
        assert once == set(READ_ONLY["only_at_creation"][EXTENSION_API].get(name, ())), name
