"""Values that the service fills in itself: audit columns, names, addresses, amounts, states, owners."""

from __future__ import annotations

from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.bodies import Changes
from local.simulators.dataverse.business_errors import (
    BASE_AMOUNT_TOO_LARGE,
    BASE_AMOUNT_TOO_SMALL,
    CURRENCY_MISSING,
)
from local.simulators.dataverse.errors import bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.values import rounded, stored_number

CURRENCY = "_transactioncurrencyid_value"
BASE_AMOUNT_DIGITS = 4
ADDRESS_PARTS = ("line1", "line2", "line3", "city", "stateorprovince", "postalcode", "country")


def fill_new(org: Organisation, caller: Caller, table: Table, row_id: str, values: dict[str, Any]) -> None:
    """Fill a new row's id, audit columns, currency, addresses' ids and defaults."""
    for name, value in table.create_defaults.items():
        values.setdefault(name, value)
    values[table.id_name] = row_id
    stamp(org, caller, values, creating=True)
    if "overriddencreatedon" in values:
        values["createdon"] = values["overriddencreatedon"]
    if "transactioncurrencyid" in table.columns and table.name != "transactioncurrency":
        if values.get(CURRENCY) is None and org.base_currency_id is not None:
            values[CURRENCY] = org.base_currency_id
    for number in (1, 2, 3):
        if f"address{number}_addressid" in table.columns:
            values.setdefault(f"address{number}_addressid", org.new_id())


def stamp(org: Organisation, caller: Caller, values: dict[str, Any], *, creating: bool) -> None:
    """Set who wrote and when; an impersonator stands in the on-behalf columns."""
    for action in ("created", "modified") if creating else ("modified",):
        values[f"{action}on"] = org.now_text()
        values[f"_{action}by_value"] = caller.user_id
        if caller.real_id is not None:
            values[f"_{action}onbehalfby_value"] = caller.real_id
        else:
            values.pop(f"_{action}onbehalfby_value", None)


def fill_owner(
    org: Organisation,
    caller: Caller,
    table: Table,
    changes: Changes,
    values: dict[str, Any],
    kinds: dict[str, str],
) -> None:
    """The owner: as written, else the caller; with owning user, team and business unit."""
    if "ownerid" not in table.columns or not table.columns["ownerid"].create:
        return
    if values.get("_ownerid_value") is None:
        values["_ownerid_value"], kinds["_ownerid_value"] = caller.user_id, "systemuser"
    elif "_ownerid_value" in changes.values:
        _check_owner(org, table, kinds["_ownerid_value"], values["_ownerid_value"])
    elif "_owningbusinessunit_value" in values:
        return
    owner = values["_ownerid_value"]
    for name, value in owner_columns(org, table, kinds["_ownerid_value"], owner).items():
        set_or_clear(values, name, value)


def owner_columns(org: Organisation, table: Table, kind: str, owner: str) -> dict[str, Any]:
    """The owning user or team and the business unit that go with an owner; None clears."""
    row = org.store.get(kind, owner)
    unit = row.values.get("_businessunitid_value") if row else None
    columns = {
        "_owninguser_value": owner if kind == "systemuser" else None,
        "_owningteam_value": None if kind == "systemuser" else owner,
        "_owningbusinessunit_value": unit or org.business_unit_id,
    }
    return {name: value for name, value in columns.items() if name in table.by_read_name}


def fill_state(table: Table, changes: Changes, values: dict[str, Any]) -> None:
    """State and status reason as a pair that fits.  Raises ``Refused``."""
    if "statecode" not in table.columns:
        return
    states, reasons = table.columns["statecode"].options, table.columns["statuscode"].options
    state = values.setdefault("statecode", next(iter(states)))
    if values.get("statuscode") is None or (
        "statecode" in changes.values and "statuscode" not in changes.values
    ):
        values["statuscode"] = states[state].default_status
    if reasons[values["statuscode"]].state != state:
        raise bad_request(
            "State code is invalid or state code is valid but status code is invalid for a specified state "
            f"code: {values['statuscode']} does not belong to state code {state} on {table.name}.",
            errors.BAD_STATE,
        )


def fill_texts(org: Organisation, table: Table, written: Mapping[str, Any], values: dict[str, Any]) -> None:
    """Full names and composite addresses, where their parts were written."""
    if "fullname" in table.columns and not {"firstname", "middlename", "lastname"}.isdisjoint(written):
        parts = (values.get(name) for name in ("firstname", "middlename", "lastname"))
        set_or_clear(values, "fullname", " ".join(part for part in parts if part))
    for prefix in table.composites:
        if any(prefix + part in written for part in ADDRESS_PARTS):
            set_or_clear(values, f"{prefix}composite", _composite(values, prefix))


def fill_amounts(org: Organisation, table: Table, written: Container[str], values: dict[str, Any]) -> None:
    """Exchange rate and amounts in the base currency, taken when currency or an amount is written."""
    if (
        table.name == "transactioncurrency"
        or not {"exchangerate", "transactioncurrencyid"} <= table.columns.keys()
    ):
        return
    amounts = table.base_amounts
    touched = CURRENCY in written or any(name in written for name, _ in amounts)
    if "exchangerate" in values and not touched:
        return
    rate = org.rate_of(values)
    values["exchangerate"] = stored_number(rate)
    for name, base_name in amounts:
        amount = values.get(name)
        base = None if amount is None else rounded(Decimal(str(amount)) / rate, BASE_AMOUNT_DIGITS)
        _check_base_amount(table, base_name, base)
        set_or_clear(values, base_name, base)


def check_currency(table: Table, values: Mapping[str, Any]) -> None:
    """A row with amounts has a currency.  Raises ``Refused``."""
    if CURRENCY not in table.by_read_name or values.get(CURRENCY) is not None:
        return
    if any(values.get(name) is not None for name, _ in table.base_amounts):
        raise CURRENCY_MISSING.refused()


def _check_base_amount(table: Table, name: str, amount: float | Decimal | None) -> None:
    low, high = table.columns[name].minimum, table.columns[name].maximum
    value = None if amount is None else Decimal(str(amount))
    if value is not None and high is not None and value > Decimal(repr(high)):
        raise BASE_AMOUNT_TOO_LARGE.refused(name, f"{high:.0f}")
    if value is not None and low is not None and value < Decimal(repr(low)):
        raise BASE_AMOUNT_TOO_SMALL.refused(name, f"{low:.0f}")


def _check_owner(org: Organisation, table: Table, kind: str, owner_id: str) -> None:
    row = org.store.get(kind, owner_id)
    if row is not None and row.values.get("isdisabled"):
        raise bad_request("The specified owner has been disabled.", errors.OWNER_DISABLED)
    if not _may_own(org, table, kind, owner_id):
        raise bad_request(
            "Target user or team does not hold required privileges.", errors.OWNER_LACKS_PRIVILEGE
        )


def _may_own(org: Organisation, table: Table, kind: str, owner_id: str) -> bool:
    """Whether an owner may read the table: a team by its roles, a user who calls by what it was given."""
    if kind == "team":
        return "read" in org.people.roles.privileges(owner_id).get(table.name, frozenset())
    user = org.people.users.get(owner_id)
    return user is None or "read" in user.privileges.get(table.name, frozenset())


def _composite(values: Mapping[str, Any], prefix: str) -> str:
    def part(name: str) -> str:
        return values.get(prefix + name) or ""

    place = " ".join(filter(None, (part("stateorprovince"), part("postalcode"))))
    city_line = ", ".join(filter(None, (part("city"), place)))
    lines = (part("line1"), part("line2"), part("line3"), city_line, part("country"))
    return "\r\n".join(filter(None, lines))


def set_or_clear(values: dict[str, Any], name: str, value: Any) -> None:
    """Set a value; None and empty text clear it."""
    if value is None or value == "":
        values.pop(name, None)
    else:
        values[name] = value
