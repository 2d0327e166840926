"""Sending webhooks: registered steps, due calls, one retry.

Microsoft docs: data-platform/use-webhooks.  Only asynchronous post-operation steps are sent;
synchronous ones are accepted and counted.  A call may take 60 s; 502, 503 and 504 are tried once more,
anything else that is not 2xx has failed and is not repeated.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from local.simulators.dataverse.notifications import notification
from local.simulators.dataverse.organisation import Event, Organisation
from local.simulators.dataverse.store import Row

Deliver = Callable[[str, Mapping[str, str], bytes], int]
"""Makes one call and returns the receiver's status; raises OSError or the like when nobody answers."""

RETRIED = frozenset({502, 503, 504})
WEBHOOK_CONTRACT = 8
WEBHOOK_KEY, HTTP_HEADER, HTTP_QUERY = 4, 5, 6
ASYNCHRONOUS, POST_OPERATION = 1, 40
MAX_WAITING = 100_000
MAX_REMEMBERED = 1_000
CALLS_PER_PUMP = 50


@dataclass(frozen=True)
class _Call:
    due: float
    url: str
    headers: Mapping[str, str]
    body: bytes
    attempt: int = 1


@dataclass
class WebhookSender:
    """Queues a call per step for each committed event; ``pump`` makes those that are due."""

    org: Organisation
    deliver: Deliver | None = None
    delivered: int = 0
    failed: int = 0
    retried: int = 0
    synchronous_steps: int = 0
    history: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_REMEMBERED))
    _waiting: deque[_Call] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def event(self, event: Event) -> None:
        """Queue the calls for an event.  Called with the organisation's lock held."""
        for step in list(self.org.store.tables["sdkmessageprocessingstep"].rows.values()):
            if self._concerns(step, event):
                self._queue(step, event)

    def pump(self) -> bool:
        """Make the calls that are due now; true where more are due."""
        for _ in range(CALLS_PER_PUMP):
            call = self._next_due()
            if call is None:
                return False
            self._make(call)
        return True

    def waiting(self) -> int:
        """How many calls wait, due or not."""
        with self._lock:
            return len(self._waiting)

    def _next_due(self) -> _Call | None:
        with self._lock:
            if self.deliver is None or not self._waiting or self._waiting[0].due > self.org.clock.time():
                return None
            return self._waiting.popleft()

    def _make(self, call: _Call) -> None:
        assert self.deliver is not None
        try:
            status = self.deliver(call.url, call.headers, call.body)
        except Exception:  # whatever a receiver does is a failed call, not a failure of the sender
            status = 0
        with self._lock:
            self._judge(call, status)

    def _judge(self, call: _Call, status: int) -> None:
        entity, message = (
            call.headers["x-ms-dynamics-entity-name"],
            call.headers["x-ms-dynamics-request-name"],
        )
        self.history.append({"table": entity, "message": message, "status": status, "attempt": call.attempt})
        if 200 <= status < 300:
            self.delivered += 1
        elif status in RETRIED and call.attempt == 1:
            self.retried += 1
            self._waiting.append(replace(call, attempt=2, due=self.org.clock.time()))
        else:
            self.failed += 1

    def _concerns(self, step: Row, event: Event) -> bool:
        org, values = self.org, step.values
        if values.get("_sdkmessageid_value") != org.fixed_id(f"message {event.message}"):
            return False
        wanted = values.get("_sdkmessagefilterid_value")
        if wanted not in (None, org.fixed_id(f"filter {event.message} {event.table}")):
            return False
        if values.get("statecode", 0) != 0 or not _columns_concerned(self.org, values, event):
            return False
        if values.get("mode") != ASYNCHRONOUS:
            self.synchronous_steps += 1
            return False
        return bool(values.get("stage") == POST_OPERATION)

    def _queue(self, step: Row, event: Event) -> None:
        endpoint = self.org.store.get("serviceendpoint", step.values.get("_eventhandler_value", ""))
        if endpoint is None or endpoint.values.get("contract") != WEBHOOK_CONTRACT:
            return
        headers, body = notification(self.org, event, step.id)
        url, extra = _authorised(endpoint.values)
        due = event.time + self.org.options.webhook_delay_s
        with self._lock:
            if len(self._waiting) < MAX_WAITING:
                self._waiting.append(_Call(due, url, {**headers, **extra}, body))
            else:
                self.failed += 1


def _columns_concerned(org: Organisation, step: Mapping[str, Any], event: Event) -> bool:
    wanted = {name.strip() for name in (step.get("filteringattributes") or "").split(",") if name.strip()}
    if not wanted or event.message != "Update":
        return True
    columns = org.schema.tables[event.table].by_read_name
    return any(columns[name].name in wanted for name in event.changed if name in columns)


def _authorised(endpoint: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The address to call and extra headers, after the endpoint's way of authenticating."""
    url, secret = endpoint.get("url") or "", endpoint.get("authvalue") or ""
    kind = endpoint.get("authtype")
    if kind == WEBHOOK_KEY:
        return _with_query(url, {"code": secret}), {}
    if kind == HTTP_HEADER:
        return url, _settings(secret)
    return (_with_query(url, _settings(secret)), {}) if kind == HTTP_QUERY else (url, {})


def _with_query(url: str, values: Mapping[str, str]) -> str:
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in values.items())
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def _settings(text: str) -> dict[str, str]:
    """Read ``<settings><setting name="x" value="y" /></settings>``; nothing where it is unreadable."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return {}
    return {item.get("name", ""): item.get("value", "") for item in root.iter("setting") if item.get("name")}
