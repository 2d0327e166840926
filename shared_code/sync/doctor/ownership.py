"""Examining the team that owns what Tandem creates in Sales: whether it is there, and may own such rows."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.ownership import ACCESS_TEAM, TEAMS, owned_tables
from shared_code.core.records import Side, Values
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.dataverse_teams import TeamRoles
from shared_code.systems.interface import AccessDenied, Column, SystemFault, Table

_TEAM = Table(
    TEAMS, "teamid", (Column("name"), Column("teamtype"), Column("businessunitid", "businessunits"))
)
_UNIT = Table("businessunits", "businessunitid", (Column("name"),))


def examine_ownership(parts: Parts, at: ConnectionParts) -> Iterator[Finding]:
    """Five requests where a team is named, none where the users of salespeople own rows."""
    if not at.connection.owning_team:
        return
    subject = f"{at.name}: owner"
    try:
        yield from _examined(parts, at, subject)
    except SystemFault as fault:
        yield Finding(Area.SETTINGS, subject, Level.FAULT, str(fault), CORRECT)


CORRECT = "Name another team in OWNING_TEAMS, or let Tandem's user read teams and business units."


def _examined(parts: Parts, at: ConnectionParts, subject: str) -> Iterator[Finding]:
    team_id = at.connection.owning_team
    team = at.systems[Side.SALES].read(_TEAM, [team_id]).get(team_id)
    if team is None:
        yield Finding(Area.SETTINGS, subject, Level.FAULT, f"Sales has no team {team_id}", CORRECT)
        return
    name = str(team.values.get("name"))
    if team.values.get("teamtype") == ACCESS_TEAM:
        text = f"the team “{name}” is an access team: it owns nothing"
        yield Finding(Area.SETTINGS, subject, Level.FAULT, text, CORRECT)
        return
    text = f"new rows in Sales are owned by the team “{name}” of the business unit “{_unit(at, team.values)}”"
    yield Finding(Area.SETTINGS, subject, Level.OK, text)
    yield _roles(parts, at, subject, name)


def _unit(at: ConnectionParts, team: Values) -> str:
    unit_id = str(team.get("businessunitid"))
    unit = at.systems[Side.SALES].read(_UNIT, [unit_id]).get(unit_id)
    return str(unit.values.get("name")) if unit else unit_id


def _roles(parts: Parts, at: ConnectionParts, subject: str, name: str) -> Finding:
    """Whether the team's roles let it own what is made for it: Sales refuses the rows otherwise."""
    try:
        found = parts.teams.roles_of(at.connection.owning_team, owned_tables(at.mappings.values()))
    except AccessDenied as denied:
        text = f"whether the roles of the team “{name}” let it own them cannot be seen: {denied}"
        return Finding(Area.RIGHTS, subject, Level.WARNING, text, SHOW)
    level = Level.FAULT if found.not_owning else Level.OK
    return Finding(Area.RIGHTS, subject, level, _told(found, name), GIVE if found.not_owning else "")


SHOW = "Let Tandem's user read security roles."
GIVE = (
    "Give the team, in its business unit, a security role that lets it read these tables; at the level User "
    "is enough to own rows."
)


def _told(found: TeamRoles, name: str) -> str:
    missing, roles = ", ".join(found.not_owning), ", ".join(found.roles)
    if missing and not roles:
        return f"the team “{name}” has no security role, so it can own nothing: {missing}"
    if missing:
        return f"the roles of the team “{name}” ({roles}) do not let it own rows of {missing}"
    return f"the roles of the team “{name}” let it own them: {roles}"
