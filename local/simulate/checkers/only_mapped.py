"""I7: we write only mapped fields, only in their direction, and only on records of our tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local.simulate.evidence import Evidence
from local.simulate.fields import Pair
from local.simulate.observing import Key, Write
from local.simulate.ordering import BOTH_WAYS, HEADERS
from local.simulate.policies import RULED

NAME = "I7 only mapped fields"
_OTHER_TABLES: Mapping[tuple[str, str], frozenset[str]] = {
    ("bc", "salespeoplePurchasers"): frozenset({"displayName", "email", "phoneNo"}),
    ("sales", "transactioncurrency"): frozenset({
        "isocurrencycode", "currencyname", "currencysymbol", "exchangerate", "currencyprecision",
        "tandem_companyid",
    }),
    ("bc", "salesOrders"): frozenset({
        "discountAmount", "totalAmountExcludingTax", "totalAmountIncludingTax",
    }),
    ("sales", "salesorder"): frozenset({"statecode", "statuscode", "datefulfilled"}),
    ("sales", "tandem_businesscentralorder"): frozenset({
        "tandem_number", "tandem_transfer", "tandem_reason", "tandem_status", "tandem_amount", "tandem_tax",
        "tandem_amountincludingtax", "tandem_promisedon", "tandem_shippedon",
    }),
    ("bc", "salesQuotes"): frozenset({
        "validUntilDate", "discountAmount", "totalAmountExcludingTax", "totalAmountIncludingTax",
    }),
    ("sales", "tandem_businesscentralquote"): frozenset({
        "tandem_number", "tandem_transfer", "tandem_reason", "tandem_status", "tandem_amount", "tandem_tax",
        "tandem_amountincludingtax",
    }),
    ("sales", "productpricelevel"): frozenset({
        "amount", "pricingmethodcode", "_transactioncurrencyid_value", "amount_base",
        "productnumber",
    }),
}  # fmt: skip
_OF_LINES = frozenset({
    "totalamount", "totalamountlessfreight", "totallineitemamount", "totallineitemdiscountamount", "totaltax",
    "totaldiscountamount", "pricingerrorcode", "freightamount", "discountamount", "discountpercentage",
})  # fmt: skip
"""What goes with the lines of an order: its freight and discount, and what Sales computes of all these, each
in the base currency, too."""
_ADDRESS = ("name", "line1", "line2", "postalcode", "city", "stateorprovince", "country", "composite")
_OF_HEADER = frozenset({
    "requestdeliveryby", "paymenttermscode", "freighttermscode", "shippingmethodcode", "description",
    "tandem_customerreference", "shipto_contactname",
    *(f"{which}_{part}" for which in ("shipto", "billto") for part in _ADDRESS),
})  # fmt: skip
"""What of an order goes both ways."""
_OF_ACCOUNTS = {
    "contact": "_parentcustomerid_value",
    **dict.fromkeys(("salesorder", "quote", "invoice", "opportunity"), "_customerid_value"),
}
"""The column by which a row belongs to an account."""
_DERIVED_SALES = frozenset({
    "fullname", "address1_composite", "yomifullname", "exchangerate", "creditlimit_base", "_accountid_value",
    "price_base", "standardcost_base", "currentcost_base",
    "_parentcontactid_value", "address1_addressid", "_owninguser_value", "_owningbusinessunit_value",
    "_owningteam_value", "_createdby_value", "composite",
})  # fmt: skip
"""What Sales computes when something else is written."""


def check(evidence: Evidence) -> list[str]:
    updates = [each for each in evidence.our_writes() if each.kind == "updated"]
    return [line for each in updates for line in _strange(evidence, each, updates)]


def _strange(evidence: Evidence, write: Write, updates: Sequence[Write]) -> list[str]:
    pair = evidence.pair_of(write.key)
    if pair is None:
        allowed = _OTHER_TABLES.get((write.key.side, write.key.table), frozenset())
    else:
        # Where rules changed, some writes were made under the ones before.
        allowed = _allowed(pair, write.key.side) | _allowed(evidence.pairs[pair.mapping], write.key.side)
    allowed |= _to_take_out_of_use(evidence, write.key) | _both_ways(evidence, write.key)
    if write.key.table == "customeraddress":
        allowed |= {"_ownerid_value"}  # Whoever writes an address, Sales gives it its account's owner.
    if write.key.table in _OF_ACCOUNTS and _follows_its_account(write, updates):
        allowed |= {"_ownerid_value"}
    extra = sorted(name for name in write.changed if name not in allowed and name not in _DERIVED_SALES)
    if not extra:
        return []
    return [f"{write.who} changed {extra} of {write.key.side} {write.key.table} {write.key.id}"]


def _both_ways(evidence: Evidence, key: Key) -> frozenset[str]:
    """What is written of orders that go both ways, and what follows from it."""
    goes_both_ways = BOTH_WAYS in evidence.simulation.incidents.plan.parts
    if not goes_both_ways or (key.side, key.table) != ("sales", HEADERS):
        return frozenset()
    return _OF_HEADER | _OF_LINES | {f"{name}_base" for name in _OF_LINES}


def _to_take_out_of_use(evidence: Evidence, key: Key) -> frozenset[str]:
    """What is written where a rule takes a record out of use whose partner was deleted."""
    policies = evidence.simulation.incidents.plan.policies
    return frozenset(
        name
        for pair in evidence.pairs.values()
        if pair.table(key.side) == key.table and policies.deletion_of(pair.mapping) == "deactivate"
        for name, _ in RULED[pair.mapping].out_of_use(key.side)
    )


def _follows_its_account(write: Write, updates: Sequence[Write]) -> bool:
    """Whether Sales gave a contact or a document the owner that its account was given by the same write: it
    assigns what belongs to an account together with it."""
    after = write.after or {}
    account = Key("sales", "", "account", str(after.get(_OF_ACCOUNTS[write.key.table])))
    owner = after.get("_ownerid_value")
    return any(
        each.key == account
        and each.at == write.at
        and each.changed.get("_ownerid_value", ("", ""))[1] == owner
        for each in updates
    )


def _allowed(pair: Pair, side: str) -> frozenset[str]:
    own = pair.allowed_bc if side == "bc" else pair.allowed_sales
    return own | {name for text in pair.texts for name in text.on(side)}
