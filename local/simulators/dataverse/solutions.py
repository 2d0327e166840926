"""Importing solutions: at once, or in the background as an asynchronous operation.

Microsoft docs: power-platform/alm/solution-async, webapi/reference/importsolution, importsolutionasync.
A change of the schema makes change tokens of its tables expire.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.simulators.dataverse import errors
from local.simulators.dataverse.actions import parameters
from local.simulators.dataverse.added_tables import added_tables
from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.roles import known
from local.simulators.dataverse.schema import Key, custom_column
from local.simulators.dataverse.solution_file import SolutionFile, Unreadable, read_solution
from local.simulators.dataverse.values import GUID
from local.simulators.wire import Response

NEEDED = frozenset({"OverwriteUnmanagedCustomizations", "PublishWorkflows", "CustomizationFile"})
OPTIONAL = frozenset({"ConvertToManaged", "SkipProductUpdateDependencies", "HoldingSolution"})
LOCKED, COMPLETED, IN_PROGRESS, SUCCEEDED, FAILED = 2, 3, 20, 30, 31
IMPORT_SOLUTION = 202


@dataclass
class Import:
    """An import under way."""

    operation_id: str
    job_id: str
    due: float
    content: bytes


def import_solution(operation: Operation) -> Response:
    """ImportSolution: 204 once it is imported."""
    job_id, content = _wanted(operation, {"ImportJobId"})
    org = operation.org
    _begin_job(org, job_id)
    try:
        _apply(org, read_solution(content))
    except Unreadable as error:
        raise bad_request(str(error), errors.IMPORT_FAILED) from None
    _end_job(org, job_id)
    return no_content()


def import_solution_async(operation: Operation) -> Response:
    """ImportSolutionAsync: begins it and names the operation to ask about."""
    job_id, content = _wanted(operation, set())
    org = operation.org
    started = Import(org.new_id(), job_id, org.clock.time() + org.options.import_s, content)
    org.imports.append(started)
    _begin_job(org, job_id)
    _tell(org, started, LOCKED, IN_PROGRESS, "")
    context = f"{org.base_url}/$metadata#Microsoft.Dynamics.CRM.ImportSolutionAsyncResponse"
    body = {"@odata.context": context, "AsyncOperationId": started.operation_id, "ImportJobKey": job_id}
    return json_reply(200, body)


def settle_imports(org: Organisation) -> None:
    """Finish what is due."""
    for each in [one for one in org.imports if one.due <= org.clock.time()]:
        org.imports.remove(each)
        try:
            _apply(org, read_solution(each.content))
        except (Unreadable, Refused) as error:
            _tell(org, each, COMPLETED, FAILED, str(error))
        else:
            _tell(org, each, COMPLETED, SUCCEEDED, "")
        _end_job(org, each.job_id)


def _wanted(operation: Operation, more: set[str]) -> tuple[str, bytes]:
    """The import's job id and the file.  Raises ``Refused``."""
    org = operation.org
    org.people.require_customizer(operation.caller)
    body = parameters(operation, NEEDED | more, OPTIONAL | {"ImportJobId"})
    job_id = body.get("ImportJobId") or org.new_id()
    if not isinstance(job_id, str) or not GUID.fullmatch(job_id):
        raise bad_request("Cannot convert a value to target type 'Edm.Guid'.")
    if org.store.get("importjob", job_id.lower()) is not None:
        raise errors.duplicate_id()
    if org.imports:
        text = "Cannot start the requested operation [Import] because there is another [Import] running"
        raise bad_request(f"{text} at this moment.", errors.ANOTHER_IMPORT)
    for name in ("OverwriteUnmanagedCustomizations", "PublishWorkflows"):
        if not isinstance(body[name], bool):
            raise bad_request("Cannot convert a value to target type 'Edm.Boolean'.")
    try:
        return job_id.lower(), base64.b64decode(str(body["CustomizationFile"]), validate=True)
    except binascii.Error:
        raise bad_request("Cannot convert a value to target type 'Edm.Binary'.") from None


def _apply(org: Organisation, solution: SolutionFile) -> None:
    """Raises ``Unreadable`` or ``Refused`` before anything is changed."""
    _check(org, solution)
    for name, spec in added_tables(solution.own_tables).items():
        if name not in org.schema.tables:
            org.schema.add(name, spec)
            org.store.add_table(name)
    for column in solution.columns:
        _add_column(org, column)
    for key in solution.keys:
        _add_key(org, key)
    for role_id, (name, privileges) in solution.roles.items():
        _put(org, "role", role_id, {"name": name, "_businessunitid_value": org.business_unit_id,
                                    "ismanaged": solution.managed})  # fmt: skip
        org.people.roles.held[role_id] = privileges
    org.refresh_message_filters()
    _put(org, "solution", org.fixed_id(f"solution {solution.unique_name}"), {
        "uniquename": solution.unique_name, "friendlyname": solution.friendly_name,
        "version": solution.version_text, "ismanaged": solution.managed, "installedon": org.now_text(),
    })  # fmt: skip


def _check(org: Organisation, solution: SolutionFile) -> None:
    row = org.store.get("solution", org.fixed_id(f"solution {solution.unique_name}"))
    if row is not None:
        installed = tuple(int(each) for each in str(row.values["version"]).split("."))
        if solution.version < installed:
            raise bad_request("The solution version is lower than the installed one.", errors.LOWER_VERSION)
        if row.values.get("ismanaged") and not solution.managed:
            raise Unreadable("The solution is already installed on this system as a managed solution.")
    for name in solution.tables:
        if name not in org.schema.tables:
            raise Unreadable(f"The table {name} is missing: the solution only adds to it.")
    for _, privileges in solution.roles.values():
        own = {str(each["schema_name"]) for each in solution.own_tables}
        for privilege in sorted(privileges):
            if not known(org.schema, privilege) and not any(privilege.endswith(one) for one in own):
                raise Unreadable(f"The privilege {privilege} does not exist.")
    for column in solution.columns:
        there = org.schema.tables.get(str(column["table"]))
        found = there.columns.get(str(column["logical_name"])) if there else None
        if found is not None and (not found.custom or found.type != column["type"]):
            raise Unreadable(f"{column['table']} has a column {column['logical_name']} of another kind.")


def _add_column(org: Organisation, spec: Mapping[str, Any]) -> None:
    table = org.schema.tables[str(spec["table"])]
    if str(spec["logical_name"]) not in table.columns:
        table.add(custom_column(table, spec))
        table.changed_at_version = org.store.next_version()


def _add_key(org: Organisation, spec: Mapping[str, Any]) -> None:
    table = org.schema.tables[str(spec["table"])]
    if all(key.name != spec["name"] for key in table.keys):
        table.keys.append(Key(str(spec["name"]), tuple(spec["columns"])))
        org.store.reindex(table.name)


def _begin_job(org: Organisation, job_id: str) -> None:
    _put(org, "importjob", job_id, {"name": "Customizations", "progress": 0.0, "startedon": org.now_text()})


def _end_job(org: Organisation, job_id: str) -> None:
    _put(org, "importjob", job_id, {"progress": 100.0, "completedon": org.now_text()})


def _tell(org: Organisation, one: Import, state: int, status: int, message: str) -> None:
    values: dict[str, Any] = {"name": "Import Solution", "operationtype": IMPORT_SOLUTION, "statecode": state}
    values |= {"statuscode": status, "message": message or None}
    _put(org, "asyncoperation", one.operation_id, values)


def _put(org: Organisation, table: str, row_id: str, values: Mapping[str, Any]) -> None:
    before = org.store.get(table, row_id)
    held = (
        before.values if before else {org.schema.tables[table].id_name: row_id, "createdon": org.now_text()}
    )
    merged = {**held, **values, "modifiedon": org.now_text()}
    org.store.put(table, row_id, {name: value for name, value in merged.items() if value is not None}, {})


SOLUTION_ACTIONS: Mapping[str, Callable[[Operation], Response]] = {
    "ImportSolution": import_solution,
    "ImportSolutionAsync": import_solution_async,
}
