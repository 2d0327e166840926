"""Row-version cursors, tombstones and availability of Tandem's own API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import ADATUM, Client
from tests.simulators.business_central.shop import ADVICE, BLACK, BLUE, DESK, FABRIKAM, STARTED, posted, shop


@pytest.fixture
def bc() -> Client:
    return shop()


def state(bc: Client) -> dict[str, Any]:
    (row,) = bc.extension("GET", "synchronizationStates").rows
    return row


def changes(bc: Client, name: str, since: int) -> list[str]:
    query = f"{name}?$filter=rowVersion ge {since} and rowVersion lt {state(bc)['minimumActiveRowVersion']}"
    return [row["id"] for row in bc.extension("GET", query).rows]


def test_cursor_gives_each_change_once(bc: Client) -> None:
    cursor = state(bc)["minimumActiveRowVersion"]
    bc.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert changes(bc, "customerChanges", cursor) == [ADATUM]
    cursor = state(bc)["minimumActiveRowVersion"]
    assert changes(bc, "customerChanges", cursor) == []


def test_changes_can_be_read_oldest_first(bc: Client) -> None:
    made = [bc.post("items", {}).json["id"] for _ in range(3)]
    bc.patch(f"items({made[0]})", {"displayName": "A"})
    rows = bc.extension("GET", "itemChanges?$orderby=rowVersion").rows
    assert [row["id"] for row in rows[-3:]] == [made[1], made[2], made[0]]


def test_changes_are_paged(bc: Client) -> None:
    bc.customers(5)
    for query in ("customerChanges", "customerChanges?$orderby=rowVersion"):
        everything = bc.extension("GET", query).rows
        reply = bc.extension("GET", query, prefer="odata.maxpagesize=2").json
        seen = list(reply["value"])
        while "@odata.nextLink" in reply:
            target = reply["@odata.nextLink"].removeprefix("https://bc.test")
            reply = bc.send("GET", target, headers={"prefer": "odata.maxpagesize=2"}).json
            seen += reply["value"]
        assert seen == everything


def test_changes_are_read_only(bc: Client) -> None:
    assert bc.extension("POST", "customerChanges", {}).status == 405
    assert bc.extension("PATCH", f"customerChanges({ADATUM})", {}, if_match="*").status == 405
    assert bc.extension("GET", f"customerChanges({ADATUM})").json["number"] == "10000"


def test_query_is_read_only_and_has_neither_keys_nor_another_order(bc: Client) -> None:
    stock(bc, 5)
    assert bc.extension("POST", "itemInventories", {}).status == 405
    assert bc.extension("GET", f"itemInventories({ADATUM})").error == (400, "BadRequest_NotFound")
    refused = bc.extension("GET", "itemInventories?$orderby=inventory")
    assert refused.error == (501, "BadRequest_MethodNotImplemented")
    assert len(bc.extension("GET", "itemInventories?$orderby=itemNumber,variantCode,locationCode").rows) == 1


def test_row_versions_are_the_same_in_page_and_query(bc: Client) -> None:
    bc.patch(f"vendors({FABRIKAM})", {"city": "Rome"})
    page = bc.extension("GET", f"vendors({FABRIKAM})").json
    assert bc.extension("GET", f"vendorChanges({FABRIKAM})").json["rowVersion"] == page["rowVersion"]


def test_minimum_active_row_version_waits_for_a_transaction_in_flight() -> None:
    bc = shop(late_commit_s=60)
    cursor = state(bc)["minimumActiveRowVersion"]
    late = bc.api(
        "PATCH", f"companies({bc.company.id})/customers({ADATUM})", {"city": "Rome"}, "person", if_match="*"
    )
    assert late.status == 200
    quick = bc.post("customers", {"displayName": "Quick"}).json["id"]
    assert state(bc)["minimumActiveRowVersion"] == cursor
    assert changes(bc, "customerChanges", cursor) == []
    bc.clock.sleep(61)
    assert set(changes(bc, "customerChanges", cursor)) == {ADATUM, quick}


def test_changes_are_read_from_the_primary() -> None:
    bc = shop(replica_lag_s=30)
    made = bc.post("customers", {"displayName": "A"}).json["id"]
    assert bc.extension("GET", f"customers({made})").status == 404
    assert made in [row["id"] for row in bc.extension("GET", "customerChanges").rows]


def test_posting_an_invoice_is_a_change_of_invoices_and_lines(bc: Client) -> None:
    cursor = state(bc)["minimumActiveRowVersion"]
    posted(bc)
    (header,) = bc.extension("GET", "postedSalesInvoices").rows
    assert changes(bc, "postedSalesInvoiceChanges", cursor) == [header["id"]]
    assert len(changes(bc, "postedSalesInvoiceLineChanges", cursor)) == 1


@pytest.mark.parametrize(
    ("path", "table_number", "key"),
    [
        (f"customers({ADATUM})", 18, "10000"),
        (f"vendors({FABRIKAM})", 23, "V1"),
        (f"itemVariants({BLACK})", 5401, "1896-S/BLACK"),
        (f"locations({BLUE})", 14, "BLUE"),
    ],
)
def test_deletion_leaves_a_tombstone(bc: Client, path: str, table_number: int, key: str) -> None:
    assert bc.delete(path).status == 204
    row = bc.extension("GET", f"deletions?$filter=tableNumber eq {table_number}").rows[-1]
    assert (row["recordId"], row["recordKey"]) == (path.partition("(")[2].rstrip(")"), key)
    assert row["deletedDateTime"] == "2027-01-15T08:00:00Z"


def test_deletion_takes_along_leaves_tombstones_and_a_failed_one_none(bc: Client) -> None:
    bc.delete(f"items({DESK})")
    assert {row["tableNumber"] for row in bc.extension("GET", "deletions").rows} == {27, 5401, 5404, 7001}
    before = len(bc.extension("GET", "deletions").rows)
    assert bc.delete(f"opportunities({STARTED})").status == 400
    assert len(bc.extension("GET", "deletions").rows) == before


def test_rename_is_no_deletion(bc: Client) -> None:
    bc.patch(f"items({DESK})", {"number": "X"})
    assert bc.extension("GET", "deletions").rows == []


def test_state_tells_currency_and_pricing(bc: Client) -> None:
    settings = {"extended_pricing": False, "default_price_list": "S001"}
    bc.control("POST", "company-settings", {"company": "CRONUS", **settings})
    row = state(bc)
    assert (row["localCurrencyCode"], row["extendedPricingEnabled"], row["defaultPriceListCode"]) == (
        "GBP",
        False,
        "S001",
    )
    assert row["deletionsTrackedFrom"] == "2027-01-15T08:00:00Z"


def stock(bc: Client, quantity: float, **more: Any) -> None:
    assert (
        bc.control(
            "POST", "stock", {"company": "CRONUS", "item": "1896-S", "quantity": quantity, **more}
        ).status
        == 200
    )


def available(bc: Client, filters: str) -> list[tuple[Any, ...]]:
    names = ("variantCode", "locationCode", "inventory")
    rows = bc.extension("GET", f"itemAvailability?$filter={filters}").rows
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_availability_is_asked_by_item(bc: Client) -> None:
    assert bc.extension("GET", "itemAvailability").error == (400, "Application_DialogException")
    stock(bc, 5)
    stock(bc, 3, location="BLUE", variant="BLACK")
    (row,) = bc.extension("GET", "itemAvailability?$filter=itemNumber eq '1896-S'").rows
    assert (row["inventory"], row["allVariants"], row["allLocations"], row["date"]) == (
        8,
        True,
        True,
        "2027-01-15",
    )
    assert (row["itemId"], row["baseUnitOfMeasureCode"], row["projectedAvailableBalance"]) == (DESK, "PCS", 8)


def test_availability_is_narrowed_by_variant_and_location(bc: Client) -> None:
    stock(bc, 5)
    stock(bc, 3, location="BLUE", variant="BLACK")
    item = "itemNumber eq '1896-S'"
    assert available(bc, f"{item} and variantCode eq 'BLACK'") == [("BLACK", "", 3)]
    assert available(bc, f"{item} and locationCode eq ''") == [("", "", 5)]
    both = f"{item} and (locationCode eq 'BLUE' or locationCode eq '') and variantCode eq ''"
    assert available(bc, both) == [("", "", 5), ("", "BLUE", 0)]
    assert available(bc, f"{item} and locationCode eq 'NOPE'") == []
    assert available(bc, f"{item} and locationCode eq 'BLUE' and locationCode eq ''") == []


def test_availability_counts_up_to_a_day_and_finds_the_earliest(bc: Client) -> None:
    stock(bc, 5, date="2027-02-01")
    item = "itemNumber eq '1896-S'"
    assert available(bc, item) == [("", "", 0)]
    (row,) = bc.extension(
        "GET", f"itemAvailability?$filter={item} and date eq 2027-02-01 and requestedQuantity eq 4"
    ).rows
    assert (row["inventory"], row["earliestDate"]) == (5, "2027-02-01")
    (short,) = bc.extension(
        "GET", f"itemAvailability?$filter={item} and date eq 2027-02-01 and requestedQuantity eq 9"
    ).rows
    assert short["earliestDate"] == "0001-01-01"


def test_several_items_are_asked_at_once(bc: Client) -> None:
    rows = bc.extension(
        "GET", "itemAvailability?$filter=itemNumber eq '1896-S' or itemNumber eq 'ADVICE'"
    ).rows
    assert {row["itemId"] for row in rows} == {DESK, ADVICE}


def test_inventories_are_sums_by_place_without_what_is_used_up(bc: Client) -> None:
    stock(bc, 5)
    stock(bc, -1)
    stock(bc, 3, location="BLUE", variant="BLACK")
    stock(bc, 2, location="BLUE")
    stock(bc, -2, location="BLUE")
    rows = bc.extension("GET", "itemInventories").rows
    assert [(row["variantCode"], row["locationCode"], row["inventory"]) for row in rows] == [
        ("", "", 4),
        ("BLACK", "BLUE", 3),
    ]
    assert bc.extension("GET", "itemInventories?$filter=locationCode eq 'BLUE'").rows == rows[1:]
