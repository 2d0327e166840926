"""The identity check: a connection works only with the systems it was made with.

A copied sandbox or a changed address answers under another organisation or company id, a restored backup
under the same ids but with older versions (``witnesses``).  Couplings and watermarks do not fit it, so
nothing is read or written until a person says what is meant.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace

from shared_code.core.records import Side
from shared_code.store.identities import Identity
from shared_code.sync import witnesses
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import AccessDenied, SystemFault, Throttled

CHECKED = {Side.BC: ("environment", "companyId"), Side.SALES: ("organizationId",)}
"""What must never change, by side."""

WAIT_S = 300.0
"""When the work of a stopped connection is looked at again."""


class NotAsked(SystemFault):
    """A system could not be asked who it is; the text tells why and which settings are meant."""


EVERY_S = 900.0
"""How often each process asks again: a restored environment answers after an outage of some minutes."""


def is_confirmed(parts: Parts, at: ConnectionParts) -> bool:
    """Whether the systems are the known ones.  Asked of the systems when a process begins, and every while:
    by one of those who come at the same time, for all of them.

    Raises ``NotAsked``.
    """
    came_s = parts.runtime.now()
    if not is_trusted(parts, at):
        with parts.asking.passing(1):
            if not is_trusted(parts, at):
                _ask_for_all(parts, at, came_s)
    return at.name in parts.confirmed


def _ask_for_all(parts: Parts, at: ConnectionParts, came_s: float) -> None:
    """Ask, unless that failed for another while this one waited."""
    failed_s, failure = parts.not_asked.get(at.name, (0.0, NotAsked("")))
    if failed_s > came_s:
        raise failure
    parts.confirmed.pop(at.name, None)
    try:
        if _confirm(parts, at):
            parts.confirmed[at.name] = parts.runtime.now()
    except NotAsked as fault:
        parts.not_asked[at.name] = parts.runtime.now(), fault
        raise


def is_trusted(parts: Parts, at: ConnectionParts) -> bool:
    """Whether the systems were asked not long ago and were the known ones."""
    asked_s = parts.confirmed.get(at.name)
    return asked_s is not None and 0 <= parts.runtime.now() - asked_s < EVERY_S


def _confirm(parts: Parts, at: ConnectionParts) -> bool:
    stored = at.identities.get()
    if stored.went_back:
        return False
    found, company_name = _ask(at)
    different = [name for name, value in stored.known.items() if found.get(name) != value]
    if different:
        reason = _reason(stored.known, found, different)
        _log(at, stored, reason)
        _put(at, stored, replace(stored, stopped_because=reason))
        return False
    examined = _examined(parts, at, replace(stored, known=stored.known or found, company_name=company_name))
    _log(at, stored, examined.went_back)
    _put(at, stored, examined)
    if examined.went_back or examined.suspected_since_s:
        return False
    # Asking takes its time; another process or connection may have found out meanwhile.
    return not at.identities.get().went_back


def _examined(parts: Parts, at: ConnectionParts, stored: Identity) -> Identity:
    if parts.accepted.get(at.name, stored.accepted) != stored.accepted:
        # What was seen before a person accepted another state says nothing about this one.
        for side in Side:
            parts.newest.pop((at.name, side), None)
    parts.accepted[at.name] = stored.accepted
    try:
        examined = witnesses.examine(parts, at, stored)
    except SystemFault as fault:
        raise NotAsked(f"Nothing is synchronised. {fault}") from fault
    return replace(examined, stopped_because=examined.went_back)


def _log(at: ConnectionParts, stored: Identity, reason: str) -> None:
    if reason and reason != stored.stopped_because:
        logging.getLogger("tandem").warning("connection %s is stopped: %s", at.name, reason)


def _put(at: ConnectionParts, stored: Identity, identity: Identity) -> None:
    if identity != stored or not stored.etag:
        at.identities.put(identity)


def _ask(at: ConnectionParts) -> tuple[dict[str, str], str]:
    """What must never change, and what the company is called now."""
    found, company_name = dict[str, str](), ""
    for side, names in CHECKED.items():
        try:
            identity = at.systems[side].identity()
        except SystemFault as fault:
            raise NotAsked(f"Nothing is synchronised. {fault}{_settings_meant(side, fault)}") from fault
        _require_version(side, identity)
        found |= {name: identity[name].lower() for name in names}
        company_name = identity.get("companyName", company_name)
    return found, company_name


OLDEST_BC = 26
"""The first version whose API is known to have salespeople (``salespeoplePurchasers``, seen in the
metadata of a 26.0 tenant)."""

_MAJOR = re.compile(r"\d+")


def _require_version(side: Side, identity: Mapping[str, str]) -> None:
    """Raises ``NotAsked`` for a Business Central that is too old; one that does not tell is tried."""
    major = _MAJOR.match(identity.get("systemVersion", "")) if side is Side.BC else None
    if major and int(major[0]) < OLDEST_BC:
        raise NotAsked(
            f"Nothing is synchronised. Business Central is version {identity['systemVersion']}, and Tandem "
            f"needs {OLDEST_BC} or newer. It goes on by itself once the environment is updated."
        )


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
        f"The connection was made with another system: {what}. Nothing is synchronised. Correct the address. "
        "If this one is meant to be used from now on, start a full synchronisation with acceptSystems; if a "
        "copy is to be synchronised beside the original, start with empty storage."
    )


def stopped_because(at: ConnectionParts) -> str:
    """Why the connection is stopped; blank while it is not."""
    return at.identities.get().stopped_because
