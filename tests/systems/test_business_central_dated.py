"""Dated lines against the simulator: one record for each place, whatever the pages, and a look once a day."""

from __future__ import annotations

import random
from typing import Any

import pytest

from local.simulators import business_central as simulated
from local.simulators.business_central.control_edits import edit_row
from shared_code.core.in_force import records
from shared_code.core.mapping import IN_FORCE, Condition, InForce
from shared_code.core.records import Row, Version
from shared_code.systems import business_central_scan
from shared_code.systems.business_central import BusinessCentral, api_root
from shared_code.systems.interface import Column, Cursor, CursorExpired, Page, Table
from tests.systems.companies import TENANT, AnyToken
from tests.systems.conftest import Surroundings

RULE = InForce(
    within=("priceListCode", "assetNumber"), place=("assetType", "pricedUnitOfMeasureCode"),
    begins="startingDate", ends="endingDate", amount="unitPrice",
    conditions=(Condition("status", "is", ("Active",)),),
)  # fmt: skip
LINES = Table(
    "priceListLines", "id", tuple(map(Column, (*RULE.names, "lineNumber", IN_FORCE))),
    scan_columns=("assetType", IN_FORCE), api="tandem/sync/v1.0", in_force=RULE,
)  # fmt: skip
ODD = "O'BRIEN & CO/Ä|;#"


class Prices:
    """A simulated company with price list lines, and its client."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        options = simulated.Options(tenant_id=TENANT, control=True, extension=True)
        self.service = simulated.BusinessCentral(surroundings.clock, AnyToken(), options)
        self.company = self.service.load_company("CRONUS", {}, {"localCurrencyCode": "GBP"})
        root = api_root("https://api.example", TENANT, "production")
        client = surroundings.client(self.service)
        self.system = BusinessCentral(client, root, self.company.id, look_back_s=600)
        self.count = 0

    def line(self, **values: object) -> dict[str, Any]:
        self.count += 1
        blank = {"priceListCode": "RETAIL", "assetType": "Item", "assetNumber": "1000", "unitPrice": 10}
        more = {"unitOfMeasureCode": "PCS", "status": "Active", "lineNumber": self.count}
        arguments = {"table": "tandem/priceListLines", "id": values.pop("id", None)}
        given = values if arguments["id"] else {**blank, **more, **values}
        return edit_row(self.service.env, self.company, {**arguments, "values": given})

    def scanned(self, cursor: Cursor | None = None) -> list[Page]:
        pages = [self.system.scan(LINES, cursor)]
        while pages[-1].next:
            pages.append(self.system.scan(LINES, pages[-1].next))
        return pages

    def requests(self) -> int:
        count = len(self.surroundings.kinds)
        self.surroundings.kinds.clear()
        return count


@pytest.fixture
def prices(surroundings: Surroundings) -> Prices:
    return Prices(surroundings)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_full_scan_meets_every_record_once_and_whole_whatever_the_page(
    prices: Prices, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(business_central_scan, "PAGE_SIZE", size)
    chance = random.Random(size)
    lines = [
        prices.line(
            priceListCode=chance.choice(("A", "B", ODD[:10])), assetNumber=chance.choice(("1", "2", ODD[3:])),
            assetType=chance.choice(("Item", "Resource")), unitPrice=chance.randint(1, 9),
            startingDate=chance.choice(("0001-01-01", "2020-01-01", "2999-01-01")),
        )
        for _ in range(30)
    ]  # fmt: skip
    seen = [each for page in prices.scanned() for each in page.seen]
    whole = [Row(each["id"], Version("", ""), {**each, "pricedUnitOfMeasureCode": "PCS"}) for each in lines]
    expected = records(RULE, whole, "2026-06-15")
    assert sorted(each.id for each in seen) == sorted(expected)
    found = prices.system.read(LINES, sorted(expected))
    for each in seen:
        assert each.values[IN_FORCE] is expected[each.id].values[IN_FORCE]
        assert found[each.id].version == each.version
        assert found[each.id].values["lineNumber"] == expected[each.id].values["lineNumber"]


def test_a_quiet_look_is_one_request_and_a_change_brings_the_whole_record(prices: Prices) -> None:
    first = prices.line(unitPrice=9)
    prices.line(unitPrice=10)
    prices.surroundings.clock.now += 1000
    watermark = prices.scanned()[-1].watermark
    prices.requests()
    (page,) = prices.scanned(watermark)
    assert (page.seen, prices.requests()) == ((), 1)
    prices.line(id=first["id"], unitPrice=11)
    (page,) = prices.scanned(page.watermark)
    (seen,) = page.seen
    assert prices.requests() == 2
    row = prices.system.read(LINES, [seen.id])[seen.id]
    assert (row.values["unitPrice"], row.version) == (10, seen.version)


def test_the_first_look_of_a_day_asks_for_everything_and_later_ones_do_not(prices: Prices) -> None:
    clock = prices.surroundings.clock
    clock.now = clock.now // 86_400 * 86_400 + 86_400 - 30
    prices.line()
    watermark = prices.scanned()[-1].watermark
    clock.now += 60  # Half a minute after midnight: some server may still be in the day before.
    watermark = prices.scanned(watermark)[-1].watermark
    clock.now += 120
    with pytest.raises(CursorExpired, match="day"):
        prices.scanned(watermark)
    watermark = prices.scanned()[-1].watermark
    clock.now += 3600
    assert prices.scanned(watermark)[-1].watermark


def test_a_place_without_lines_and_an_id_of_another_shape_are_not_there(prices: Prices) -> None:
    prices.line()
    assert prices.system.read(LINES, ["RETAIL;1000;Item;BOX", "RETAIL", "a;b;c;d;e"]) == {}
    assert list(prices.system.read(LINES, ["RETAIL;1000;Item;PCS"])) == ["RETAIL;1000;Item;PCS"]


def test_five_hundred_records_of_a_list_are_read_with_one_request(prices: Prices) -> None:
    for number in range(500):
        prices.line(assetNumber=f"N{number}")
    ids = [f"RETAIL;N{number};Item;PCS" for number in range(500)]
    prices.requests()
    assert len(prices.system.read(LINES, ids)) == 500
    assert prices.requests() == 1
