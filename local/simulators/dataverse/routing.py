"""Which function answers which address and method."""

from __future__ import annotations

from local.simulators.dataverse import functions, metadata, sets, single
from local.simulators.dataverse.actions import BOUND_ACTIONS, CRM
from local.simulators.dataverse.addresses import Segment
from local.simulators.dataverse.bulk import BULK_NAMES, bulk
from local.simulators.dataverse.errors import GENERAL, Refused, bad_request, not_simulated, segment_missing
from local.simulators.dataverse.order_actions import SET_ACTIONS
from local.simulators.dataverse.replies import Operation, json_reply
from local.simulators.dataverse.role_routes import handle_roles, is_about_roles
from local.simulators.dataverse.schema import Table
from local.simulators.wire import Response

_SINGLE = {"GET": single.read_row, "PATCH": single.change_row, "DELETE": single.delete_row}
_PROPERTY = {"GET": single.read_property, "PUT": single.put_property, "DELETE": single.clear_property}
_LINK = {"PUT": single.put_link, "POST": single.put_link, "DELETE": single.clear_link}


def route(operation: Operation) -> Response:
    """Answer one operation (not a batch).  Raises ``Refused``."""
    segments = operation.address.segments
    if not segments:
        return _service_document(operation)
    first = segments[0]
    if first.name == "$metadata":
        raise not_simulated("The $metadata document")
    if first.name == "EntityDefinitions":
        return metadata.handle_definitions(operation)
    table = operation.org.schema.by_set.get(first.name)
    if table is None:
        return _unbound(operation, first)
    return _set(operation, table, segments[1:]) if not first.has_key else _row(operation, table, segments)


def _unbound(operation: Operation, segment: Segment) -> Response:
    method = operation.request.method
    known = functions.FUNCTIONS if method == "GET" else functions.ACTIONS if method == "POST" else {}
    found = known.get(segment.name)
    if found is None or len(operation.address.segments) > 1:
        raise segment_missing(segment.name)
    return found(operation)


def _set(operation: Operation, table: Table, rest: tuple[Segment, ...]) -> Response:
    method = operation.request.method
    if not rest:
        if method == "GET":
            return sets.read_set(operation, table)
        if method == "POST":
            return sets.create_row(operation, table)
        raise _method_not_allowed(method)
    name = rest[0].name
    if name == "$count" and method == "GET":
        return sets.count_set(operation, table)
    if name.removeprefix(CRM) in BULK_NAMES and method == "POST":
        if not name.startswith(CRM):
            raise bad_request("Request message has unresolved parameters.")
        return bulk(operation, table, name.removeprefix(CRM))
    action = SET_ACTIONS.get((table.name, name.removeprefix(CRM)))
    if action and name.startswith(CRM) and method == "POST":
        return action(operation)
    raise segment_missing(name)


def _row(operation: Operation, table: Table, segments: tuple[Segment, ...]) -> Response:
    method, row = operation.request.method, segments[0]
    if len(segments) == 1:
        if method not in _SINGLE:
            raise _method_not_allowed(method)
        return _SINGLE[method](operation, table, row)
    if is_about_roles(table, segments):
        return handle_roles(operation, table, segments)
    if _is_bound_action(operation, table, segments):
        return _bound(operation, table, row, segments[1].name)
    handlers = _PROPERTY if len(segments) == 2 else _LINK
    if len(segments) > 3 or (len(segments) == 3 and segments[2].name != "$ref"):
        raise segment_missing(segments[2].name)
    if method not in handlers:
        raise _method_not_allowed(method)
    return handlers[method](operation, table, row, segments[1].name)


def _is_bound_action(operation: Operation, table: Table, segments: tuple[Segment, ...]) -> bool:
    posted = operation.request.method == "POST" and len(segments) == 2
    return posted and (table.name, segments[1].name.removeprefix(CRM)) in BOUND_ACTIONS


def _bound(operation: Operation, table: Table, row: Segment, name: str) -> Response:
    """An action bound to a row; it is addressed with its namespace."""
    if not name.startswith(CRM):
        raise bad_request("Request message has unresolved parameters.")
    return BOUND_ACTIONS[table.name, name.removeprefix(CRM)](operation, table, row)


def _method_not_allowed(method: str) -> Refused:
    return Refused(405, GENERAL, f"The requested resource does not support http method '{method}'.")


def _service_document(operation: Operation) -> Response:
    org = operation.org
    sets_known = [
        {"name": table.set_name, "kind": "EntitySet", "url": table.set_name}
        for table in org.schema.tables.values()
    ]
    return json_reply(200, {"@odata.context": f"{org.base_url}/$metadata", "value": sets_known})
