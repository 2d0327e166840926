"""Teams of Dataverse: which security roles they have, and of which tables these let them own rows.

Whoever owns a row needs the privilege to read its table, by a role of its own (Microsoft docs: error
0x80040231 in reference/web-service-error-codes; webapi/reference/retrieveteamprivileges).  Privileges are
compared by their ids: what a table's privilege is called does not follow from the table's name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.http import Client, checked_address
from shared_code.systems.interface import SystemUnavailable

READ = "Read"


@dataclass(frozen=True, slots=True)
class TeamRoles:
    """The roles of a team by name, and the tables (entity sets) of which they let it own nothing."""

    roles: tuple[str, ...]
    not_owning: tuple[str, ...]


class Teams:
    """The teams of one organisation."""

    def __init__(self, client: Client, environment_url: str) -> None:
        self._client = client
        self._root = checked_address(environment_url, "Sales") + batch.API_PATH

    def roles_of(self, team_id: str, sets: Collection[str]) -> TeamRoles:
        """What a team's roles let it own of these tables: three requests.  Raises ``SystemFault``."""
        try:
            held = self._held(team_id)
            needed = self._reading(sets)
            names = tuple(sorted(odata.text(each, "name") for each in self._roles(team_id)))
        except ValueError as error:
            raise SystemUnavailable(f"Sales' roles of a team: {error}. Try again later.") from error
        return TeamRoles(names, tuple(name for name in sorted(sets) if not needed.get(name, set()) & held))

    def _roles(self, team_id: str) -> list[dict[str, object]]:
        path = odata.address(f"teams({odata.guid(team_id)})/teamroles_association", select="name")
        return [dict(each) for each in odata.rows(self._get(path, "roles of a team"))]

    def _held(self, team_id: str) -> set[str]:
        """The ids of the privileges that a team holds."""
        path = f"teams({odata.guid(team_id)})/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges()"
        return _ids(odata.mapping(self._get(path, "privileges of a team")).get("RolePrivileges"))

    def _reading(self, sets: Collection[str]) -> dict[str, set[str]]:
        """The ids of the privileges to read each of these tables."""
        wanted = odata.any_of("EntitySetName", map(odata.literal, sorted(sets)))
        path = odata.address("EntityDefinitions", select="EntitySetName,Privileges", filter=wanted)
        found = odata.rows(self._get(path, "table definitions"))
        return {odata.text(each, "EntitySetName"): _ids(each.get("Privileges"), READ) for each in found}

    def _get(self, path: str, what: str) -> object:
        return batch.get(self._client, f"{self._root}/{path}", "metadata", what).data


def _ids(privileges: object, kind: str = "") -> set[str]:
    """The ids of privileges, all or those of a kind.  Raises ValueError."""
    if not isinstance(privileges, list):
        raise ValueError("the answer has no list of privileges")
    rows = [odata.mapping(each) for each in privileges]
    fit = [each for each in rows if not kind or each.get("PrivilegeType") == kind]
    return {odata.guid(odata.text(each, "PrivilegeId")) for each in fit}
