"""The body and headers of a webhook call: the RemoteExecutionContext as JSON.

Microsoft docs: data-platform/use-webhooks, write-plugin-azure RemoteExecutionContext.  A Create or
Update carries the columns written; a Delete only a reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.simulators.dataverse.organisation import Event, Organisation
from local.simulators.dataverse.schema import CHOICE_TYPES, Column, Table

MAX_BODY_BYTES = 256 * 1024
DROPPED_WHEN_TOO_LARGE = ("ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages")
_CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"


def notification(org: Organisation, event: Event, step_id: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of the call for one event."""
    correlation_id = org.new_id()
    context = _context(org, event, step_id, correlation_id)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-ms-dynamics-organization": org.options.org_url.partition("://")[2].rstrip("/"),
        "x-ms-dynamics-entity-name": event.table,
        "x-ms-dynamics-request-name": event.message,
        "x-ms-correlation-request-id": correlation_id,
    }
    body = _escaped(context)
    if len(body) > MAX_BODY_BYTES:
        headers["x-ms-dynamics-msg-size-exceeded"] = "true"
        body = _escaped(
            {name: value for name, value in context.items() if name not in DROPPED_WHEN_TOO_LARGE}
        )
    return headers, body


def _escaped(context: Mapping[str, Any]) -> bytes:
    """JSON with slashes escaped, as the service's serializer writes it."""
    return json.dumps(context, default=float).replace("/", "\\/").encode()


def _context(org: Organisation, event: Event, step_id: str, correlation_id: str) -> dict[str, Any]:
    caller = event.caller
    shared = [{"key": "tag", "value": caller.shared_tag}] if caller.shared_tag else []
    return {
        "BusinessUnitId": org.business_unit_id,
        "CorrelationId": correlation_id,
        "Depth": 1,
        "InitiatingUserId": caller.real_id or caller.user_id,
        "InputParameters": [{"key": "Target", "value": _target(org, event)}],
        "IsExecutingOffline": False,
        "IsInTransaction": False,
        "IsOfflinePlayback": False,
        "IsolationMode": 1,
        "MessageName": event.message,
        "Mode": 1,
        "OperationCreatedOn": f"/Date({int(event.time * 1000)}+0000)/",
        "OperationId": org.new_id(),
        "OrganizationId": org.organisation_id,
        "OrganizationName": org.options.org_name,
        "OutputParameters": [],
        "OwningExtension": _reference("sdkmessageprocessingstep", step_id),
        "ParentContext": None,
        "PostEntityImages": [],
        "PreEntityImages": [],
        "PrimaryEntityId": event.row_id,
        "PrimaryEntityName": event.table,
        "RequestId": None,
        "SecondaryEntityName": "none",
        "SharedVariables": shared,
        "Stage": 40,
        "UserId": caller.user_id,
    }


def _target(org: Organisation, event: Event) -> dict[str, Any]:
    if event.message == "Delete":
        return {"__type": f"EntityReference:{_CONTRACTS}", **_reference(event.table, event.row_id)}
    table = org.schema.tables[event.table]
    attributes = [
        {"key": column.name, "value": _value(column, value, event.kinds)}
        for name, value in event.changed.items()
        if (column := _column(table, name)) is not None
    ]
    attributes.append({"key": table.id_name, "value": event.row_id})
    attributes.append({"key": "modifiedon", "value": f"/Date({int(event.time) * 1000})/"})
    attributes.append({"key": "modifiedby", "value": _typed_reference("systemuser", event.caller.user_id)})
    return {
        "__type": f"Entity:{_CONTRACTS}",
        "Attributes": attributes,
        "EntityState": None,
        "FormattedValues": [],
        "Id": event.row_id,
        "KeyAttributes": [],
        "LogicalName": event.table,
        "RelatedEntities": [],
        "RowVersion": None,
    }


def _column(table: Table, read_name: str) -> Column | None:
    return table.by_read_name.get(read_name)


def _value(column: Column, value: Any, kinds: Mapping[str, str]) -> Any:
    if value is None:
        return None
    if column.is_lookup:
        return _typed_reference(kinds.get(column.read_name) or column.targets[0], value)
    if column.type in CHOICE_TYPES:
        return {"__type": f"OptionSetValue:{_CONTRACTS}", "Value": value}
    if column.type == "Money":
        return {"__type": f"Money:{_CONTRACTS}", "Value": value}
    if column.type == "DateTime":
        moment = datetime.fromisoformat(value if "T" in value else f"{value}T00:00:00Z")
        return f"/Date({int(moment.timestamp()) * 1000})/"
    return value


def _typed_reference(table: str, row_id: str) -> dict[str, Any]:
    return {"__type": f"EntityReference:{_CONTRACTS}", **_reference(table, row_id)}


def _reference(table: str, row_id: str) -> dict[str, Any]:
    return {"Id": row_id, "KeyAttributes": [], "LogicalName": table, "Name": None, "RowVersion": None}
