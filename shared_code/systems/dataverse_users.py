"""Users of Dataverse and their security roles, as an administrator sees and gives them.

Roles are copied into each business unit: a user gets the copy of its own unit.  Sources: Microsoft docs
power-platform/admin/manage-application-users.md, webapi/reference/retrieveuserprivileges.md,
webapi/associate-disassociate-entities-using-web-api.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.errors import fault
from shared_code.systems.http import AnswerLost, Call, Client
from shared_code.systems.interface import SystemUnavailable

ADMINISTRATOR = "627090ff-40a3-4053-8790-584edc5be201"
CUSTOMIZER = "119f245c-3cc8-4b62-b31c-d1a046ced15d"
"""Ids of the templates of System Administrator and System Customizer, the same in every organisation (the
setup guide of Business Central asks for them: BCApps, CRMSetupDefaults)."""
NON_INTERACTIVE = 4


@dataclass(frozen=True, slots=True)
class User:
    """A user with the business unit that it belongs to."""

    id: str
    unit_id: str
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A security role; ``template`` is blank where Microsoft did not ship it."""

    id: str
    name: str
    template: str = ""


class Users:
    """The users of one organisation.  Every method raises ``SystemFault``."""

    def __init__(self, client: Client, root: str) -> None:
        self._client, self._root = client, root

    def me(self) -> User:
        """Who is signed in."""
        found = odata.mapping(self._get("WhoAmI", "sign-in check"))
        return User(odata.guid(odata.text(found, "UserId")), odata.guid(odata.text(found, "BusinessUnitId")))

    def application_user(self, client_id: str) -> User | None:
        """The user of an application."""
        path = odata.address(
            "systemusers",
            select="systemuserid,_businessunitid_value,isdisabled",
            filter=f"applicationid eq {odata.guid(client_id)}",
        )
        found = odata.rows(self._get(path, "users"))
        return _user(found[0]) if found else None

    def make_application_user(self, client_id: str, unit_id: str) -> None:
        """Make the user of an application in a business unit; it may do nothing yet."""
        unit = f"/businessunits({odata.guid(unit_id)})"
        body = {"applicationid": odata.guid(client_id), "businessunitid@odata.bind": unit}
        self._post("systemusers", {**body, "accessmode": NON_INTERACTIVE})

    def roles_of(self, user_id: str) -> list[Role]:
        """The roles given to a user itself; those of its teams are not among them."""
        path = f"systemusers({odata.guid(user_id)})/systemuserroles_association"
        query = odata.address(path, select="roleid,name,_roletemplateid_value")
        return [_role(each) for each in odata.rows(self._get(query, "roles"))]

    def role_named(self, name: str, unit_id: str) -> Role | None:
        """A role of a business unit."""
        condition = f"name eq {odata.literal(name)} and _businessunitid_value eq {odata.guid(unit_id)}"
        path = odata.address("roles", select="roleid,name,_roletemplateid_value", filter=condition)
        found = odata.rows(self._get(path, "roles"))
        return _role(found[0]) if found else None

    def give(self, user_id: str, role_id: str) -> None:
        """Give a role to a user; once more changes nothing."""
        path = f"systemusers({odata.guid(user_id)})/systemuserroles_association/$ref"
        self._post(path, {"@odata.id": f"{self._root}/roles({odata.guid(role_id)})"})

    def privileges_of(self, user_id: str) -> frozenset[str]:
        """The names of the privileges that a user holds, by roles of its own and of its teams."""
        path = f"systemusers({odata.guid(user_id)})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
        held = odata.mapping(self._get(path, "privileges")).get("RolePrivileges")
        rows = [odata.mapping(each) for each in held] if isinstance(held, list) else []
        return frozenset(odata.text(each, "PrivilegeName") for each in rows)

    def _get(self, path: str, what: str) -> object:
        return batch.get(self._client, f"{self._root}/{path}", "install", what).data

    def _post(self, path: str, body: Mapping[str, object]) -> None:
        content = odata.dumps(body).encode("ascii")
        call = Call("install", "POST", f"{self._root}/{path}", dict(batch.JSON_BODY), content, False)
        try:
            answer = self._client.send(call)
        except AnswerLost as lost:
            raise SystemUnavailable(f"{lost}. Begin again: what is done stays done.") from lost
        if not answer.ok:
            raise fault(answer.error, f"Sales' {path.partition('(')[0]}")


def _user(row: Mapping[str, object]) -> User:
    unit = odata.guid(odata.text(row, "_businessunitid_value"))
    return User(odata.guid(odata.text(row, "systemuserid")), unit, bool(row.get("isdisabled")))


def _role(row: Mapping[str, object]) -> Role:
    template = str(row.get("_roletemplateid_value") or "")
    return Role(odata.guid(odata.text(row, "roleid")), odata.text(row, "name"), template.lower())
