"""Permits: how many requests each instance may have in flight at one service, as one service user.

Every timer and queue function may run on instances of its own, so nothing in memory is shared.  One
row per service user holds the total, who leases a share of it and how many requests each would have under
way (``permit_shares``).  An instance that is alone asks again every quarter of a minute; several that write
tell each other every second what they want, so that who has nothing to write, or reads only, leaves its
share to the others.  A refusal (429) closes the service for all until its Retry-After is over.  It halves
the total where there were too many at a time: not where a budget of some minutes is used up, which going
slower does not fill, unless the service refuses again at once.

A service that is asked again too early stays closed for longer (Microsoft docs:
data-platform/api-limits).  So after a closure one request of an instance goes first and the others
wait for its answer, and each refusal in a row adds a longer rest by chance: instances that came back
at the same moment, each within the time the other had just added, would keep the service closed for ever.
An instance that is alone comes back from the first two just when it was asked to.

Leases protect speed only: correctness never relies on them, so a lost race or unreachable storage
just means a cautious guess.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared_code.runtime import Runtime
from shared_code.store.codec import escape_key, unescape_key
from shared_code.store.permit_shares import BELIEVED, PACE_S, Want, pace_s, share_of
from shared_code.store.tables import AlreadyExists, Changed, Entity, Scalar, StoreError, Tables

TABLE = "Permits"
PARTITION = "permits"
LEASE_S = 30.0
MAX_TRIES = 4
PROBE_S = 5.0
"""How long the others wait for the answer to the first request after a closure."""
PROBE_LOOK_S = 0.1
"""How often they look whether it came."""
LONGEST_REST_S = 15.0
"""The longest rest added by chance to what the service asked for."""
GROW_AFTER = 20
"""Successes in a row after which the total grows by one, as long as the service advises more."""
SOON = 0.25
"""After so much of its pace an instance that has nothing left to write may say so: others wait for it."""
FIRST_REST_S = 0.5
"""The longest rest after a first refusal; it doubles with each in a row."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The row: ``total`` permits, closed until a moment, and the moment each instance's lease ends."""

    total: int
    closed_until_s: float = 0.0
    leases: Mapping[str, float] = field(default_factory=dict)
    etag: str = ""
    wants: Mapping[str, Want] = field(default_factory=dict)

    def share(self, instance: str, now: float) -> int:
        """What an instance may use now.  One that never told what it wants (an older Tandem) wants all."""
        others = {name: self._wanted(name, now) for name in self.leases if name != instance}
        return share_of(instance, self.total, others)

    def _wanted(self, name: str, now: float) -> int:
        want = self.wants.get(name)
        if want is None:
            return self.total
        return want.number if want.until_s > now else 0


def leased(ledger: Ledger, instance: str, now: float, wanted: int = 0) -> Ledger:
    """The ledger after ``instance`` renewed its lease and told what it wants; leases that ended are dropped.

    Whoever comes while it is alone believes it as long as the lease lasts.
    """
    living = {name: until for name, until in ledger.leases.items() if until > now} | {instance: now + LEASE_S}
    believed_s = LEASE_S if len(living) == 1 else BELIEVED * pace_s(len(living))
    wants = {name: want for name, want in ledger.wants.items() if name in living}
    return replace(ledger, leases=living, wants=wants | {instance: Want(wanted, now + believed_s)})


def halved(ledger: Ledger, until_s: float) -> Ledger:
    """The ledger after a refusal.  Refusals while it is closed count as one."""
    return replace(
        ledger, total=max(1, ledger.total // 2), closed_until_s=max(ledger.closed_until_s, until_s)
    )


def closed(ledger: Ledger, until_s: float) -> Ledger:
    """The ledger after a refusal that came after a good while: a budget is used up, and as many at a time may
    go on when it is open again."""
    return replace(ledger, closed_until_s=max(ledger.closed_until_s, until_s))


class LeasedPermits:
    """The permits of this instance for one service user; ``most`` is what the service allows in all."""

    def __init__(self, runtime: Runtime, tables: Tables, user: str, most: int, ceiling: int) -> None:
        self._runtime = runtime
        self._tables = tables
        self._user = user
        self._most = most
        self._ceiling = ceiling
        self._instance = runtime.new_id()
        self._share = self._total = 1
        self._renew_at_s = self._tell_at_s = 0.0
        self._most_wanted = 0
        self._pace_s = PACE_S
        self._closed_until_s = 0.0
        self._probe_until_s = 0.0
        self._refusals = 0
        self._is_alone = False
        self._successes = 0
        self._served = 0
        self._advised = most

    def limit(self) -> int:
        """Requests this instance may have in flight."""
        self._renew_when_due()
        return min(self._share, self._advised)

    def want(self, number: int) -> None:
        """So many writes are under way or wait for their turn; told to the other instances, if there are any.

        The most since it was told last counts, because a batch begins as another ends; but who has nothing
        left says so, and soon.
        """
        self._most_wanted = max(self._most_wanted, number)
        due_s = self._renew_at_s if self._is_alone else self._tell_at_s
        if number == 0 and not self._is_alone:
            due_s -= self._pace_s * (1 - SOON)
        if self._runtime.now() >= due_s:
            self._renew(0 if number == 0 else self._most_wanted)
            self._most_wanted = number

    def wait_s(self) -> float:
        """How long to wait before asking again; 0 lets one request go.

        After a closure 0 is given once: that request shows whether the service is open again.  An instance
        that is alone need not ask after the first two refusals in a row.
        """
        self._renew_when_due()
        now = self._runtime.now()
        if now < self._closed_until_s:
            return self._closed_until_s - now
        if self._refusals == 0 or self._is_early_and_alone():
            return 0.0
        if now < self._probe_until_s:
            return min(PROBE_LOOK_S, self._probe_until_s - now)
        self._probe_until_s = now + PROBE_S
        return 0.0

    def _is_early_and_alone(self) -> bool:
        return self._is_alone and self._is_early()

    def _is_early(self) -> bool:
        """Whether the refusals in a row say nothing yet but that the service is closed.

        Of requests that an instance alone sent together, those that closed the service are answered after
        those that it refused.
        """
        return self._refusals <= (2 if self._is_alone else 1)

    def throttled(self, retry_after_s: float, *, used_up: bool = False) -> None:
        """The service refused: all instances wait, and go slower where there were too many at a time."""
        now = self._runtime.now()
        already_closed = self._closed_until_s > now
        if not already_closed:
            self._refusals += 1
        longest_s = min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(self._refusals - 1, 10))
        rest_s = 0.0 if self._is_early_and_alone() else self._runtime.random() * longest_s
        until = now + retry_after_s + rest_s
        self._closed_until_s = max(self._closed_until_s, until)
        self._successes = 0
        is_budget = used_up and self._is_early()
        react = closed if is_budget or self._served >= GROW_AFTER else halved
        if not already_closed:
            self._served = 0
            self._change(lambda ledger: react(ledger, until))

    def succeeded(self, hint: int | None) -> None:
        """A request was served; ``hint`` is how many at a time the service advises."""
        self._refusals = 0
        self._advised = max(1, min(hint, self._ceiling)) if hint else self._most
        self._successes += 1
        self._served += 1
        if self._successes >= GROW_AFTER:
            self._successes = 0
            if self._total == self._advised:
                return
            self._change(lambda ledger: replace(ledger, total=min(ledger.total + 1, self._advised)))

    def _renew_when_due(self) -> None:
        if self._runtime.now() >= self._renew_at_s:
            self._renew(self._most_wanted)

    def _renew(self, wanted: int) -> None:
        now = self._runtime.now()
        self._renew_at_s, self._tell_at_s = now + LEASE_S / 2, now + self._pace_s
        self._most_wanted = 0
        self._change(lambda ledger: leased(ledger, self._instance, now, wanted))

    def _change(self, change: Callable[[Ledger], Ledger]) -> None:
        """Apply a change to the row; after a few lost races this instance stays with what it knows."""
        try:
            for _ in range(MAX_TRIES):
                ledger = change(self._read())
                if self._write(ledger):
                    self._share = ledger.share(self._instance, self._runtime.now())
                    self._total, self._pace_s = ledger.total, pace_s(len(ledger.leases))
                    self._is_alone = ledger.leases.keys() <= {self._instance}
                    self._closed_until_s = max(self._closed_until_s, ledger.closed_until_s)
                    return
        except StoreError:
            self._share, self._is_alone = 1, False

    def _read(self) -> Ledger:
        entity = self._tables.get(TABLE, PARTITION, escape_key(self._user))
        return Ledger(self._most) if entity is None else _ledger(entity)

    def _write(self, ledger: Ledger) -> bool:
        values: dict[str, Scalar] = {
            "total": ledger.total,
            "closed_until_s": float(ledger.closed_until_s),
            "leases": json.dumps(dict(ledger.leases)),
            "wants": json.dumps({name: (each.number, each.until_s) for name, each in ledger.wants.items()}),
        }
        entity = Entity(PARTITION, escape_key(self._user), values, ledger.etag)
        try:
            if ledger.etag:
                self._tables.replace(TABLE, entity)
            else:
                self._tables.insert(TABLE, entity)
        except (AlreadyExists, Changed):
            return False
        return True


def _ledger(entity: Entity) -> Ledger:
    values = entity.values
    leases: dict[str, float] = json.loads(str(values["leases"]))
    told: dict[str, tuple[int, float]] = json.loads(str(values.get("wants", "{}")))
    wants = {name: Want(number, until_s) for name, (number, until_s) in told.items()}
    return Ledger(int(values["total"]), float(values["closed_until_s"]), leases, entity.etag, wants)


def ledgers(tables: Tables) -> dict[str, Ledger]:
    """The row of each service user."""
    return {unescape_key(each.row): _ledger(each) for each in tables.query(TABLE, PARTITION)}
