"""The identity check: a connection works only with the systems it was made with.

A restored backup, a copied sandbox or a changed address answers under another organisation or
company id.  Couplings and watermarks do not fit it, so nothing is read or written until a person says
what is meant.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace

from shared_code.core.records import Side
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import AccessDenied, SystemFault, Throttled

CHECKED = {Side.BC: ("environment", "companyId"), Side.SALES: ("organizationId",)}
"""What must never change, by side."""

WAIT_S = 300.0
"""When the work of a stopped connection is looked at again."""


class NotAsked(SystemFault):
    """A system could not be asked who it is; the text tells why and which settings are meant."""


def is_confirmed(parts: Parts, at: ConnectionParts) -> bool:
    """Whether the systems are the known ones.  Asked of the systems once per process and connection.

    Raises ``NotAsked``.
    """
    if at.name not in parts.confirmed and _confirm(at):
        parts.confirmed.add(at.name)
    return at.name in parts.confirmed


def _confirm(at: ConnectionParts) -> bool:
    found = _ask(at)
    stored = at.identities.get()
    different = [name for name, value in stored.known.items() if found.get(name) != value]
    reason = _reason(stored.known, found, different) if different else ""
    if not stored.known:
        stored = replace(stored, known=found)
    if reason and reason != stored.stopped_because:
        logging.getLogger("tandem").warning("connection %s is stopped: %s", at.name, reason)
    if reason != stored.stopped_because or not stored.etag:
        at.identities.put(replace(stored, stopped_because=reason))
    return not reason


def _ask(at: ConnectionParts) -> dict[str, str]:
    found: dict[str, str] = {}
    for side, names in CHECKED.items():
        try:
            identity = at.systems[side].identity()
        except SystemFault as fault:
            raise NotAsked(f"Nothing is synchronised. {fault}{_settings_meant(side, fault)}") from fault
        found |= {name: identity[name].lower() for name in names}
    return found


_SETTINGS = {
    Side.BC: "BUSINESS_CENTRAL_URL, BUSINESS_CENTRAL_ENVIRONMENT and BUSINESS_CENTRAL_COMPANIES",
    Side.SALES: "SALES_URL",
}


_NAMES_A_SETTING = re.compile(r"\b[A-Z]+(_[A-Z]+)+\b")


def _settings_meant(side: Side, fault: SystemFault) -> str:
    """Which settings may be wrong, where the fault does not tell that better and is not about a right."""
    if isinstance(fault, AccessDenied | Throttled) or _NAMES_A_SETTING.search(str(fault)):
        return ""
    return f" If it stays so, check {_SETTINGS[side]} in the app settings."


def _reason(known: Mapping[str, str], found: Mapping[str, str], different: list[str]) -> str:
    what = ", ".join(f"{name} was {known[name]} and is {found.get(name, 'missing')}" for name in different)
    return (
        f"The connection was made with another system: {what}. Nothing is synchronised. Correct the address, "
        "or start with empty storage if this copy is meant to be synchronised on its own."
    )


def stopped_because(at: ConnectionParts) -> str:
    """Why the connection is stopped; blank while it is not."""
    return at.identities.get().stopped_because
