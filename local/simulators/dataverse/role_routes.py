"""Roles over the Web API: those of a user or team, giving and taking one, and what they may do by them.

Microsoft docs: webapi/associate-disassociate-entities-using-web-api, webapi/reference/retrieveuserprivileges,
webapi/reference/retrieveteamprivileges.  A role belongs to a business unit and is given to users and teams of
that unit only.
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

ASSOCIATIONS = {"systemuser": "systemuserroles_association", "team": "teamroles_association"}
FUNCTIONS = {"systemuser": "RetrieveUserPrivileges", "team": "RetrieveTeamPrivileges"}
CRM = "Microsoft.Dynamics.CRM."
GLOBAL = "Global"


def is_about_roles(table: Table, segments: tuple[Segment, ...]) -> bool:
    """Whether an address names the roles of a user or team."""
    if table.name not in ASSOCIATIONS:
        return False
    return segments[1].name in (ASSOCIATIONS[table.name], CRM + FUNCTIONS[table.name])


def handle_roles(operation: Operation, table: Table, segments: tuple[Segment, ...]) -> Response:
    """Everything about the roles of one user or team.  Raises ``Refused``."""
    operation.org.people.require(operation.caller, "read", table.name)
    holder, rest = existing(operation, table, segments[0]), segments[1:]
    wanted = (operation.request.method, tuple(each.name for each in rest))
    association = ASSOCIATIONS[table.name]
    if wanted == ("GET", (CRM + FUNCTIONS[table.name],)):
        return _privileges(operation, holder, FUNCTIONS[table.name])
    if wanted == ("GET", (association,)):
        return _listed(operation, holder)
    if wanted == ("POST", (association, "$ref")):
        return _give(operation, holder)
    if wanted == ("DELETE", (association, "$ref")):
        return _take(operation, holder, rest[0])
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
        raise bad_request("The role is of another business unit than its holder.", INVALID_ARGUMENT)
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


def _privileges(operation: Operation, user: Row, function: str) -> Response:
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
    context = f"{org.base_url}/$metadata#{CRM}{function}Response"
    return json_reply(200, {"@odata.context": context, "RolePrivileges": held})
