"""Who owns the rows that Tandem creates in Sales: the users of the salespeople, or one team of the company.

By default the salesperson's user owns a row, and another salesperson makes another user the owner.  With a
team every new row is the team's; who owns it later is for people to say, and no salesperson changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared_code.core.fields import Direction, FieldMapping, FieldType
from shared_code.core.mapping import Mapping
from shared_code.core.records import Side

OWNER, TEAMS = "ownerid", "teams"
OWNING_TEAM = "owning_team"
"""The field that makes the team the owner of a new row."""
ACCESS_TEAM = 1
"""The one type of team that cannot own rows (Microsoft docs: manage-teams)."""

OWNED = frozenset({"accounts", "contacts", "opportunities", "invoices", "salesorders", "quotes"})
"""Tables whose rows belong to a user or team (Microsoft docs: entity metadata, OwnershipType)."""


def owned_by_team(mapping: Mapping, team_id: str) -> Mapping:
    """The mapping with the team as the owner of new rows, instead of what else would write the owner."""
    if not mapping.may_create(Side.SALES, insists=True):
        return mapping
    fields = tuple(
        each for each in mapping.fields if not (OWNER in each.sales and each.direction.flows_to(Side.SALES))
    )
    if mapping.sales.table not in OWNED and len(fields) == len(mapping.fields):
        return mapping
    team = FieldMapping(
        OWNING_TEAM, FieldType.CONSTANT, Direction.TO_SALES, None, (OWNER,), OWNING_TEAM,
        constant=team_id, target=TEAMS, only_on_create=True,
    )  # fmt: skip
    return replace(mapping, fields=(*fields, team))


def owned_tables(mappings: Iterable[Mapping]) -> frozenset[str]:
    """The tables of Sales in which the team owns what these mappings make."""
    return frozenset(
        each.sales.table for each in mappings if any(one.name == OWNING_TEAM for one in each.fields)
    )
