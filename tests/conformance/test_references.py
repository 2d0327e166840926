"""What records refer to: salespeople, currencies, and the codes that are options in Sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from local.simulation.world import World
from local.simulators.business_central import control
from shared_code.core.coupling import Coupling
from shared_code.core.records import ZERO_ID, Side
from tests.conformance import scenes
from tests.sync import worlds

CHOICE = "paymenttermscode"


def _salesperson(world: World, code: str) -> tuple[dict[str, Any], Coupling]:
    rows = world.person_in_bc().call("GET", "salespeoplePurchasers")["value"]
    found = next(each for each in rows if each["code"] == code)
    pair = scenes.coupled(world, "SALESPEOPLE", Side.BC, found["id"])
    assert pair is not None
    return found, pair


def _phone(world: World, code: str) -> str:
    return str(_salesperson(world, code)[0]["phoneNo"])


@pytest.mark.conforms("139180.SyncSingleSalespersonCRMModified", "139180.SyncSalespersonsSequently")
def test_changed_users_update_their_salespeople_one_after_the_other() -> None:
    world = worlds.synced()
    for n, code in enumerate(("OF", "JO")):
        world.person_in_sales.edit(
            f"systemusers({_salesperson(world, code)[1].sales_id})", mobilephone=f"+44 {n}"
        )
        assert scenes.minute(world, "SALESPEOPLE") == ({}, {"modified": 1})
    assert (_phone(world, "OF"), _phone(world, "JO")) == ("+44 0", "+44 1")
    assert worlds.problems(world, "SALESPEOPLE") == []


@pytest.mark.conforms("139180.SyncSingleSalespersonNAVModified")
def test_a_salesperson_changed_in_business_central_is_put_right_from_the_user() -> None:
    world = worlds.synced()
    found, pair = _salesperson(world, "OF")
    user = world.person_in_sales.call("GET", f"systemusers({pair.sales_id})")
    world.person_in_bc().edit(f"salespeoplePurchasers({found['id']})", displayName="Somebody Else")
    world.person_in_sales.edit(f"systemusers({pair.sales_id})", mobilephone="+44 9")
    worlds.cycle(world)
    after = _salesperson(world, "OF")[0]
    assert (after["displayName"], after["phoneNo"]) == (user["fullname"], "+44 9")


@pytest.mark.conforms("139180.SyncSingleSalespersonBothModified")
def test_where_both_changed_the_user_counts_and_there_is_no_conflict() -> None:
    world = worlds.synced()
    found, pair = _salesperson(world, "OF")
    world.person_in_bc().edit(f"salespeoplePurchasers({found['id']})", phoneNo="+44 111")
    world.person_in_sales.edit(f"systemusers({pair.sales_id})", mobilephone="+44 222")
    worlds.cycle(world)
    assert _phone(world, "OF") == "+44 222"
    assert worlds.problems(world, "SALESPEOPLE") == []


@pytest.mark.conforms("139173.TestUpdateOwnerIfChangedWithChange")
def test_another_salesperson_makes_another_user_the_owner() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    for code in ("OF", "JO"):
        worlds.edit_bc(world, pair, salespersonCode=code)
        worlds.cycle(world)
        assert worlds.account_of(world, pair)["_ownerid_value"] == _salesperson(world, code)[1].sales_id


@pytest.mark.conforms("139168.CannotCallUpdateOwnerIfChangedIfSalespersonIsNotCoupled")
def test_a_customer_of_an_uncoupled_salesperson_waits_and_names_the_code() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    owner = worlds.account_of(world, pair)["_ownerid_value"]
    world.person_in_bc().call("POST", "salespeoplePurchasers", {"code": "NEW", "displayName": "Newcomer"})
    worlds.edit_bc(world, pair, salespersonCode="NEW", city="Leeds")
    worlds.cycle(world)
    (waits,) = worlds.problems(world)
    assert (waits["outcome"], waits["code"]) == ("waiting", "waits_for_lookup")
    assert "NEW" in waits["message"]
    row = worlds.account_of(world, pair)
    assert (row["_ownerid_value"], row["address1_city"]) == (owner, "Leeds")


@pytest.mark.conforms("139183.PrioritizedMappingListOrder")
def test_a_customer_met_before_what_it_refers_to_goes_through_without_any_order_of_mappings() -> None:
    world = worlds.synced()
    body = {"code": "SEK", "displayName": "Swedish krona"}
    currency = world.person_in_bc().call("POST", "currencies", body)["id"]
    title = world.bc.env.companies[world.at.connection.company_id].name
    control.set_exchange_rate(
        world.bc.env,
        {
            "company": title,
            "currencyCode": "SEK",
            "exchangeRateAmount": 100,
            "relationalExchangeRateAmount": 8,
        },
    )
    worlds.edit_bc(world, worlds.pair(world), currencyId=currency)
    disabled = world.at.schedules.change("CURRENCY", 60, disabled_because="later")
    worlds.cycle(world)
    assert worlds.codes(world) == ["waits_for_lookup"]
    world.at.schedules.change("CURRENCY", disabled.interval_s, disabled_because="")
    worlds.cycles(world, 2)
    assert worlds.problems(world) == []
    coupled = scenes.coupled(world, "CURRENCY", Side.BC, currency)
    assert coupled is not None
    row = worlds.account_of(world, worlds.pair(world))
    assert row["_transactioncurrencyid_value"] == coupled.sales_id


def _currency(world: World, code: str) -> dict[str, Any]:
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    (found,) = [each for each in rows if each["isocurrencycode"] == code]
    return dict(found)


def _set_rate(world: World, code: str, amount: float, relational: float) -> None:
    title = world.bc.env.companies[world.at.connection.company_id].name
    names = {"exchangeRateAmount": amount, "relationalExchangeRateAmount": relational}
    control.set_exchange_rate(world.bc.env, {"company": title, "currencyCode": code, **names})


@pytest.mark.conforms(
    "139173.TestGetCRMLCYToFCYExchangeRate",
    "139173.TestGetFCYtoLCYExchangeRate",
    "139160.EnableConnectionShouldFailIfBaseCurrencyNotEqualLCY",
)
def test_rates_are_given_towards_the_base_currency_of_the_organisation() -> None:
    """The base is USD and the local currency GBP: 2 USD and 4 EUR for one GBP make 2 EUR for one USD."""
    world = worlds.synced()
    _set_rate(world, "USD", 200, 100)
    _set_rate(world, "EUR", 400, 100)
    worlds.cycles(world, 2)
    assert Decimal(str(_currency(world, "EUR")["exchangerate"])) == 2
    assert Decimal(str(_currency(world, "GBP")["exchangerate"])) == Decimal("0.5")


@pytest.mark.conforms("139173.TestGetLCYtoLCYExchangeRate")
def test_the_base_currency_has_the_rate_one() -> None:
    world = worlds.synced()
    assert Decimal(str(_currency(world, "USD")["exchangerate"])) == 1


@pytest.mark.bulk
@pytest.mark.conforms("139173.TestFindNAVLocalCurrencyInCRMCreate")
def test_a_local_currency_that_is_missing_in_sales_is_created_and_coupled() -> None:
    world = worlds.new_world()
    before = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    assert "GBP" not in {each["isocurrencycode"] for each in before}
    worlds.full(world)
    local = scenes.coupled(world, "CURRENCY", Side.BC, ZERO_ID)
    assert local is not None
    assert local.sales_id == _currency(world, "GBP")["transactioncurrencyid"]


@pytest.mark.bulk
@pytest.mark.conforms("139173.TestFindNAVLocalCurrencyInCRMGet")
def test_a_local_currency_that_sales_has_is_coupled_and_not_created() -> None:
    gbp = {
        "transactioncurrencyid": "c0000000-0000-4000-8000-000000000001",
        "isocurrencycode": "GBP",
        "currencyname": "Pound",
        "currencysymbol": "£",
        "exchangerate": 0.8,
        "currencyprecision": 2,
    }
    setup = worlds.sales_setup()["transactioncurrency"]
    world = worlds.new_world(sales={"transactioncurrency": [*setup, gbp]})
    worlds.full(world)
    local = scenes.coupled(world, "CURRENCY", Side.BC, ZERO_ID)
    assert local is not None
    assert local.sales_id == _currency(world, "GBP")["transactioncurrencyid"] == gbp["transactioncurrencyid"]


@pytest.mark.conforms("139182.CoupleCurrencyFailsIfNoExchangeRate")
def test_a_currency_without_a_rate_is_not_created_and_says_why() -> None:
    world = worlds.synced()
    world.person_in_bc().call("POST", "currencies", {"code": "SEK", "displayName": "Swedish krona"})
    worlds.cycle(world)
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    assert "SEK" not in {each["isocurrencycode"] for each in rows}
    (problem,) = worlds.problems(world, "CURRENCY")
    assert "rate" in problem["message"].lower()


@pytest.mark.conforms("139165.UncoupledRecordFoundInFindRecord")
def test_a_row_with_the_code_of_a_new_currency_is_coupled_and_updated_instead_of_a_second_one() -> None:
    world = worlds.synced()
    body = {"isocurrencycode": "SEK", "currencyname": "krona", "currencysymbol": "kr", "exchangerate": 10,
            "currencyprecision": 2}  # fmt: skip
    row = world.person_in_sales.call("POST", "transactioncurrencies", body, prefer="return=representation")
    currency = world.person_in_bc().call(
        "POST", "currencies", {"code": "SEK", "displayName": "Swedish krona"}
    )
    _set_rate(world, "SEK", 400, 100)
    _set_rate(world, "USD", 200, 100)
    worlds.cycles(world, 2)
    pair = scenes.coupled(world, "CURRENCY", Side.BC, currency["id"])
    assert pair is not None
    assert pair.sales_id == row["transactioncurrencyid"]
    found = _currency(world, "SEK")
    assert (found["currencyname"], Decimal(str(found["exchangerate"]))) == ("Swedish krona", Decimal(2))


@pytest.mark.conforms("139165.CannotSynchAgainstMappingDirection")
def test_a_mapping_to_sales_is_never_written_back() -> None:
    world = worlds.synced()
    before = world.person_in_bc().call("GET", "currencies")["value"]
    euro = _currency(world, "EUR")["transactioncurrencyid"]
    world.person_in_sales.edit(f"transactioncurrencies({euro})", currencyname="Other")
    worlds.cycles(world, 2)
    line = worlds.full(world)["CURRENCY"]
    assert world.person_in_bc().call("GET", "currencies")["value"] == before
    assert (line["fromIntTableJobStatus"], line["fromSales"]["given"]) == ("", 0)


def _terms(world: World, code: str) -> tuple[str, int]:
    """Payment terms by code: BC's id and the option's number."""
    rows = world.person_in_bc().call("GET", "paymentTerms")["value"]
    bc_id = next(each["id"] for each in rows if each["code"] == code)
    pair = scenes.coupled(world, "PAYMENT TERMS", Side.BC, bc_id)
    assert pair is not None
    return bc_id, int(pair.sales_id)


@pytest.mark.conforms(
    "139180.SyncSingleCustomerCRMOptionFieldMapped", "139183.PaymentTermsMappedToPaymentTermsCodeEnum"
)
def test_a_code_of_a_customer_becomes_the_option_of_its_account() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    for code in ("CM", "14 DAYS"):
        bc_id, option = _terms(world, code)
        worlds.edit_bc(world, pair, paymentTermsId=bc_id)
        worlds.cycle(world)
        assert worlds.account_of(world, pair)[CHOICE] == option


@pytest.mark.conforms("139180.SyncSingleAccountCRMOptionFieldMapped")
def test_an_option_of_an_account_becomes_the_code_of_its_customer() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    for code in ("CM", "14 DAYS"):
        bc_id, option = _terms(world, code)
        worlds.edit_sales(world, pair, **{CHOICE: option})
        worlds.cycle(world)
        assert worlds.customer_of(world, pair)["paymentTermsId"] == bc_id


@pytest.mark.conforms("139183.ShipmentMethodMappedToFreightTermsCodeEnum")
def test_a_shipment_method_becomes_the_freight_terms_of_its_account() -> None:
    world = worlds.synced()
    pair = worlds.pair(world)
    for each in world.person_in_bc().call("GET", "shipmentMethods")["value"]:
        coupled = scenes.coupled(world, "SHIPMENT METHOD", Side.BC, each["id"])
        assert coupled is not None
        worlds.edit_bc(world, pair, shipmentMethodId=each["id"])
        worlds.cycle(world)
        assert worlds.account_of(world, pair)["address1_freighttermscode"] == int(coupled.sales_id)


@pytest.mark.conforms("139183.PrioritizedMappingListOrderShouldSkipTablesMappedToOption")
def test_codes_that_are_options_are_a_mapping_like_others_and_look_at_what_changed() -> None:
    world = worlds.synced()
    assert world.at.mappings["PAYMENT TERMS"].is_option_set
    world.person_in_bc().call("POST", "paymentTerms", {"code": "90 DAYS", "displayName": "Net 90"})
    worlds.cycle(world)
    (problem,) = worlds.problems(world, "PAYMENT TERMS")
    assert "90 DAYS" in problem["message"]


@pytest.mark.conforms("139173.TestGetCRMCurrencyDefaultPrecision")
@pytest.mark.parametrize(
    ("decimals", "precision"), [("0:0", 0), ("2:2", 2), ("3:3", 3), ("2:5", 4), ("4", 4), ("", 2), ("2:", 2)]
)
def test_a_new_currency_has_the_decimals_that_business_central_gives_it(
    decimals: str, precision: int
) -> None:
    company = worlds.company()
    yen = {"code": "JPY", "displayName": "Yen", "symbol": "¥", "amountDecimalPlaces": decimals}
    rate = {"currencyCode": "JPY", "startingDate": "2020-01-01", "exchangeRateAmount": 100}
    company.records["currencies"].append(yen)
    company.records["currencyExchangeRates"].append({**rate, "relationalExchangeRateAmount": 1})
    world = worlds.new_world([company], mappings=["CURRENCY"])
    worlds.full(world)
    rows = world.person_in_sales.call("GET", "transactioncurrencies")["value"]
    found = {each["isocurrencycode"]: each["currencyprecision"] for each in rows}
    assert found == {"EUR": 2, "GBP": 2, "JPY": precision, "USD": 2}
    assert worlds.codes(world, "CURRENCY") == []
