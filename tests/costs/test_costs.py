"""What a synchronisation costs: a share of pages and batches, and nothing where nothing changed."""

from __future__ import annotations

import pytest

from local.costs.measuring import Cost, Costs, MappingCosts, measure
from local.costs.telling import page, table
from local.environment import WHOLE

LOOKS = 2
"""A full synchronisation looks twice at each side: for matching and for what is to be done."""
RATES = {"CURRENCY", "INVOICE PRICE LIST", "ITEM PRICE LIST"}
"""They come with the rates and the local currency: three pages a look and a reading."""
FREED = {"CONTACT": 4}
"""Batches of those that waited for what a mapping made: customers and vendors for their primary contacts."""
NOTHING_PUBLISHED = {"SALESORDER-ORDER", "SALESQUOTE-QUOTE", "ORDER NOTE"}
"""Quotes and orders come of people's work: the published records that are measured hold none."""
CHANGESET = 100
"""No batch of writes is smaller than this where there is more to write, but the last."""


@pytest.fixture(scope="module")
def costs() -> Costs:
    return measure()


def test_every_mapping_of_the_catalogue_is_measured(costs: Costs) -> None:
    assert {each.mapping for each in costs.mappings} == {each.name for each in WHOLE.chosen}
    assert {each.mapping for each in costs.mappings if not each.records} == NOTHING_PUBLISHED


def test_a_first_full_synchronisation_asks_business_central_for_pages_and_batches_only(costs: Costs) -> None:
    """Two looks, a reading, and a batch where something is written back or read besides."""
    for each in costs.mappings:
        pages = 3 if each.mapping in RATES else 1
        assert each.first.bc <= LOOKS * pages + pages + 1 + FREED.get(each.mapping, 0), each


def test_a_first_full_synchronisation_asks_sales_for_pages_and_batches_only(costs: Costs) -> None:
    """Two looks, a reading, a search for equal keys, who the organisation is, and batches of writes."""
    for each in costs.mappings:
        batches = -(-each.first.written // CHANGESET)
        asked_once = 6 if each is costs.mappings[0] else 0
        freed = FREED.get(each.mapping, 0)
        assert each.first.sales <= LOOKS + 2 + batches + 2 + asked_once + freed, each


def test_where_nothing_changed_nothing_is_written_and_little_asked(costs: Costs) -> None:
    for each in costs.mappings:
        assert each.again.written == 0, each
        pages = 3 if each.mapping in RATES else 1
        assert each.again.bc <= LOOKS * pages + 2, each
        assert each.again.sales <= LOOKS, each


def test_a_quiet_minute_asks_once_for_each_mapping_and_side(costs: Costs) -> None:
    assert costs.quiet.written == 0
    assert costs.quiet.requests <= costs.looks


def test_storage_writes_in_transactions_not_record_by_record(costs: Costs) -> None:
    large = [each for each in costs.mappings if each.done > CHANGESET]
    assert len(large) > 5
    assert all(each.first.storage < each.done / 2 for each in large)


def test_the_page_has_a_line_for_each_mapping(costs: Costs) -> None:
    shown = table(costs).splitlines()
    assert len(shown) == len(costs.mappings) + 3
    assert len({len(line) for line in shown}) == 1
    for each in costs.mappings:
        assert f"| {each.mapping} " in page(costs)


def test_a_mapping_without_records_costs_nothing_for_each() -> None:
    zero = costs_of(0)
    assert zero.requests_per_record == 0


def costs_of(records: int) -> MappingCosts:
    return MappingCosts("X", records, 0, Cost(1, 1, 0, 0), Cost(0, 0, 0, 0))
