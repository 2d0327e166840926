"""Filters as the two services' own queries: they find the rows that the evaluation takes in, and no others.

Records hold odd texts, blanks of every form, quotes, wildcards, small and capital letters of several scripts.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.simulators import business_central as bc_simulated
from local.simulators import dataverse as sales_simulated
from local.simulators.wire import ManualClock
from shared_code.core.conditions import Compound, Condition, Joint, Test
from shared_code.core.descriptions import ColumnDescription, TableDescription
from shared_code.core.filter_language import joined, negated, parse_filter
from shared_code.core.filters import meets
from shared_code.core.records import Row, Side, Value
from shared_code.systems import business_central_filters, dataverse_filters, odata
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.dataverse import Dataverse
from shared_code.systems.filter_query import MAX_CHARS, FilterQuery
from shared_code.systems.http import Call, Client
from shared_code.systems.interface import Column, Count, Creation, System, Table, Written
from shared_code.systems.throttle import LocalPermits
from tests.systems import companies as bc_tests
from tests.systems import organisations as sales_tests
from tests.systems.conftest import StepRuntime, Surroundings

TEXTS = [
    "", "a", "A", "Ab ", "ab", "100%", "a_c", "abc", "[a]", "a*", "?",
    "O'Neill", 'say "hi"', "it''s", "&",
    "') or (1 eq 1", "Straße", "STRASSE", "Ünal", "ünal", "Иван", "иван", "ǅ", "10", "1000", "a\\b", "🙂",
    " x",    "x..y", "@a", "a|b", "<>", "null", "true", "2026-01-01", "#1+2", "ﬁn", "İ",
]  # fmt: skip
NUMBERS = [0, 1, -1, 5, Decimal("5.50"), Decimal("-0.01"), 1000]
DAYS = ["0001-01-01", "2025-12-31", "2026-01-01", "2026-02-28"]
MOMENTS = ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z"]

API = "contoso/odd/v1.0"
PAGE: Mapping[str, Any] = {
    "entity": "thing", "table": "Thing", "since": 26, "key": "id", "webhooks": False, "required": [],
    "operations": ["get", "post", "patch", "delete"], "navigation": [],
    "properties": [
        {"name": "id", "type": "guid", "readOnly": True, "required": True},
        {"name": "code", "type": "code", "max": 20},
        {"name": "note", "type": "text", "max": 40},
        {"name": "kind", "type": "enum", "enum": ["_x0020_", "Small", "Big_x0020_One"],
         "enumCaptions": [" ", "Small", "Big One"]},
        {"name": "state", "type": "enum", "enum": ["Open", "Closed"], "enumCaptions": ["Open", "Closed"]},
        {"name": "amount", "type": "decimal"},
        {"name": "seats", "type": "integer"},
        {"name": "blocked", "type": "boolean"},
        {"name": "begins", "type": "date"},
        {"name": "otherId", "type": "guid"},
        {"name": "lastModifiedDateTime", "type": "datetime", "readOnly": True},
    ],
}  # fmt: skip
THINGS = Table("things", "id", tuple(Column(each["name"]) for each in PAGE["properties"][1:]), api=API)
CONTACTS = Table("contacts", "contactid", (
    *map(Column, ("lastname", "jobtitle", "creditlimit", "numberofchildren", "donotemail", "gendercode",
                  "birthdate", "lastonholdtime")),
    Column("transactioncurrencyid", "transactioncurrencies"),
))  # fmt: skip
OTHER = "22222222-0000-0000-0000-00000000000a"


class Place:
    """One simulated table full of odd records: what the client reads, and what a query finds."""

    def __init__(self, system: System, client: Client, table: Table, url: str) -> None:
        described = system.describe(table)
        assert isinstance(described, TableDescription)
        self.side, self.system, self.table = system.side, system, table
        self.columns: Mapping[str, ColumnDescription] = described.columns
        self._client, self._url = client, url
        self.rows: list[Row] = []

    def fill(self, creations: Sequence[Creation]) -> None:
        for one in self.system.create(self.table, creations):
            assert isinstance(one, Written), one
        scanned = self.system.scan(self.table, None)
        assert scanned.next is None
        self.rows = list(self.system.read(self.table, [each.id for each in scanned.seen]).values())
        assert len(self.rows) >= len(creations)

    def query(self, tests: Sequence[Test]) -> FilterQuery:
        module = business_central_filters if self.side is Side.BC else dataverse_filters
        return module.filter_query(tests, self.columns)

    def found(self, query: FilterQuery) -> set[str]:
        if query.never:
            return set()
        address = odata.address(self._url, select=self.table.key, filter=query.text)
        answer = self._client.send(Call("find", "GET", address, {"Accept": "application/json"}))
        assert answer.ok, (query.text, answer.data)
        return {odata.text(row, self.table.key) for row in odata.rows(answer.data)}

    def taken_in(self, tests: Sequence[Test]) -> set[str]:
        return {row.id for row in self.rows if all(meets(each, row.values, self.side) for each in tests)}


def new_surroundings() -> Surroundings:
    clock = ManualClock()
    runtime = StepRuntime(clock)
    return Surroundings(clock, runtime, LocalPermits(runtime, 4))


def business_central_place() -> Place:
    surroundings = new_surroundings()
    options = bc_simulated.Options(tenant_id=bc_tests.TENANT, control=True, own_pages={f"{API}/things": PAGE})
    service = bc_simulated.BusinessCentral(surroundings.clock, bc_tests.AnyToken(), options)
    company = service.load_company("Odd", {f"{API}/things": []}, {"localCurrencyCode": "GBP"}).id
    root, client = (
        api_root("https://api.example", bc_tests.TENANT, "production"),
        surroundings.client(service),
    )
    system = BusinessCentral(client, root, company, environment="production")
    url = f"{root.removesuffix('v2.0')}{API}/companies({company})/things"
    place = Place(system, client, THINGS, url)
    place.fill([Creation(each) for each in things()])
    return place


def things() -> list[dict[str, Value]]:
    kinds, states = (
        itertools.cycle(["_x0020_", "Small", "Big_x0020_One"]),
        itertools.cycle(["Open", "Closed"]),
    )
    numbers, days = itertools.cycle(NUMBERS), itertools.cycle(DAYS)
    found: list[dict[str, Value]] = []
    for count, text in enumerate(TEXTS):
        values: dict[str, Value] = {
            "code": text[:20], "note": text, "kind": next(kinds), "state": next(states),
            "amount": next(numbers), "seats": count % 4, "blocked": count % 3 == 0, "begins": next(days),
        }  # fmt: skip
        found.append(values | ({"otherId": OTHER} if count % 5 == 0 else {}))
    return found


def dataverse_place() -> Place:
    surroundings = new_surroundings()
    service = sales_simulated.Dataverse(
        surroundings.clock, sales_tests.AnyToken(), sales_simulated.Options(auto_users=True)
    )
    client = surroundings.client(service)
    place = Place(
        Dataverse(client, sales_tests.ORG), client, CONTACTS, f"{sales_tests.ORG}/api/data/v9.2/contacts"
    )
    place.fill([Creation(each, str(uuid.UUID(int=n + 1))) for n, each in enumerate(contacts())])
    return place


def contacts() -> list[dict[str, Value]]:
    moments, days = itertools.cycle([None, *MOMENTS]), itertools.cycle([None, *DAYS[1:]])
    found: list[dict[str, Value]] = []
    for count, text in enumerate(TEXTS):
        values: dict[str, Value] = {
            "lastname": text or "none", "jobtitle": text or None,
            "creditlimit": abs(NUMBERS[count % 7]) if count % 4 else None,
            "numberofchildren": count % 5 or None, "donotemail": count % 3 == 0,
            "gendercode": [None, 1, 2][count % 3], "birthdate": next(days), "lastonholdtime": next(moments),
        }  # fmt: skip
        found.append({name: value for name, value in values.items() if value is not None})
    return found


PLACES = {Side.BC: business_central_place(), Side.SALES: dataverse_place()}
FIELDS = {
    Side.BC: [each.name for each in THINGS.columns if each.name != "lastModifiedDateTime"],
    Side.SALES: [each.name for each in CONTACTS.columns],
}


def values_for(column: ColumnDescription) -> st.SearchStrategy[Value]:
    """Values that some records hold, and now and then one of another kind."""
    texts, times = st.sampled_from(TEXTS), st.sampled_from([*DAYS, *MOMENTS])
    choices = st.sampled_from([*column.choices, "small", "none such", 99]) if column.choices else st.just(1)
    ids = st.sampled_from([OTHER, OTHER.upper(), str(uuid.UUID(int=0))])
    numbers, truths = st.sampled_from(NUMBERS), st.booleans()
    own = {
        "text": texts, "a decimal number": numbers, "a whole number": numbers, "true or false": truths,
        "a date": times, "a date with time": times, "a record id": ids, "a choice": choices, "a lookup": ids,
    }[column.kind.value]  # fmt: skip
    return st.one_of(own, own, own, texts, numbers, truths, times)


@st.composite
def conditions(draw: st.DrawFn, side: Side) -> Test:
    field = draw(st.sampled_from(FIELDS[side]))
    values = values_for(PLACES[side].columns[field])
    match draw(st.sampled_from(["is", "is_not", "one_of", "is_blank", "is_not_blank", "order", "part"])):
        case "order":
            wanted = st.one_of(st.sampled_from(NUMBERS), st.sampled_from([*DAYS[1:], *MOMENTS]))
            op = draw(st.sampled_from(["less", "at_most", "more", "at_least"]))
            return Condition(field, op, (draw(wanted),))
        case "part":
            op = draw(st.sampled_from(["starts_with", "ends_with", "contains"]))
            return Condition(field, op, (draw(st.sampled_from(TEXTS[1:])),))
        case "is":
            return Condition(field, "is", (draw(values),))
        case "is_blank" | "is_not_blank" as op:
            return Condition(field, op, (True,))
        case op:
            return Condition(field, op, tuple(draw(st.lists(values, min_size=1, max_size=3))))


def filters_of(side: Side) -> st.SearchStrategy[Test]:
    return st.recursive(
        conditions(side),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Joint.ANY, parts)),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(Joint.ALL, parts)),
            inner.map(negated),
        ),
        max_leaves=5,
    )


@pytest.mark.parametrize("side", Side)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_query_finds_what_the_evaluation_takes_in(side: Side, data: st.DataObject) -> None:
    place = PLACES[side]
    tests = data.draw(st.lists(filters_of(side), min_size=1, max_size=3))
    query = place.query(tests)
    found, taken_in = place.found(query), place.taken_in(tests)
    assert taken_in <= found, query
    if not query.told:
        assert found == taken_in, query


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_ends_its_quotes(side: Side, text: str) -> None:
    """Equal texts are asked of the service itself, but for those with blanks at their ends."""
    place, field = PLACES[side], "note" if side is Side.BC else "jobtitle"
    tests = [Condition(field, "is", (text,))]
    query = place.query(tests)
    assert bool(query.told) is (text == "2026-01-01" or (side is Side.BC and text != text.strip()))
    assert place.taken_in(tests) == (place.taken_in(tests) if query.told else place.found(query))
    assert place.taken_in(tests), "some record holds it"


WORKED: list[tuple[Side, str, str, str]] = [
    (Side.BC, "not blocked and seats >= 2", "(blocked ne true) and seats ge 2", ""),
    (Side.BC, 'note = "Ab"', "tolower(note) eq 'ab'", ""),
    (Side.BC, 'note = "10"', "note eq '10'", ""),
    (Side.BC, 'kind in ("small", "none such")', "kind eq 'Small'", ""),
    (Side.BC, "kind is blank", "kind eq '_x0020_'", ""),
    (Side.BC, "begins < 2026-01-01", "(begins lt 2026-01-01 and begins gt 0001-01-01)", ""),
    (Side.BC, 'code starts with "10"', "startswith(code,'10')", ""),
    (Side.BC, 'code starts with "ab"', "", "it heeds case"),
    (Side.BC, 'code starts with "1*"', "", "wildcard"),
    (Side.BC, 'not (code starts with "10")', "", "no “not”"),
    (Side.BC, "seats = 1 or blocked", "", "on one and the same field only"),
    (Side.BC, "seats = 1 or seats > 2", "(seats eq 1 or seats gt 2)", ""),
    (Side.BC, "(seats = 1 or blocked) and amount > 5", "amount gt 5", "on one and the same field only"),
    (Side.SALES, 'lastname starts with "A"', "startswith(lastname,'A')", ""),
    (Side.SALES, 'lastname starts with "1%"', "", "wildcard"),
    (Side.SALES, "gendercode in (1, 2)", "(gendercode eq 1 or gendercode eq 2)", ""),
    (Side.SALES, "gendercode != 1", "(gendercode ne 1 or gendercode eq null)", ""),
    (Side.SALES, "jobtitle is blank", "(jobtitle eq null or jobtitle eq '')", ""),
    (Side.SALES, "transactioncurrencyid is not blank", "_transactioncurrencyid_value ne null", ""),
    (Side.SALES, "lastonholdtime >= 2026-01-01", "lastonholdtime ge 2026-01-01T00:00:00Z", ""),
    (Side.SALES, "lastonholdtime = 2026-01-01T00:00:00.5Z", "", "full seconds"),
    (Side.SALES, "donotemail or jobtitle is blank",
     "(donotemail eq true or (jobtitle eq null or jobtitle eq ''))", ""),
    (Side.SALES, "colour = 1", "", "it has no field colour"),
]  # fmt: skip


@pytest.mark.parametrize(("side", "text", "query", "told"), WORKED)
def test_a_query_and_what_is_told(side: Side, text: str, query: str, told: str) -> None:
    found = PLACES[side].query(parse_filter(text))
    assert found.text.replace("(blocked ne true)", "blocked ne true") == query.replace(
        "(blocked ne true)", "blocked ne true"
    )
    assert (told in "".join(found.told)) if told else found.told == ()


def test_what_no_record_can_hold_is_not_even_asked_for() -> None:
    for side, text in [
        (Side.BC, f'code = "{"x" * 21}"'), (Side.BC, 'kind = "none such"'), (Side.BC, 'seats = "1"'),
        (Side.BC, 'otherId = "no id"'), (Side.SALES, 'gendercode = "1"'), (Side.SALES, "jobtitle = 1"),
        (Side.BC, 'note = "\ud800"'),
    ]:  # fmt: skip
        assert PLACES[side].query(parse_filter(text)).never, text


def test_a_query_that_would_be_too_long_is_told() -> None:
    many = " and ".join(f'note != "{n:0>40}"' for n in range(70))
    query = PLACES[Side.BC].query(parse_filter(many))
    assert len(odata.encode(query.text)) <= MAX_CHARS
    assert any("too long" in each for each in query.told)


def test_conditions_that_are_told_are_all_told() -> None:
    tests = (
        Compound(Joint.NOT, (Condition("code", "contains", ("a",)),)),
        *parse_filter('code contains "a*"'),
    )
    assert len(PLACES[Side.BC].query(tests).told) == 2


@pytest.mark.parametrize("side", Side)
def test_records_are_counted_by_the_service(side: Side) -> None:
    place = PLACES[side]
    tests = parse_filter("seats > 2" if side is Side.BC else "numberofchildren > 2")
    assert place.system.count(place.table, tests) == Count(len(place.taken_in(tests)))
    assert place.system.count(place.table, ()) == Count(len(place.rows))
    never = parse_filter('seats = "x"' if side is Side.BC else 'numberofchildren = "x"')
    assert place.system.count(place.table, never) == Count(0)
