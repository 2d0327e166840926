"""Examining the limits of both services: whether one has asked to wait, or lets little through at a time."""

from __future__ import annotations

from collections.abc import Iterator

from shared_code.core.records import Side
from shared_code.store import permits
from shared_code.sync.doctor.findings import Area, Finding, Level
from shared_code.sync.parts import Parts
from shared_code.sync.views import instant

SLOW = 1
"""Requests in flight at a time down to which repeated refusals bring a service user."""


def examine_limits(parts: Parts) -> Iterator[Finding]:
    """One finding for each user that synchronises and asked a service something; no request."""
    for user, ledger in sorted(permits.ledgers(parts.tables).items()):
        if user.partition("|")[0] in set(Side):
            yield _finding(user, ledger, parts.runtime.now())


def _finding(user: str, ledger: permits.Ledger, now_s: float) -> Finding:
    subject = called(user)
    if ledger.closed_until_s > now_s:
        text = f"the service asked to wait until {instant(ledger.closed_until_s)}"
        return Finding(Area.LIMITS, subject, Level.WARNING, text, WAIT)
    own = ledger.total <= SLOW and not user.endswith(ALWAYS_ONE)
    text = f"at most {ledger.total} requests at a time"
    return Finding(Area.LIMITS, subject, Level.WARNING if own else Level.OK, text, WAIT if own else "")


def called(user: str) -> str:
    """What people know a service's user by: the system, the beginning of its client id, its role."""
    side, _, rest = user.partition("|")
    client, _, role = rest.partition("|")
    system, known = Side(side).system_name, f"{client[:8]}…"
    return f"requests to {system} as {known}, {role}" if role else f"requests to {system} as {known}"


ALWAYS_ONE = "|interactive"
"""Ends the name of a user that has one request at a time by design: what people wait for."""

WAIT = (
    "Nothing: it goes on by itself, slower. If it stays so, see what else works under this user, or add "
    "users for other roles."
)
