"""Items, variants and the item ledger: pairs of id and code, stock, and what posting fixes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import ADATUM, COMPANY, ZERO, Client
from tests.simulators.business_central.shop import (
    ADVICE,
    BLACK,
    BOX,
    DESK,
    FURNITURE,
    PCS,
    RESALE,
    RETAIL,
    TABLE,
    draft,
    shop,
)


@pytest.fixture
def bc() -> Client:
    return shop()


def stock(bc: Client, quantity: float, **more: Any) -> None:
    assert (
        bc.control(
            "POST", "stock", {"company": "CRONUS", "item": "1896-S", "quantity": quantity, **more}
        ).status
        == 200
    )


def test_item_needs_no_name_and_takes_its_number_from_the_series(bc: Client) -> None:
    rows = [bc.post("items", {}).json for _ in range(2)]
    assert [row["number"] for row in rows] == ["IT00001", "IT00002"]
    assert [row["type"] for row in rows] == ["Inventory", "Inventory"]


def test_inventory_is_refused_on_insert(bc: Client) -> None:
    reply = bc.post("items", {"displayName": "A", "inventory": 4})
    assert reply.error == (400, "Application_DialogException")
    assert reply.json["error"]["message"].startswith("Inventory cannot be changed during on insert.")


def test_inventory_cannot_be_filtered_or_sorted(bc: Client) -> None:
    for option in ("$filter=inventory gt 0", "$orderby=inventory"):
        assert bc.get(f"items?{option}").error == (400, "BadRequest")


def test_patch_of_inventory_posts_the_difference(bc: Client) -> None:
    stock(bc, 3)
    row = bc.patch(f"items({DESK})", {"inventory": 5}).json
    assert row["inventory"] == 5
    entry = bc.get("itemLedgerEntries?$filter=itemNumber eq '1896-S'").rows[-1]
    assert (entry["quantity"], entry["entryType"]) == (2, "Positive_x0020_Adjmt_x002E_")
    assert (entry["documentNumber"], entry["postingDate"]) == ("1896-S", "2027-01-15")
    bc.patch(f"items({DESK})", {"inventory": 1})
    quantities = sorted(row["quantity"] for row in bc.get("itemLedgerEntries").rows)
    assert quantities == [-4, 2, 3]


def test_patch_of_the_inventory_it_has_posts_nothing(bc: Client) -> None:
    stock(bc, 3)
    bc.patch(f"items({DESK})", {"inventory": 3})
    assert len(bc.get("itemLedgerEntries").rows) == 1


def test_stock_movement_leaves_stamp_and_etag_of_the_item(bc: Client) -> None:
    before = bc.get(f"items({DESK})").json
    bc.clock.sleep(60)
    stock(bc, 7)
    after = bc.get(f"items({DESK})").json
    assert after == {**before, "inventory": 7}


def test_stock_movement_notifies_of_the_entry_and_not_of_the_item(bc: Client) -> None:
    for table in ("items", "itemLedgerEntries"):
        body = {"notificationUrl": "https://t.test/h", "resource": f"companies({COMPANY})/{table}"}
        assert bc.api("POST", "subscriptions", body).status == 201
    stock(bc, 7)
    bc.clock.sleep(30)
    bc.bc.pump()
    assert ["itemLedgerEntries(" in each["resource"] for each in bc.receiver.notifications] == [True]


def test_ledger_entries_are_read_only(bc: Client) -> None:
    stock(bc, 1)
    entry = bc.get("itemLedgerEntries").rows[0]["id"]
    assert bc.post("itemLedgerEntries", {}).error == (405, "BadRequest_MethodNotAllowed")
    assert bc.patch(f"itemLedgerEntries({entry})", {}).status == 405
    assert bc.delete(f"itemLedgerEntries({entry})").status == 405


def test_stock_of_a_service_or_a_blocked_item_is_not_adjusted(bc: Client) -> None:
    assert bc.patch(f"items({ADVICE})", {"inventory": 1}).error == (400, "Application_DialogException")
    bc.patch(f"items({DESK})", {"blocked": True})
    assert bc.patch(f"items({DESK})", {"inventory": 1}).error == (400, "Application_DialogException")
    assert bc.get("itemLedgerEntries").rows == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"itemCategoryCode": "table"}, {"itemCategoryId": TABLE, "itemCategoryCode": "TABLE"}),
        ({"itemCategoryId": TABLE}, {"itemCategoryId": TABLE, "itemCategoryCode": "TABLE"}),
        ({"itemCategoryId": ZERO}, {"itemCategoryId": ZERO, "itemCategoryCode": ""}),
        ({"taxGroupCode": "FURNITURE"}, {"taxGroupId": FURNITURE}),
        ({"baseUnitOfMeasureId": BOX}, {"baseUnitOfMeasureCode": "BOX"}),
        ({"baseUnitOfMeasureCode": "BX"}, {"baseUnitOfMeasureId": BOX, "baseUnitOfMeasureCode": "BOX"}),
        ({"generalProductPostingGroupCode": "RETAIL"}, {"generalProductPostingGroupId": RETAIL}),
        ({"inventoryPostingGroupId": RESALE}, {"inventoryPostingGroupCode": "RESALE"}),
    ],
)
def test_id_and_code_fill_each_other(bc: Client, sent: dict[str, Any], expected: dict[str, Any]) -> None:
    row = bc.post("items", {"displayName": "A", **sent}).json
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (
            {"itemCategoryId": ADATUM},
            'The "itemCategoryId" does not match to a specific Item Category group.',
        ),
        ({"itemCategoryCode": "NOPE"}, 'The "itemCategoryCode" does not match to a Item Category.'),
        (
            {"taxGroupId": FURNITURE, "taxGroupCode": ""},
            "The tax group values do not match to a specific Tax Group.",
        ),
        ({"taxGroupId": ADATUM}, 'The "taxGroupId" does not match to a Tax Group.'),
        ({"baseUnitOfMeasureId": ADATUM}, 'The "baseUnitOfMeasureId" does not match to a Unit of Measure.'),
        (
            {"baseUnitOfMeasureId": PCS, "baseUnitOfMeasureCode": "BOX"},
            "The unit of measure values do not match to a specific Unit of Measure.",
        ),
    ],
)
def test_id_and_code_that_do_not_match_are_refused(bc: Client, sent: dict[str, Any], text: str) -> None:
    reply = bc.post("items", sent)
    assert reply.error == (400, "Application_DialogException")
    assert reply.json["error"]["message"].startswith(text)


def test_unknown_posting_group_is_no_relation(bc: Client) -> None:
    for sent in ({"generalProductPostingGroupCode": "NOPE"}, {"inventoryPostingGroupId": ADATUM}):
        assert bc.post("items", sent).error == (400, "Internal_InvalidTableRelation")


def test_only_stock_has_an_inventory_posting_group(bc: Client) -> None:
    reply = bc.post("items", {"type": "Service", "inventoryPostingGroupCode": "RESALE"})
    assert reply.error == (400, "Application_FieldValidationException")
    made = bc.post("items", {"inventoryPostingGroupCode": "RESALE"}).json["id"]
    row = bc.patch(f"items({made})", {"type": "Non_x002D_Inventory"}).json
    assert (row["inventoryPostingGroupCode"], row["inventoryPostingGroupId"]) == ("", ZERO)


@pytest.mark.parametrize("name", ["unitPrice", "unitCost"])
def test_price_and_cost_are_not_negative(bc: Client, name: str) -> None:
    assert bc.patch(f"items({DESK})", {name: -1}).error == (400, "Application_FieldValidationException")
    assert bc.patch(f"items({DESK})", {name: 0}).status == 200


@pytest.mark.parametrize("sent", [{"type": "Service"}, {"unitCost": 61}, {"baseUnitOfMeasureCode": "HOUR"}])
def test_what_the_ledger_depends_on_stays_once_posted(bc: Client, sent: dict[str, Any]) -> None:
    stock(bc, 1)
    assert bc.patch(f"items({DESK})", sent).error == (400, "Application_DialogException")
    assert bc.patch(f"items({DESK})", {"unitPrice": 120, "unitCost": 60}).status == 200


def test_base_unit_may_change_once_nothing_is_open(bc: Client) -> None:
    stock(bc, 2)
    stock(bc, -2)
    assert bc.patch(f"items({DESK})", {"baseUnitOfMeasureCode": "HOUR"}).status == 200


def test_base_unit_must_hold_one(bc: Client) -> None:
    reply = bc.patch(f"items({DESK})", {"baseUnitOfMeasureCode": "BOX"})
    assert reply.error == (400, "Application_DialogException")
    assert "must be 1" in reply.json["error"]["message"]


def test_item_on_an_open_document_or_with_entries_is_not_deleted(bc: Client) -> None:
    invoice = draft(bc)["id"]
    assert bc.delete(f"items({DESK})").error == (400, "Application_DialogException")
    bc.delete(f"salesInvoices({invoice})")
    stock(bc, 1)
    assert bc.delete(f"items({DESK})").error == (400, "Application_DialogException")


def test_deleted_item_takes_variants_and_units_along(bc: Client) -> None:
    assert bc.delete(f"items({DESK})").status == 204
    assert bc.get(f"itemVariants({BLACK})").status == 404
    units = bc.extension("GET", "itemUnitsOfMeasure").rows
    assert {row["itemNumber"] for row in units} == {"ADVICE"}


def test_deleted_item_takes_its_prices_along(bc: Client) -> None:
    for number in ("1896-S", "ADVICE"):
        values = {"itemNumber": number, "salesCode": "RETAIL", "unitPrice": 85}
        row = {"company": "CRONUS", "table": "tandem/salesPrices", "values": values}
        assert bc.control("POST", "rows", row).status == 200
    assert bc.delete(f"items({DESK})").status == 204
    assert {row["assetNumber"] for row in bc.extension("GET", "priceListLines").rows} == {"ADVICE"}
    assert {row["itemNumber"] for row in bc.extension("GET", "salesPrices").rows} == {"ADVICE"}
    told = {row["tableNumber"] for row in bc.extension("GET", "deletions").rows}
    assert {7001, 7002} <= told


def test_renamed_item_is_renamed_everywhere(bc: Client) -> None:
    stock(bc, 2)
    row = bc.patch(f"items({DESK})", {"number": "1896-X"}).json
    assert (row["number"], row["inventory"]) == ("1896-X", 2)
    assert bc.get(f"itemVariants({BLACK})").json["itemNumber"] == "1896-X"
    assert bc.get("itemLedgerEntries").rows[0]["itemNumber"] == "1896-X"
    lines = bc.extension("GET", "priceListLines").rows
    assert {row["assetNumber"] for row in lines} == {"1896-X", "ADVICE"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"itemNumber": "1896-S"}, "BadRequest_RequiredParamNotProvided"),
        ({"code": "RED"}, "BadRequest_RequiredParamNotProvided"),
        ({"code": "RED", "itemId": ADATUM}, "Application_DialogException"),
        ({"code": "RED", "itemId": DESK, "itemNumber": "ADVICE"}, "Application_DialogException"),
        ({"code": "BLACK", "itemNumber": "1896-S"}, "Internal_EntityWithSameKeyExists"),
        ({"code": "ELEVENCHARS", "itemId": DESK}, "Application_StringExceededLength"),
    ],
)
def test_variant_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    assert bc.post("itemVariants", sent).error == (400, code)


def test_variants_are_written_and_read_below_their_item(bc: Client) -> None:
    made = bc.post(f"items({DESK})/itemVariants", {"code": "red", "description": "Rot"})
    assert (made.status, made.json["code"], made.json["itemNumber"]) == (201, "RED", "1896-S")
    assert {row["code"] for row in bc.get(f"items({DESK})/itemVariants").rows} == {"BLACK", "RED"}
    expanded = bc.get(f"items({DESK})?$expand=itemVariants,unitOfMeasure").json
    assert len(expanded["itemVariants"]) == 2
    assert expanded["unitOfMeasure"]["code"] == "PCS"
    path = f"items({DESK})/itemVariants({BLACK})"
    assert bc.patch(path, {"description": "Schwarz"}).json["description"] == "Schwarz"
    assert bc.delete(path).status == 204
    assert bc.patch(f"items({ADVICE})/itemVariants({made.json['id']})", {}).status == 404


def test_the_same_code_may_stand_below_two_items(bc: Client) -> None:
    assert bc.post("itemVariants", {"code": "BLACK", "itemNumber": "ADVICE"}).status == 201


def test_item_and_variants_are_inserted_together_or_not_at_all(bc: Client) -> None:
    good = {"displayName": "A", "itemVariants": [{"code": "X"}, {"code": "Y"}]}
    made = bc.post("items?$expand=itemVariants", good).json
    assert [row["code"] for row in made["itemVariants"]] == ["X", "Y"]
    before = len(bc.get("items").rows)
    bad = {"displayName": "B", "itemVariants": [{"code": "X"}, {"code": "X"}]}
    assert bc.post("items", bad).code == "Internal_EntityWithSameKeyExists"
    assert len(bc.get("items").rows) == before
