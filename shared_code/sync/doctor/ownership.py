"""Examining the team that owns what Tandem creates in Sales: whether it is there and can own rows."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.ownership import TEAMS
from shared_code.core.records import Side
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts
from shared_code.systems.interface import Column, SystemFault, Table

ACCESS_TEAM = 1
"""The one type of team that cannot own rows (Microsoft docs: manage-teams)."""

_TEAM = Table(
    TEAMS, "teamid", (Column("name"), Column("teamtype"), Column("businessunitid", "businessunits"))
)
_UNIT = Table("businessunits", "businessunitid", (Column("name"),))


def examine_ownership(at: ConnectionParts) -> Iterator[Finding]:
    """Two requests where a team is named, none where the users of salespeople own rows."""
    team_id = at.connection.owning_team
    if not team_id:
        return
    subject = f"{at.name}: owner"
    try:
        yield _examined(at, subject, team_id)
    except SystemFault as fault:
        yield Finding(Area.SETTINGS, subject, Level.FAULT, str(fault), CORRECT)


CORRECT = "Name another team in OWNING_TEAMS, or let Tandem's user read teams and business units."


def _examined(at: ConnectionParts, subject: str, team_id: str) -> Finding:
    sales = at.systems[Side.SALES]
    team = sales.read(_TEAM, [team_id]).get(team_id)
    if team is None:
        return Finding(Area.SETTINGS, subject, Level.FAULT, f"Sales has no team {team_id}", CORRECT)
    name, unit_id = team.values.get("name"), str(team.values.get("businessunitid"))
    if team.values.get("teamtype") == ACCESS_TEAM:
        return Finding(
            Area.SETTINGS,
            subject,
            Level.FAULT,
            f"the team “{name}” is an access team: it owns nothing",
            CORRECT,
        )
    unit = sales.read(_UNIT, [unit_id]).get(unit_id)
    where = unit.values.get("name") if unit else unit_id
    text = f"new rows in Sales are owned by the team “{name}” of the business unit “{where}”"
    return Finding(Area.SETTINGS, subject, Level.OK, text)
