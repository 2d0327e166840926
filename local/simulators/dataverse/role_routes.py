"""Roles over the Web API: those of a user, giving and taking one, and what a user may do by them.

Microsoft docs: webapi/associate-disassociate-entities-using-web-api, webapi/reference/retrieveuserprivileges.
A role belongs to a business unit and is given to users of that unit only.
"""

from __future__ import annotations

from local.simulators.dataverse.addresses import Segment
from local.simulators.dataverse.bodies import target_row
from local.simulators.dataverse.errors import (
    INVALID_ARGUMENT,
    PRIVILEGE_DENIED,
    Refused,
    bad_request,
    row_missing,
)
from local.simulators.dataverse.replies import Operation, json_reply, no_content
from local.simulators.dataverse.roles import names_of
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.sets import collection_body
from local.simulators.dataverse.single import existing
from local.simulators.dataverse.store import Row
from local.simulators.wire import Response

ASSOCIATION = "systemuserroles_association"
USER_PRIVILEGES = "Microsoft.Dynamics.CRM.RetrieveUserPrivileges"
GLOBAL = "Global"


def is_about_roles(table: Table, segments: tuple[Segment, ...]) -> bool:
    """Whether an address names the roles of a user."""
    return table.name == "systemuser" and segments[1].name in (ASSOCIATION, USER_PRIVILEGES)


def handle_roles(operation: Operation, table: Table, segments: tuple[Segment, ...]) -> Response:
    """Everything about the roles of one user.  Raises ``Refused``."""
    operation.org.people.require(operation.caller, "read", "systemuser")
    user, rest = existing(operation, table, segments[0]), segments[1:]
    wanted = (operation.request.method, tuple(each.name for each in rest))
    if wanted == ("GET", (USER_PRIVILEGES,)):
        return _privileges(operation, user)
    if wanted == ("GET", (ASSOCIATION,)):
        return _listed(operation, user)
    if wanted == ("POST", (ASSOCIATION, "$ref")):
        return _give(operation, user)
    if wanted == ("DELETE", (ASSOCIATION, "$ref")):
        return _take(operation, user, rest[0])
    raise Refused(405, INVALID_ARGUMENT, f"{operation.request.method} is not supported here.")


def _listed(operation: Operation, user: Row) -> Response:
    org = operation.org
    org.people.require(operation.caller, "read", "role")
    given = org.people.roles.given.get(user.id, set())
    rows = [row for row in org.store.tables["role"].rows.values() if row.id in given]
    return json_reply(200, collection_body(operation, org.schema.tables["role"], rows))


def _give(operation: Operation, user: Row) -> Response:
    _require_assigning(operation)
    org = operation.org
    _, role_id = target_row(org, operation.body().get("@odata.id"), ("role",))
    role = org.store.get("role", role_id)
    assert role is not None, "target_row found it"
    unit = user.values.get("_businessunitid_value") or org.business_unit_id
    if role.values.get("_businessunitid_value") != unit:
        raise bad_request("The user's business unit is not that of the role.", INVALID_ARGUMENT)
    org.people.roles.given.setdefault(user.id, set()).add(role_id)
    return no_content()


def _take(operation: Operation, user: Row, segment: Segment) -> Response:
    _require_assigning(operation)
    given = operation.org.people.roles.given.get(user.id, set())
    if segment.row_id not in given:
        raise row_missing("role", segment.raw)
    given.discard(segment.row_id)
    return no_content()


def _require_assigning(operation: Operation) -> None:
    caller = operation.caller
    if not operation.org.people.roles.is_administrator(caller.user_id):
        text = f"Principal user (Id={caller.user_id}, type=8) is missing prvAssignRole privilege on OTC=1036"
        raise Refused(403, PRIVILEGE_DENIED, f"{text} for entity 'role'.")


def _privileges(operation: Operation, user: Row) -> Response:
    org = operation.org
    explicit = org.people.users.get(user.id)
    names = set(org.people.roles.names(user.id))
    names |= set(names_of(org.schema, explicit.privileges)) if explicit else set()
    unit = user.values.get("_businessunitid_value") or org.business_unit_id
    held = [
        {
            "Depth": GLOBAL,
            "PrivilegeId": org.fixed_id(f"privilege {name}"),
            "BusinessUnitId": unit,
            "PrivilegeName": name,
        }
        for name in sorted(names)
    ]
    context = f"{org.base_url}/$metadata#Microsoft.Dynamics.CRM.RetrieveUserPrivilegesResponse"
    return json_reply(200, {"@odata.context": context, "RolePrivileges": held})
