"""The model of what services make of values equals what the simulators do, for every field type.

Each value is written through the simulated service and read back, as the product writes and reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.schema import Property, entity_types
from local.simulators.business_central.values import checked_value
from shared_code.core.mapping import FieldMapping, FieldType
from shared_code.core.records import ZERO_ID, Side, Value
from shared_code.systems import odata
from tests.simulators.business_central.client import ADATUM, NET_30, ROBERT, USD
from tests.simulators.business_central.client import Client as BusinessCentralClient
from tests.simulators.dataverse.support import EUR, make
from tests.simulators.dataverse.support import Client as SalesClient
from tests.unit.core.normalisation import stored
from tests.unit.core.test_transform_laws import FIELDS

EXAMPLES = 60
CUSTOMER, PERSON = f"customers({ADATUM})", f"contacts({ROBERT})"

text = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12),
    st.sampled_from(
        ["", " ", "a ", " a", "a  b", "x" * 20, "ß", "ﬁ", "i\u0307", "Cafe\u0301", "😀", "مرحبا", "null"]
    ),
)
phones = st.text("0123456789+-/().  \u00a0", max_size=20) | st.sampled_from(["", " 0 ", "+1  2", "x", "٣"])
"""Business Central takes no letters in a phone number."""
addresses = st.sampled_from(["", "Ann@B.example", "ann+1@b.example", "ann@müller.example", "a@b.example "])
ties = st.sampled_from([Decimal("0.125"), Decimal("2.675"), Decimal("0.005"), Decimal("1.015")])
decimals = st.decimals(-(10**9), 10**9, places=4) | ties
days = st.dates().map(str)
moments = st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z")


@dataclass(frozen=True)
class Place:
    """Where a field type is kept: a record's address and field, and what is written there."""

    record: str
    field: str
    values: st.SearchStrategy[Value]
    bind: str | None = None
    """The entity set a lookup of Sales points at."""


IN_BC: Mapping[str, Place] = {
    "text": Place(CUSTOMER, "addressLine1", text),
    "tidied, in capitals": Place(CUSTOMER, "addressLine1", text),
    "tidied, in small letters": Place(CUSTOMER, "email", addresses),
    "code": Place(CUSTOMER, "postalCode", text),
    "phone": Place(CUSTOMER, "phoneNumber", phones),
    "email": Place(CUSTOMER, "email", addresses),
    "country": Place(CUSTOMER, "country", st.sampled_from(["", "US", "us", " dk "])),
    "name in parts": Place(PERSON, "displayName", text),
    "whole name": Place(PERSON, "displayName", text),
    "decimal": Place(CUSTOMER, "creditLimit", decimals),
    "rate": Place(CUSTOMER, "creditLimit", st.decimals(-(10**4), 10**4, places=10)),
    "boolean": Place(CUSTOMER, "taxLiable", st.booleans()),
    "option": Place(CUSTOMER, "blocked", st.sampled_from(["_x0020_", "Ship", "Invoice", "All"])),
    "lookup by id": Place(CUSTOMER, "currencyId", st.sampled_from([ZERO_ID, USD])),
    "lookup where blank is a record": Place(CUSTOMER, "currencyId", st.sampled_from([ZERO_ID, USD])),
    "lookup of an option": Place(CUSTOMER, "paymentTermsId", st.sampled_from([ZERO_ID, NET_30])),
    "lookup by code": Place(CUSTOMER, "salespersonCode", st.sampled_from(["", "JO", "jo", " jo "])),
}
NO_PLACE_IN_BC: Mapping[str, tuple[str, st.SearchStrategy[Value]]] = {
    "integer": ("integer", st.integers(-(10**9), 10**9)),
    "date": ("date", days),
    "day kept as an instant": ("date", days),
    "instant": ("datetime", moments),
}
"""Types that no writable property of these entities has: the check of a body is asked directly."""

ACCOUNT, CONTACT, CURRENCY = "accounts", "contacts", f"transactioncurrencies({EUR})"
noons = st.none() | days.map("{}T12:00:00Z".format)
choice = st.sampled_from([None, 1, 2, 3])
IN_SALES: Mapping[str, Place] = {
    "text": Place(ACCOUNT, "address1_line1", st.none() | text),
    "tidied, in capitals": Place(ACCOUNT, "address1_line1", st.none() | text),
    "tidied, in small letters": Place(ACCOUNT, "emailaddress1", st.none() | text),
    "day read from a text": Place(CONTACT, "birthdate", st.none() | days),
    "number read from a text": Place(ACCOUNT, "creditlimit", st.none() | ties),
    "cut": Place(ACCOUNT, "address1_line1", st.none() | text),
    "code": Place(ACCOUNT, "accountnumber", st.none() | text),
    "phone": Place(ACCOUNT, "telephone1", st.none() | text),
    "email": Place(ACCOUNT, "emailaddress1", st.none() | text),
    "country": Place(ACCOUNT, "address1_country", st.none() | text),
    "name in parts": Place(CONTACT, "firstname", st.none() | text),
    "whole name": Place(ACCOUNT, "name", text),
    "decimal": Place(ACCOUNT, "creditlimit", st.none() | ties | st.decimals(0, 10**9, places=4)),
    "local amount": Place(ACCOUNT, "creditlimit", st.none() | ties | st.decimals(0, 10**9, places=4)),
    "rate": Place(CURRENCY, "exchangerate", st.decimals("0.001", 10**4, places=12)),
    "integer": Place(ACCOUNT, "numberofemployees", st.none() | st.integers(0, 10**9)),
    "boolean": Place(ACCOUNT, "creditonhold", st.booleans()),
    "date": Place(CONTACT, "birthdate", st.none() | days),
    "day kept as an instant": Place(ACCOUNT, "lastusedincampaign", noons),
    "instant": Place(ACCOUNT, "lastonholdtime", st.none() | moments),
    "option": Place(ACCOUNT, "paymenttermscode", choice),
    "state": Place(CONTACT, "statecode", st.sampled_from([0, 1])),
    "lookup of an option": Place(ACCOUNT, "paymenttermscode", choice),
    "constant": Place(ACCOUNT, "customertypecode", choice),
    "lookup by id": Place(ACCOUNT, "primarycontactid", st.booleans(), "contacts"),
    "lookup by code": Place(ACCOUNT, "primarycontactid", st.booleans(), "contacts"),
    "lookup where blank is a record": Place(
        ACCOUNT, "transactioncurrencyid", st.just(True), "transactioncurrencies"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bc() -> BusinessCentralClient:
    return BusinessCentralClient()


@dataclass(frozen=True)
class Sales:
    """A client, and the record that each address means."""

    client: SalesClient
    records: Mapping[str, str]
    targets: Mapping[str, str]


@pytest.fixture(scope="module")
def sales() -> Sales:
    client = SalesClient(make())
    account, contact = client.account(), client.contact()
    records = {ACCOUNT: f"accounts({account})", CONTACT: f"contacts({contact})", CURRENCY: CURRENCY}
    return Sales(client, records, {"contacts": contact, "transactioncurrencies": EUR})


def expected(each: FieldMapping, side: Side, value: Value) -> Value:
    return stored(each, side, {"f": value})["f"]


many = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("kind", sorted(IN_BC))
@many
@given(data=st.data())
def test_business_central_keeps_what_the_model_says(
    bc: BusinessCentralClient, kind: str, data: st.DataObject
) -> None:
    place = IN_BC[kind]
    value = data.draw(place.values)
    written = bc.patch(place.record, odata.dumps({place.field: value}).encode())
    assume(written.status == 200)  # what a rule refuses is not kept at all
    read = odata.mapping(odata.loads(bc.get(place.record).raw.body))
    assert odata.scalar(read[place.field]) == expected(FIELDS[kind], Side.BC, value)


CUSTOMERS = entity_types(26)["customers"]


def a_property(kind: str) -> Property:
    """A property as it would be, had the entity one of this kind."""
    return replace(CUSTOMERS.properties["creditLimit"], kind=kind)


@pytest.mark.parametrize("kind", sorted(NO_PLACE_IN_BC))
@many
@given(data=st.data())
def test_a_body_of_business_central_is_kept_as_the_model_says(kind: str, data: st.DataObject) -> None:
    prop_kind, values = NO_PLACE_IN_BC[kind]
    value = data.draw(values)
    kept = checked_value(CUSTOMERS, a_property(prop_kind), value)
    assert kept == expected(FIELDS[kind], Side.BC, value)


@pytest.mark.parametrize("text", ["2024-02-29", "2024-02-29T12:00:00", "29.02.2024", 5])
def test_business_central_takes_no_instant_without_its_zone(text: object) -> None:
    with pytest.raises(ApiError):
        checked_value(CUSTOMERS, a_property("datetime"), text)


@pytest.mark.parametrize("kind", sorted(IN_SALES))
@many
@given(data=st.data())
def test_sales_keeps_what_the_model_says(sales: Sales, kind: str, data: st.DataObject) -> None:
    place = IN_SALES[kind]
    value, body, name = data.draw(place.values), "", place.field
    if place.bind:
        value = sales.targets[place.bind] if value else None
        bound = f"/{place.bind}({value})" if value else None
        body, name = odata.dumps({f"{place.field}@odata.bind": bound}), f"_{place.field}_value"
    record = sales.records[place.record]
    written = sales.client.patch(record, (body or odata.dumps({name: value})).encode())
    assume(written.status == 204)
    read = odata.mapping(odata.loads(sales.client.get(record).raw))
    assert odata.scalar(read[name]) == expected(FIELDS[kind], Side.SALES, value)


def test_every_field_type_is_compared_on_each_side_it_is_written_to() -> None:
    for side, kinds in ((Side.BC, {*IN_BC, *NO_PLACE_IN_BC}), (Side.SALES, set(IN_SALES))):
        written = {kind for kind, each in FIELDS.items() if each.direction.flows_to(side)}
        assert written == kinds


def test_every_field_type_is_compared() -> None:
    """All but the lines of an order, which are rows of their own and no column."""
    compared = {FIELDS[kind].type for kind in (*IN_BC, *NO_PLACE_IN_BC, *IN_SALES)}
    assert compared == set(FieldType) - {FieldType.LINES}
