"""How synchronising works for a company: accounts for lines of orders, who owns rows in Sales, currencies."""

from __future__ import annotations

from collections.abc import Mapping

from shared_code.core.ownership import ACCESS_TEAM, TEAMS
from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts
from shared_code.sync.setup.choosing import listed
from shared_code.systems.interface import Column, Table

_TEAMS = Table(
    TEAMS, "teamid", (Column("name"), Column("teamtype")), scan_columns=("name", "teamtype"), tracked=False
)


def teams(at: ConnectionParts) -> dict[str, str]:
    """The teams of Sales that can own rows, by name: id to name.  One request.  Raises ``SystemFault``."""
    seen = at.systems[Side.SALES].scan(_TEAMS, None).seen
    owning = {
        each.id: str(each.values.get("name")) for each in seen if each.values.get("teamtype") != ACCESS_TEAM
    }
    return dict(sorted(owning.items(), key=lambda each: each[1].casefold()))


def currencies(at: ConnectionParts) -> tuple[str, str]:
    """The local currency of Business Central and the base currency of Sales.  Raises ``SystemFault``."""
    bc, sales = (at.systems[side].identity() for side in (Side.BC, Side.SALES))
    return bc["localCurrencyCode"], sales["baseCurrencyCode"]


def with_accounts(known: str, accounts: Mapping[str, str]) -> str:
    """The setting ORDER_ACCOUNTS with these accounts for all companies; those of single ones stay."""
    own = [each for each in listed(known) if "/" in each]
    return ",".join([*(f"{kind}={code.strip()}" for kind, code in accounts.items() if code.strip()), *own])


def accounts_of(known: str) -> dict[str, str]:
    """The accounts for all companies, by kind of line."""
    pairs = (each.partition("=") for each in listed(known) if "/" not in each)
    return {kind.strip(): code.strip() for kind, _, code in pairs}


def with_team(known: str, company: str, team: str) -> str:
    """The setting OWNING_TEAMS with a company's team, or without one."""
    others = [each for each in listed(known) if each.partition("=")[0].strip() != company]
    return ",".join([*others, f"{company}={team}"] if team else others)
