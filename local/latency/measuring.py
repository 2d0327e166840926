"""Making the changes and watching them arrive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from local.environment import Environment
from local.latency.plan import BC_TO_SALES, Change, Pair, Plan

LOOK_EVERY_S = 0.1
"""Between the beginnings of two looks at a side; a request may take longer on a busy machine."""

BLANK = ("", "_x0020_")
"""How Business Central writes the blank value of an option: only customers that are not blocked take part."""

type Values = Mapping[str, str]
"""The e-mail address by id."""


@dataclass
class Watch:
    """When each change was made and when it was first seen on the other side, on one clock."""

    changes: Sequence[Change]
    made: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    longest_look_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def took(self, direction: str) -> list[float]:
        """Seconds of every change of the direction that arrived, shortest first."""
        wanted = [each.value for each in self.changes if each.direction == direction]
        return sorted(self.seen[value] - self.made[value] for value in wanted if value in self.seen)

    def missing(self) -> list[Change]:
        """What has not arrived."""
        with self._lock:
            return [each for each in self.changes if each.value not in self.seen]

    def note(self, direction: str, values: Values, look_s: float) -> None:
        """One look at a direction's other side has ended just now."""
        now = time.monotonic()
        with self._lock:
            self.longest_look_s = max(self.longest_look_s, look_s)
            for change in self.changes:
                if change.direction == direction and change.value not in self.seen:
                    if values.get(_target(change)) == change.value:
                        self.seen[change.value] = now


def _target(change: Change) -> str:
    return change.pair.sales_id if change.direction == BC_TO_SALES else change.pair.bc_id


def pairs_of(environment: Environment) -> list[Pair]:
    """The customers whose account has their number."""
    customers = environment.people.bc.list("customers", select="id,number,blocked")
    accounts = environment.people.sales.list("accounts", select="accountid,accountnumber")
    by_number = {str(each.get("accountnumber")): str(each["accountid"]) for each in accounts}
    return [
        Pair(each["number"], each["id"], by_number[each["number"]])
        for each in customers
        if each["number"] in by_number and each["blocked"] in BLANK
    ]


def measure(environment: Environment, plan: Plan, changes: Sequence[Change]) -> Watch:
    """Make every change at its moment and watch until all have arrived or patience ends."""
    watch, done = Watch(changes), threading.Event()
    looks: dict[str, Callable[[], Values]] = {
        "BC->Sales": lambda: _addresses(environment, "sales"),
        "Sales->BC": lambda: _addresses(environment, "bc"),
    }
    watchers = [
        threading.Thread(target=_look_again, args=(watch, direction, look, done), daemon=True)
        for direction, look in looks.items()
    ]
    for thread in watchers:
        thread.start()
    try:
        _make(environment, watch)
        deadline = time.monotonic() + plan.patience_s
        while watch.missing() and time.monotonic() < deadline:
            done.wait(LOOK_EVERY_S)
    finally:
        done.set()
        for thread in watchers:
            thread.join()
    return watch


def _make(environment: Environment, watch: Watch) -> None:
    started = time.monotonic()
    for change in watch.changes:
        time.sleep(max(0.0, started + change.after_s - time.monotonic()))
        watch.made[change.value] = time.monotonic()
        if change.direction == BC_TO_SALES:
            environment.people.bc.patch("customers", change.pair.bc_id, {"email": change.value})
        else:
            environment.people.sales.patch("accounts", change.pair.sales_id, {"emailaddress1": change.value})


def _look_again(watch: Watch, direction: str, look: Callable[[], Values], done: threading.Event) -> None:
    while not done.is_set():
        began = time.monotonic()
        values = look()
        took_s = time.monotonic() - began
        watch.note(direction, values, took_s)
        done.wait(max(0.0, LOOK_EVERY_S - took_s))


def _addresses(environment: Environment, side: str) -> Values:
    """Every e-mail address of a side, in one request."""
    if side == "sales":
        rows = environment.people.sales.list("accounts", select="accountid,emailaddress1")
        return {each["accountid"]: each.get("emailaddress1") or "" for each in rows}
    rows = environment.people.bc.list("customers", select="id,email")
    return {each["id"]: each["email"] for each in rows}
