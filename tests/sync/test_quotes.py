"""Active quotes of Sales in Business Central: whole, told beside, expired at the end, named by the order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central import control_edits
from shared_code.core.records import Side
from tests.sync import ordering, quoting, worlds
from tests.sync.ordering import BICYCLE, DESK, SALES_ACCOUNT, sold, written_in
from tests.sync.quoting import NAME, activate, of_after, told


@pytest.fixture(params=[quoting.PLAIN, quoting.EXTENSION], ids=["v2.0", "extension"])
def world(request: pytest.FixtureRequest) -> World:
    """Customers and items are coupled; no quote is written yet."""
    return quoting.synchronised(request.param)


@pytest.fixture
def plain() -> World:
    return quoting.synchronised()


def today(world: World) -> str:
    return datetime.fromtimestamp(world.clock.now, UTC).date().isoformat()


def lines_of(quote: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in quote["salesQuoteLines"]]


@pytest.mark.conforms("139172.CreateSalesQuoteInNAVWithJobQueueSunshine", "139172.CRMQuoteLCY")
def test_an_active_quote_is_one_quote_in_business_central(world: World) -> None:
    quote = activate(
        world, sold(world, BICYCLE, 2, 1000), sold(world, DESK, 1, 99.99), effectiveto="2027-03-01T00:00:00Z"
    )
    quoting.write(world, sold(world, DESK, 1, 10))
    worlds.cycles(world, 3)
    (made,) = quoting.in_bc(world)
    row = world.person_in_sales.call("GET", f"quotes({quote})")
    assert (made["customerNumber"], made["externalDocumentNumber"]) == (ordering.CUSTOMER, row["quotenumber"])
    assert lines_of(made, "lineType", "lineObjectNumber", "quantity", "unitPrice") == [
        ("Item", BICYCLE, 2, 1000),
        ("Item", DESK, 1, 99.99),
    ]
    assert (made["totalAmountExcludingTax"], made["validUntilDate"]) == (2099.99, "2027-03-01")
    found = told(world, quote)
    assert (found["tandem_number"], found["tandem_transfer"]) == (made["number"], "In Business Central")
    assert (found["tandem_status"], found["tandem_amount"], found["tandem_reason"]) == ("Open", 2099.99, None)
    assert found["_tandem_quoteid_value"] == quote
    assert world.person_in_sales.call("GET", f"quotes({quote})") == row, "the quote itself is not touched"
    assert worlds.problems(world, NAME) == []
    worlds.assert_quiet(world)


def test_terms_and_shipment_are_what_the_quotes_own_options_are_called(world: World) -> None:
    chosen = {
        "paymenttermscode": ordering.option(world, "quote", "paymenttermscode", "CM"),
        "freighttermscode": ordering.option(world, "quote", "freighttermscode", "CIF"),
    }
    made = of_after(world, activate(world, sold(world, DESK, 1, 10), **chosen))
    assert ordering.codes_of(world, made) == ("CM", "CIF")


@pytest.mark.conforms("139172.CRMQuoteFCY")
def test_a_quote_in_a_foreign_currency_has_that_currency(plain: World) -> None:
    made = of_after(plain, activate(plain, sold(plain, BICYCLE, 1, 1000), code="EUR"))
    assert (made["currencyCode"], made["totalAmountExcludingTax"]) == ("EUR", 1000)


@pytest.mark.conforms(
    "139172.LongProductDescriptionItem",
    "139172.LongProductDescriptionResource",
    "139172.LongWriteInProductDescription",
    "139172.LineItemDescriptionUsedInsteadOfProductDescription",
)
def test_what_is_written_in_discounts_and_long_texts_go_as_with_orders(world: World) -> None:
    text = "word " * 50
    quote = activate(
        world, written_in(text.strip(), 2, 25), sold(world, BICYCLE, 1, 9, description="By\nhand"),
        discountamount=5, freightamount=7.5,
    )  # fmt: skip
    made = of_after(world, quote)
    assert [kind for (kind,) in lines_of(made, "lineType")] == [
        "Account", "Comment", "Comment", "Item", "Comment", "Comment", "Account",
    ]  # fmt: skip
    texts = [line["description"] for line in made["salesQuoteLines"]]
    assert " ".join(texts[:3]) == text.strip()
    assert texts[3:] == ["Bicycle", "By", "hand", "Freight"]
    assert made["salesQuoteLines"][0]["lineObjectNumber"] == SALES_ACCOUNT
    assert (made["discountAmount"], made["totalAmountExcludingTax"]) == (5, 61.5)
    assert worlds.problems(world, NAME) == []


@pytest.mark.parametrize("features", [quoting.PLAIN, (*quoting.EXTENSION, "unit_groups")])
def test_variants_and_persons_go_as_with_orders(features: tuple[str, ...]) -> None:
    world = quoting.synchronised(
        (*features, "item_variants", "person_customers"),
        mappings=(NAME, "CUSTOMER", "PERSON CUSTOMER", "ITEM VARIANT-PRODUCT"),
    )
    red = {"itemNumber": BICYCLE, "code": "RED", "description": "Red"}
    variant = world.person_in_bc().call("POST", "itemVariants", red)["id"]
    body = {"firstname": "Ann", "lastname": "Buyer", "tandem_iscustomer": True}
    made = world.person_in_sales.call("POST", "contacts", body, prefer="return=representation")
    worlds.cycles(world, 3)
    quote = quoting.write(world, sold(world, f"{BICYCLE}/RED", 2, 5))
    bound = ordering.bind("customerid_contact", "contacts", str(made["contactid"]))
    world.person_in_sales.edit(f"quotes({quote})", **bound)
    world.person_in_sales.edit(f"quotes({quote})", **quoting.ACTIVE)
    found = of_after(world, quote)
    assert found["customerName"] == "Ann Buyer"
    assert lines_of(found, "lineType", "lineObjectNumber", "itemVariantId") == [("Item", BICYCLE, variant)]
    assert worlds.problems(world, NAME) == []


@pytest.mark.conforms("139172.CreateSalesQuoteInNAVWithJobQueueAfterFail")
def test_one_quote_that_is_refused_holds_up_no_other_and_says_why(plain: World) -> None:
    bad, good = activate(plain), activate(plain, sold(plain, BICYCLE, 1, 5))
    worlds.cycles(plain, 3)
    assert len(quoting.in_bc(plain)) == 1
    assert (told(plain, bad)["tandem_transfer"], told(plain, bad)["tandem_reason"]) == (
        "Refused", "The quote has no lines.",
    )  # fmt: skip
    assert told(plain, good)["tandem_transfer"] == "In Business Central"


def test_how_far_the_quote_is_comes_back(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 1, 10))
    of_after(plain, quote)
    seen = []
    for act in ("send", "accept"):
        quoting.handle(plain, quote, act)
        worlds.cycles(plain, 2)
        seen.append(told(plain, quote)["tandem_status"])
    assert seen == ["Sent", "Accepted"]


@pytest.mark.parametrize("action", ["CloseQuote", "WinQuote"])
@pytest.mark.conforms("139172.CRMExistingQuoteWon")
def test_a_quote_that_ended_is_expired_in_business_central_and_stays(world: World, action: str) -> None:
    quote = activate(world, sold(world, BICYCLE, 1, 10), effectiveto="2030-01-01T00:00:00Z")
    before = of_after(world, quote)
    quoting.close(world, quote, action)
    made = of_after(world, quote)
    assert made["validUntilDate"] < today(world) < before["validUntilDate"]
    assert worlds.problems(world, NAME) == []
    worlds.cycles(world, 5, 3700)
    assert len(quoting.in_bc(world)) == 1
    worlds.assert_quiet(world)


def test_a_revised_quote_is_another_one_under_its_number_and_the_old_one_is_expired(plain: World) -> None:
    old = activate(plain, sold(plain, BICYCLE, 1, 10))
    number = of_after(plain, old)["externalDocumentNumber"]
    new = quoting.revise(plain, old)
    (line,) = plain.person_in_sales.call("GET", f"quotedetails?$filter=_quoteid_value eq {new}")["value"]
    plain.person_in_sales.edit(f"quotedetails({line['quotedetailid']})", quantity=3)
    plain.person_in_sales.edit(f"quotes({new})", **quoting.ACTIVE)
    made = of_after(plain, new)
    assert (made["externalDocumentNumber"], made["totalAmountExcludingTax"]) == (f"{number} REV. 1", 30)
    assert of_after(plain, old)["validUntilDate"] < today(plain)
    assert len(quoting.in_bc(plain)) == 2


@pytest.mark.conforms("139172.CRMNewQuoteWon")
def test_a_quote_that_is_won_before_it_was_seen_is_its_order_alone(world: World) -> None:
    quote = activate(world, sold(world, BICYCLE, 2, 10))
    order = quoting.order_of(world, quote)
    ordering.set_state(world, order, ordering.SUBMITTED)
    worlds.cycles(world, 3)
    assert quoting.in_bc(world) == []
    assert ordering.of(world, order)["totalAmountExcludingTax"] == 20
    assert worlds.problems(world, NAME) == []


def test_the_order_of_a_won_quote_names_the_quote(world: World) -> None:
    quote = activate(world, sold(world, BICYCLE, 2, 10))
    number = of_after(world, quote)["number"]
    order = quoting.order_of(world, quote)
    ordering.set_state(world, order, ordering.SUBMITTED)
    made = ordering.of_after(world, order)
    assert made["totalAmountExcludingTax"] == 20
    if world.at.mappings[ordering.NAME].bc.api:
        (row,) = worlds.bc_rows(world, "salesOrders")
        assert row["quoteNumber"] == number


def test_a_quote_that_business_central_made_an_order_of_lives_on_and_stays_quiet(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 2, 10))
    of_after(plain, quote)
    quoting.handle(plain, quote, "make_order")
    worlds.cycles(plain, 3, 3700)
    assert told(plain, quote)["tandem_status"] == "Ordered"
    assert worlds.problems(plain, NAME) == []
    (order,) = ordering.in_bc(plain)
    plain.person_in_bc().call("DELETE", f"salesOrders({order['id']})", if_match="*")
    worlds.cycles(plain, 5, 3700)
    assert told(plain, quote)["tandem_status"] == "Ordered"
    assert worlds.problems(plain, NAME) == []
    assert quoting.in_bc(plain) == []


def test_a_quote_of_which_an_order_is_made_before_anybody_knows_it_is_not_made_again(plain: World) -> None:
    """The answer to its creation was lost, and a bookkeeper was quick (seed 187)."""
    quote = activate(plain, sold(plain, BICYCLE, 2, 10))

    def lose() -> None:
        raise worlds.ConnectionLost

    worlds.tap(plain, Side.BC).after = worlds.once(lose)
    worlds.cycle(plain)
    assert worlds.codes(plain, NAME) == ["outcome_unknown"]
    (made,) = quoting.in_bc(plain)
    company = plain.bc.env.companies[plain.at.connection.company_id]
    control_edits.handle_quote(plain.bc.env, company, {"quote": made["id"], "act": "make_order"})
    worlds.cycles(plain, 3, 1300)
    assert quoting.in_bc(plain) == []
    assert len(ordering.in_bc(plain)) == 1
    assert told(plain, quote)["tandem_status"] == "Ordered"
    assert worlds.problems(plain, NAME) == []
    worlds.assert_quiet(plain)


def test_a_quote_may_end_in_sales_after_business_central_made_an_order_of_it(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 2, 10))
    of_after(plain, quote)
    quoting.handle(plain, quote, "make_order")
    worlds.cycles(plain, 3, 3700)
    quoting.close(plain, quote, "WinQuote")
    worlds.cycles(plain, 5, 3700)
    assert told(plain, quote)["tandem_status"] == "Ordered"
    assert worlds.problems(plain, NAME) == []
    worlds.assert_quiet(plain)


def test_a_quote_that_ends_in_the_minute_in_which_an_order_is_made_of_it_is_ordered(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 2, 10))
    of_after(plain, quote)
    quoting.handle(plain, quote, "make_order")
    quoting.close(plain, quote, "WinQuote")
    worlds.cycles(plain, 5, 3700)
    assert told(plain, quote)["tandem_status"] == "Ordered"
    assert worlds.problems(plain, NAME) == []


def test_a_quote_that_is_deleted_in_business_central_is_told_and_not_made_again(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 1, 10))
    made = of_after(plain, quote)
    plain.person_in_bc().call("DELETE", f"salesQuotes({made['id']})", if_match="*")
    worlds.cycles(plain, 3, 3700)
    assert told(plain, quote)["tandem_transfer"] == "Deleted in Business Central"
    assert worlds.codes(plain, NAME) == ["partner_deleted"]
    worlds.cycles(plain, 5, 3700)
    assert quoting.in_bc(plain) == []


def test_a_quote_that_began_in_business_central_stays_there(plain: World) -> None:
    plain.person_in_bc().call("POST", "salesQuotes", {"customerNumber": ordering.CUSTOMER})
    worlds.cycles(plain, 3)
    worlds.full(plain)
    assert plain.person_in_sales.call("GET", "quotes")["value"] == []
    assert worlds.problems(plain, NAME) == []


def test_other_amounts_are_told_by_the_name_of_the_document(plain: World) -> None:
    quote = activate(plain, sold(plain, BICYCLE, 3, 33.33))
    made = of_after(plain, quote)
    line = made["salesQuoteLines"][0]["id"]
    plain.person_in_bc().edit(f"salesQuoteLines({line})", unitPrice=33.3)
    quoting.close(plain, quote, "WinQuote")
    worlds.cycles(plain, 3)
    (problem,) = worlds.problems(plain, NAME)
    assert problem["code"] == "totals_differ"
    assert problem["message"].startswith("Before tax the quote comes to other amounts. Sales: lines 99.99,")
