"""Unbound functions and actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.simulators.dataverse import order_actions, quote_actions
from local.simulators.dataverse.actions import lose_opportunity, unlock_invoice_pricing, win_opportunity
from local.simulators.dataverse.errors import bad_request, row_missing
from local.simulators.dataverse.literals import text_array
from local.simulators.dataverse.merging import merge
from local.simulators.dataverse.metadata import insert_option_value
from local.simulators.dataverse.replies import Operation, Route, json_reply, no_content
from local.simulators.dataverse.solutions import SOLUTION_ACTIONS
from local.simulators.wire import Response

VERSION = "9.2.24064.00213"


def who_am_i(operation: Operation) -> Response:
    """The caller's user, business unit and organisation."""
    org = operation.org
    row = org.store.get("systemuser", operation.caller.user_id)
    unit = row.values.get("_businessunitid_value") if row else None
    return json_reply(
        200,
        {
            "@odata.context": _context(operation, "WhoAmIResponse"),
            "BusinessUnitId": unit or org.business_unit_id,
            "UserId": operation.caller.user_id,
            "OrganizationId": org.organisation_id,
        },
    )


def current_organisation(operation: Operation) -> Response:
    """RetrieveCurrentOrganization: names and addresses of the environment."""
    org = operation.org
    detail: dict[str, Any] = {
        "OrganizationId": org.organisation_id,
        "FriendlyName": org.options.org_name,
        "OrganizationVersion": VERSION,
        "EnvironmentId": org.fixed_id("environment"),
        "UniqueName": f"unq{org.organisation_id.replace('-', '')[:24]}",
        "UrlName": org.options.org_name,
        "TenantId": org.people.tenant_id,
        "State": "Enabled",
        "Endpoints": {"Count": 1, "Keys": ["WebApplication"], "Values": [f"{org.options.org_url}/"]},
    }
    body = {"@odata.context": _context(operation, "RetrieveCurrentOrganizationResponse"), "Detail": detail}
    return json_reply(200, body)


def total_record_count(operation: Operation) -> Response:
    """RetrieveTotalRecordCount of several tables (the service answers from a snapshot up to a day old)."""
    org = operation.org
    names = text_array(_parameters(operation).get("EntityNames", ""))
    if unknown := [name for name in names if name not in org.schema.tables]:
        raise bad_request(f"The entities {unknown} do not exist.")
    counts = [len(org.store.tables[name].rows) for name in names]
    collection = {"Count": len(names), "IsReadOnly": False, "Keys": names, "Values": counts}
    context = _context(operation, "RetrieveTotalRecordCountResponse")
    return json_reply(200, {"@odata.context": context, "EntityRecordCountCollection": collection})


def exchange_rate(operation: Operation) -> Response:
    """RetrieveExchangeRate of a currency: its units per unit of the base currency."""
    currency_id = _parameters(operation).get("TransactionCurrencyId", "").lower()
    operation.org.people.require(operation.caller, "read", "transactioncurrency")
    row = operation.org.store.get("transactioncurrency", currency_id)
    if row is None:
        raise row_missing("transactioncurrency", currency_id)
    context = _context(operation, "RetrieveExchangeRateResponse")
    return json_reply(200, {"@odata.context": context, "ExchangeRate": row.values["exchangerate"]})


def version(operation: Operation) -> Response:
    """RetrieveVersion."""
    body = {"@odata.context": _context(operation, "RetrieveVersionResponse"), "Version": VERSION}
    return json_reply(200, body)


def publish(operation: Operation) -> Response:
    """PublishXml and PublishAllXml: metadata here is published at once."""
    operation.org.people.require_customizer(operation.caller)
    return no_content()


def _parameters(operation: Operation) -> Mapping[str, str]:
    query = operation.address.query
    keys = operation.address.segments[0].keys
    return {name: query.get(value, value) if re.match("@", value) else value for name, value in keys}


def _context(operation: Operation, response_type: str) -> str:
    return f"{operation.org.base_url}/$metadata#Microsoft.Dynamics.CRM.{response_type}"


FUNCTIONS: Mapping[str, Route] = {
    "WhoAmI": who_am_i,
    "RetrieveCurrentOrganization": current_organisation,
    "RetrieveTotalRecordCount": total_record_count,
    "RetrieveExchangeRate": exchange_rate,
    "RetrieveVersion": version,
}
ACTIONS: Mapping[str, Route] = {
    **SOLUTION_ACTIONS,
    "CancelSalesOrder": order_actions.cancel,
    "CloseQuote": quote_actions.close,
    "ConvertQuoteToSalesOrder": quote_actions.convert,
    "InsertOptionValue": insert_option_value,
    "LoseOpportunity": lose_opportunity,
    "Merge": merge,
    "PublishXml": publish,
    "PublishAllXml": publish,
    "ReviseQuote": quote_actions.revise,
    "UnlockInvoicePricing": unlock_invoice_pricing,
    "WinOpportunity": win_opportunity,
    "WinQuote": quote_actions.win,
}
