"""Examining both systems of a connection: whether they answer, who they are, what time it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared_code.core.records import Side
from shared_code.sync import faults
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import SystemFault

NOTICEABLE_S, TOO_MUCH_S = 30.0, 300.0
"""Clocks that differ by seconds are usual.  Entra refuses tokens of a clock that is five minutes off
(Microsoft docs: entra/identity-platform, AADSTS700024)."""


def examine_systems(parts: Parts, at: ConnectionParts) -> Iterator[Finding]:
    """Two or three requests a side."""
    codes: dict[Side, str] = {}
    for side in Side:
        subject = f"{at.name}: {side.system_name}"
        try:
            identity = at.systems[side].identity()
        except SystemFault as fault:
            yield Finding(Area.SYSTEM, subject, Level.FAULT, str(fault), ASK)
            continue
        yield Finding(Area.SYSTEM, subject, Level.OK, _called(side, identity))
        codes[side] = identity["localCurrencyCode" if side is Side.BC else "baseCurrencyCode"]
        yield from _clock(subject, identity.get("clockAheadSeconds", ""))
    yield from _currencies(at, codes)
    if reason := faults.why_not(parts, at):
        yield Finding(
            Area.SYSTEM, at.name, Level.FAULT, reason, "Nothing is synchronised until this is mended."
        )


def _currencies(at: ConnectionParts, codes: Mapping[Side, str]) -> Iterator[Finding]:
    """Whether both sides reckon in one currency."""
    if len(codes) < len(Side):
        return
    bc, sales, subject = codes[Side.BC], codes[Side.SALES], f"{at.name}: currencies"
    if bc == sales:
        yield Finding(Area.SYSTEM, subject, Level.OK, f"both sides keep their books in {bc}")
    else:
        text = f"Business Central keeps its books in {bc}, Sales in {sales}"
        yield Finding(Area.SYSTEM, subject, Level.OK, text, RATES)


RATES = "Synchronise currencies: rates are given towards the currency of Sales."
ASK = "Check the address, the registration and the rights of Tandem's user; the text names what was refused."


def _called(side: Side, identity: Mapping[str, str]) -> str:
    if side is Side.SALES:
        return f"{identity['organizationName']}, base currency {identity['baseCurrencyCode']}"
    name = identity["companyDisplayName"] or identity["companyName"]
    version = f", version {identity['systemVersion']}" if identity["systemVersion"] else ""
    return f"{name} in {identity['environment']}{version}, local currency {identity['localCurrencyCode']}"


def _clock(subject: str, ahead: str) -> Iterator[Finding]:
    if not ahead:
        return
    ahead_s = float(ahead)
    level = Level.OK if abs(ahead_s) < NOTICEABLE_S else Level.WARNING
    level = Level.FAULT if abs(ahead_s) >= TOO_MUCH_S else level
    way = "ahead of" if ahead_s >= 0 else "behind"
    text = f"its clock is {abs(ahead_s):.0f} s {way} ours"
    yield Finding(Area.CLOCK, subject, level, text, "" if level is Level.OK else SET_CLOCK)


SET_CLOCK = "Set the clock of the machine that Tandem runs on; in Azure, restart the app."
