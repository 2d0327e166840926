"""What people do, and what must come of it.

Each trial makes its edits through the ordinary APIs and returns a check, which is called when Tandem has
looked: it gives sentences about what was found and raises DemoFailed where it is not as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from local.demo.failures import expect
from local.demo.stage import Stage

type Check = Callable[[], Iterator[str]]
type Record = dict[str, Any]

MERGED, CONTESTED = "10000", "61000"
"""Customers that are edited, by number: The Cannon Group PLC and Fairway Sound."""
PHONE_IN_BC, PHONE_IN_SALES = "+44 20 7946 0101", "+44 20 7946 0202"
MAIL = "orders@cannon.example"
NEW_ACCOUNT, NEW_CUSTOMER = "Larkspur Interiors", "Tamarind Trading Ltd."
LOST_IN_SALES, LOST_IN_BC = "Quillon Fabrics Ltd.", "Quince and Partners"
CURRENCY, RISE = "EUR", 1.02
"""The currency whose rate is changed, and what its rate is multiplied with."""
TOLERANCE = 1e-6


def pair(stage: Stage, number: str) -> tuple[str, str]:
    """BC id and Sales id of a coupled customer.  Raises DemoFailed when it is not coupled."""
    customer = one(stage.customers(), "number", number)
    found = [each for each in stage.couplings("CUSTOMER") if each.bc_id == customer["id"]]
    expect(len(found) == 1, f"Customer {number} should be coupled with exactly one account.")
    return found[0].bc_id, found[0].sales_id


def one(records: list[Record], field: str, value: str) -> Record:
    """The only record with this value.  Raises DemoFailed when there is none, or more than one."""
    found = [each for each in records if each.get(field) == value]
    expect(
        len(found) == 1, f"There should be exactly one record with {field} “{value}”; there are {len(found)}."
    )
    return found[0]


def two_people(stage: Stage) -> Check:
    """A phone number in one system, an e-mail address of the same customer in the other."""
    people, (bc_id, sales_id) = stage.environment.people, pair(stage, MERGED)
    people.bc.patch("customers", bc_id, {"phoneNumber": PHONE_IN_BC})
    people.sales.patch("accounts", sales_id, {"emailaddress1": MAIL})

    def check() -> Iterator[str]:
        customer, account = _both(stage, bc_id, sales_id)
        expect(
            customer["email"] == MAIL, f"Business Central should have got {MAIL}, it has {customer['email']}."
        )
        expect(account.get("telephone1") == PHONE_IN_BC, "Sales should have got the phone number.")
        expect(
            customer["phoneNumber"] == PHONE_IN_BC, "The phone number should still be in Business Central."
        )
        expect(account["emailaddress1"] == MAIL, "The e-mail address should still be in Sales.")
        yield f"Both sides now hold {PHONE_IN_BC} and {MAIL}: two people, no conflict."

    return check


def same_field(stage: Stage) -> Check:
    """Two phone numbers for the same customer."""
    people, (bc_id, sales_id) = stage.environment.people, pair(stage, CONTESTED)
    people.bc.patch("customers", bc_id, {"phoneNumber": PHONE_IN_BC})
    people.sales.patch("accounts", sales_id, {"telephone1": PHONE_IN_SALES})

    def check() -> Iterator[str]:
        customer, account = _both(stage, bc_id, sales_id)
        kept = customer["phoneNumber"], account["telephone1"]
        expect(
            kept == (PHONE_IN_BC, PHONE_IN_SALES), "Both values should have stayed where people wrote them."
        )
        listed = [each for each in stage.problems("conflict") if each["details"].get("bc_id") == bc_id]
        expect(len(listed) == 1, f"GET /api/problems should list the conflict of customer {CONTESTED} once.")
        phone = listed[0]["details"]["fields"]["phone"]
        values = phone["bc"]["phone"], phone["sales"]["phone"]
        expect(values == (PHONE_IN_BC, PHONE_IN_SALES), "The conflict should name both values.")
        yield (
            f"Nothing is overwritten: Business Central keeps {values[0]}, Sales keeps {values[1]}, and the "
            "conflict is listed with both values for a person to decide."
        )

    return check


def new_account(stage: Stage) -> Check:
    """A salesperson enters a new customer."""
    values = {"name": NEW_ACCOUNT, "customertypecode": 3, "emailaddress1": "hello@larkspur.example"}
    made = stage.environment.people.sales.create("accounts", values)

    def check() -> Iterator[str]:
        customer = one(stage.customers(), "displayName", NEW_ACCOUNT)
        bc_id, sales_id = pair(stage, customer["number"])
        expect(
            sales_id == made["accountid"], f"{NEW_ACCOUNT} should be coupled with the account it came from."
        )
        _, account = _both(stage, bc_id, sales_id)
        same = account.get("accountnumber") == customer["number"]
        expect(same, "Sales should have got the number of the new customer.")
        yield f"{NEW_ACCOUNT} is customer {customer['number']} now, and Sales knows that number."

    return check


def new_customer(stage: Stage) -> Check:
    """A bookkeeper enters a new customer."""
    values = {"displayName": NEW_CUSTOMER, "email": "hello@tamarind.example", "country": "GB"}
    made = stage.environment.people.bc.create("customers", values)

    def check() -> Iterator[str]:
        account = one(stage.accounts(), "name", NEW_CUSTOMER)
        expect(pair(stage, made["number"])[1] == account["accountid"], f"{NEW_CUSTOMER} should be coupled.")
        expect(
            account.get("accountnumber") == made["number"], "The account should have the customer's number."
        )
        yield f"{NEW_CUSTOMER} is an account now, with account number {made['number']}."

    return check


def new_rate(stage: Stage) -> Check:
    """A bookkeeper enters an exchange rate."""
    before = one(stage.sales("transactioncurrency"), "isocurrencycode", CURRENCY)["exchangerate"]
    stage.environment.bc_control.exchange_rate(
        stage.company, CURRENCY, RISE * in_local_currency(stage, CURRENCY)
    )

    def check() -> Iterator[str]:
        after = one(stage.sales("transactioncurrency"), "isocurrencycode", CURRENCY)["exchangerate"]
        base = base_currency(stage)
        wanted = in_local_currency(stage, base) / in_local_currency(stage, CURRENCY)
        expect(after != before, f"Sales should have got a new rate of {CURRENCY}.")
        close = abs(after - wanted) <= TOLERANCE * wanted
        expect(close, f"The rate of {CURRENCY} in Sales should be {wanted:.6f}, it is {after:.6f}.")
        yield f"Sales had {before:.6f} {CURRENCY} for 1 {base}; it has {after:.6f} now, as the new rate says."

    return check


def base_currency(stage: Stage) -> str:
    """The code of the currency that Sales gives all rates towards."""
    base = stage.sales("organization")[0]["_basecurrencyid_value"]
    found = one(stage.sales("transactioncurrency"), "transactioncurrencyid", base)
    return str(found["isocurrencycode"])


def in_local_currency(stage: Stage, code: str) -> float:
    """What one of a currency is worth in the company's own, by the only rate of the published records."""
    rate = one(stage.bc("currencyExchangeRates"), "currencyCode", code)
    return float(rate["relationalExchangeRateAmount"] / rate["exchangeRateAmount"])


def lost_in_sales(stage: Stage) -> Iterator[str]:
    """Sales creates an account and the answer is lost on its way."""
    control = stage.environment.sales_control
    values = {"displayName": LOST_IN_SALES, "email": "hello@quillon.example"}
    made = stage.environment.people.bc.create("customers", values)
    control.fail_next("answer_lost", "POST", r"\$batch|CreateMultiple")
    failure = f"{LOST_IN_SALES} should be coupled with the account that was created."
    looks = stage.look_until(lambda: _is_coupled(stage, made["id"]), failure, "CUSTOMER")
    yield from _fault_fired(control.get("faults"), "Sales")
    account = one(stage.accounts(), "name", LOST_IN_SALES)
    expect(pair(stage, made["number"])[1] == account["accountid"], failure)
    yield f"{LOST_IN_SALES} is there once and coupled, after {_looks(looks)}."


def lost_in_bc(stage: Stage) -> Iterator[str]:
    """Business Central creates a customer and the answer is lost on its way."""
    control = stage.environment.bc_control
    values = {"name": LOST_IN_BC, "customertypecode": 3, "emailaddress1": "hello@quince.example"}
    made = stage.environment.people.sales.create("accounts", values)
    control.fail_next("answer_lost", "POST", r"\$batch")
    stage.look("CUSTOMER")
    yield from _fault_fired(control.get("faults"), "Business Central")
    one(stage.customers(), "displayName", LOST_IN_BC)
    waiting = [each for each in stage.problems("outcome_unknown") if each["id"] == made["accountid"]]
    if waiting:
        yield f"Tandem lists the account as waiting: {waiting[0]['message']}"
    failure = f"{LOST_IN_BC} should be coupled with the customer that was created."
    looks = stage.look_until(lambda: _settled(stage, made["accountid"]), failure, "CUSTOMER")
    customer = one(stage.customers(), "displayName", LOST_IN_BC)
    one(stage.accounts(), "name", LOST_IN_BC)
    expect(pair(stage, customer["number"])[1] == made["accountid"], failure)
    number = customer["number"]
    yield f"{LOST_IN_BC} is there once, as customer {number}, and coupled, after {_looks(1 + looks)}."


def _fault_fired(report: Record, system: str) -> Iterator[str]:
    fired = report["fired"]["answer_lost"] == 1 and report["waiting"] == 0
    expect(fired, f"One answer of {system} should have been lost; none was.")
    yield f"{system} has created the record; its answer was lost on the way."


def _is_coupled(stage: Stage, bc_id: str) -> bool:
    return any(each.bc_id == bc_id for each in stage.couplings("CUSTOMER"))


def _settled(stage: Stage, sales_id: str) -> bool:
    coupled = any(each.sales_id == sales_id for each in stage.couplings("CUSTOMER"))
    return coupled and not stage.problems("outcome_unknown")


def _looks(number: int) -> str:
    return "one look" if number == 1 else f"{number} looks"


def _both(stage: Stage, bc_id: str, sales_id: str) -> tuple[Record, Record]:
    return one(stage.customers(), "id", bc_id), one(stage.accounts(), "accountid", sales_id)
