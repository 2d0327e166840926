"""The timer listener of one function.

Rules of the real host (webjobs-sdk-extensions, TimerListener): one host runs the listener; a run never
overlaps another of the same timer; the next occurrence counts from when a run began, so a run that took
longer than the interval is followed at once by one run; a failed run is not retried; occurrences missed
while no host ran become one run with ``past_due``, if the schedule is unchanged and monitored.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from azure.core.exceptions import AzureError

from local.host.app_model import Function
from local.host.invoker import Invoker
from local.host.leases import LeaseRow, Status
from local.host.schedule import Schedule
from local.host.storage import brief

log = logging.getLogger("local.host")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class TimerListener:
    """Runs one timer function while this host holds its lease."""

    def __init__(
        self,
        function: Function,
        schedule: Schedule,
        invoker: Invoker,
        lease: LeaseRow,
        lease_s: float,
        stopping: threading.Event,
    ) -> None:
        self._function = function
        self._schedule = schedule
        self._invoker = invoker
        self._lease = lease
        self._lease_lock = threading.Lock()
        self._half_lease_s = lease_s / 2
        self._stopping = stopping
        self._monitored = bool(function.trigger.get("useMonitor", True)) and schedule.is_monitored()
        self.thread = threading.Thread(target=self._listen, name=f"timer-{function.name}", daemon=True)

    def start(self) -> None:
        """Begin to compete for the lease; ends when the ``stopping`` event is set and no run is left."""
        self.thread.start()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                status = self._lease.try_acquire()
                if status is not None:
                    self._hold(status)
            except AzureError as error:
                log.warning("timer %s: storage: %s", self._function.name, brief(error))
            self._stopping.wait(self._half_lease_s)

    def _hold(self, status: Status) -> None:
        ended = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(ended,), daemon=True)
        keeper.start()
        try:
            self._run_schedule(status)
        finally:
            ended.set()
            keeper.join()
            with self._lease_lock:
                self._lease.release()

    def _keep_lease(self, ended: threading.Event) -> None:
        while not ended.wait(self._half_lease_s):
            try:
                with self._lease_lock:
                    if not self._lease.is_held() or not self._lease.renew():
                        return
            except AzureError as error:  # tried again; the lease runs out by itself
                log.warning("timer %s: lease: %s", self._function.name, brief(error))

    def _run_schedule(self, status: Status) -> None:
        now = utc_now()
        due = first_due(status, self._schedule, now, self._monitored)
        is_past_due = due is not None
        run_at_once = is_past_due or bool(self._function.trigger.get("runOnStartup"))
        last = status.get("Last", "")
        following = due or self._schedule.next_after(now)
        self._store(last, following)
        while run_at_once or self._wait_until(following):
            if not self._is_mine():
                return
            began = utc_now() if run_at_once else max(utc_now(), following)
            self._invoker.run(self._function, self._trigger_value(last, following, is_past_due))
            last, following = began.isoformat(), self._schedule.next_after(began)
            self._store(last, following)
            run_at_once = is_past_due = False

    def _wait_until(self, moment: datetime) -> bool:
        """Wait for ``moment``; False when the host stops or the lease is lost before."""
        while self._is_mine() and not self._stopping.is_set():
            left_s = (moment - utc_now()).total_seconds()
            if left_s <= 0:
                return True
            self._stopping.wait(min(left_s, self._half_lease_s))
        return False

    def _is_mine(self) -> bool:
        with self._lease_lock:
            return self._lease.is_held()

    def _store(self, last: str, following: datetime) -> None:
        status = {"Schedule": self._schedule.text, "Last": last, "Next": following.isoformat()}
        with self._lease_lock:
            if self._lease.is_held():
                self._lease.renew({k: v for k, v in status.items() if v})

    def _trigger_value(self, last: str, following: datetime, is_past_due: bool) -> object:
        status = {"Last": last or None, "Next": following.isoformat(), "LastUpdated": last or None}
        return timer_datum(self._invoker, status if self._monitored else None, is_past_due)


def first_due(status: Status, schedule: Schedule, now: datetime, monitored: bool) -> datetime | None:
    """The stored occurrence that was missed, or None: no record, another schedule, or not yet due."""
    if not monitored or status.get("Schedule") != schedule.text or not status.get("Next"):
        return None
    stored = datetime.fromisoformat(status["Next"])
    return stored if stored < now else None


def timer_datum(invoker: Invoker, status: dict[str, str | None] | None, is_past_due: bool) -> object:
    """What a timer function receives, as the worker's Datum."""
    info = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": is_past_due}
    return invoker.worker.datum(json.dumps(info), "json")
