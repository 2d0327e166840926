"""CreateMultiple, UpdateMultiple and UpsertMultiple; DeleteMultiple is refused.

Microsoft docs: data-platform/bulk-operations.  On these (standard) tables a call is all or nothing, and
the error does not say which target failed.  Versions are not checked: ``If-Match`` has no effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.simulators.dataverse import writing
from local.simulators.dataverse.addresses import Segment, row_of
from local.simulators.dataverse.bodies import key_row_id, key_values
from local.simulators.dataverse.errors import UNEXPECTED, bad_request, row_missing
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.values import GUID
from local.simulators.wire import Response

Target = dict[str, Any]


def bulk(operation: Operation, table: Table, message: str) -> Response:
    """Run a bulk message on a set.  Raises ``Refused``."""
    if message == "DeleteMultiple":
        raise bad_request("DeleteMultiple has not yet been implemented.")
    if not operation.org.options.bulk.get(table.name, False):
        raise bad_request(f"The {message} message is not supported for the entity '{table.name}'.")
    targets = targets_of(operation.body(), table)
    with operation.org.transaction():
        return _MESSAGES[message](operation, table, targets)


def targets_of(body: dict[str, Any], table: Table) -> list[Target]:
    """The targets sent, each with its ``@odata.type``.  Raises ``Refused``."""
    targets = body.get("Targets")
    if not isinstance(targets, list) or not targets or body.keys() != {"Targets"}:
        raise bad_request("The request must have the parameter 'Targets' with at least one entity.")
    for target in targets:
        if not isinstance(target, dict) or "@odata.type" not in target:
            raise bad_request(
                "Does not support untyped value in non-open type: each entity in Targets needs "
                f"'@odata.type': 'Microsoft.Dynamics.CRM.{table.name}'."
            )
    return targets


def _create_all(operation: Operation, table: Table, targets: list[Target]) -> Response:
    org = operation.org
    if nested := sorted({name for each in targets for name in each if name in table.collections}):
        raise bad_request(f"Nested entities ('{nested[0]}') are not accepted within CreateMultiple here.")
    ids = [writing.create(org, operation.caller, table, target).id for target in targets]
    context = f"{org.base_url}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse"
    return json_reply(200, {"@odata.context": context, "Ids": ids})


def _update_all(operation: Operation, table: Table, targets: list[Target]) -> Response:
    for target in targets:
        row_id, segment = _identity(operation, table, target)
        row = operation.org.store.get_to_write(table.name, row_id) if row_id else None
        if row is None:
            raise row_missing(table.name, row_id or (segment.raw if segment else "(none)"))
        writing.update(operation.org, operation.caller, table, row, _plain(target))
    return no_content()


def _upsert_all(operation: Operation, table: Table, targets: list[Target]) -> Response:
    org = operation.org
    for target in targets:
        row_id, segment = _identity(operation, table, target)
        row = org.store.get_to_write(table.name, row_id) if row_id else None
        keys = key_values(table, segment.keys) if segment else {}
        body = _plain(target)
        if row is not None:
            writing.update(org, operation.caller, table, row, _without(body, keys))
        elif keys.keys() & body.keys():
            raise bad_request("An unexpected error occurred.", UNEXPECTED)
        else:
            writing.create(org, operation.caller, table, body, row_id=row_id, keys=keys)
    return no_content()


def _identity(operation: Operation, table: Table, target: Target) -> tuple[str | None, Segment | None]:
    """The row a target names, by primary id or ``@odata.id``; with the address where it has keys."""
    row_id = target.get(table.id_name)
    if isinstance(row_id, str) and GUID.fullmatch(row_id):
        return row_id.lower(), None
    segment = row_of(str(target["@odata.id"])) if "@odata.id" in target else None
    if segment is None or segment.name != table.set_name:
        raise bad_request(f"An entity in Targets names no row: set '{table.id_name}' or '@odata.id'.")
    if segment.row_id:
        return segment.row_id, None
    return key_row_id(operation.org, table, segment.keys), segment


def _plain(target: Target) -> Target:
    return {name: value for name, value in target.items() if name != "@odata.id"}


def _without(body: Target, keys: dict[str, Any]) -> Target:
    return {name: value for name, value in body.items() if name not in keys}


_MESSAGES: dict[str, Callable[[Operation, Table, list[Target]], Response]] = {
    "CreateMultiple": _create_all,
    "UpdateMultiple": _update_all,
    "UpsertMultiple": _upsert_all,
}
BULK_NAMES = frozenset({*_MESSAGES, "DeleteMultiple"})
