"""Webhook notifications: collecting changes, sending them late and together, giving up.

Microsoft docs (api-reference/v2.0/dynamics-subscriptions.md) and source (codeunits
APIWebhookNotificationMgt, APIWebhookNotificationSend): the first change starts a 30 s delay, then all
that waits for one URL goes out in one request; more than 1,000 changes of a subscription become one
``collection`` entry; 408, 429, 5xx or silence are retried five times, anything else but success drops
the notifications and deletes every subscription of the URL.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from local.simulators.business_central.options import Options
from local.simulators.business_central.schema import api_of, set_name_of
from local.simulators.business_central.storage import Change
from local.simulators.business_central.values import stamp_ms, stamp_text
from local.simulators.webhook_sender import NotDelivered
from local.simulators.wire import Clock

MAX_ATTEMPTS: Final = 5
MAX_PENDING: Final = 1_000_000
_WAITS_S: Final = (60, 60, 600, 6_000, 60_000)
_COLLECTION_OVERLAP_MS: Final = 50


class Received(Protocol):
    """What a receiver answered."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


Call = Callable[[str, Mapping[str, str], bytes, float], Received]
"""POSTs (url, headers, body, timeout in seconds) and returns the answer; raises ``NotDelivered``."""


@dataclass
class Subscription:
    """One subscription to an entity set and the table behind it; times in seconds since the epoch."""

    id: str
    url: str
    company_id: str
    table: str
    source: str
    client_state: str
    user_id: str
    etag: str
    created: float
    modified: float
    expires: float
    stamped: bool = True

    @property
    def resource(self) -> str:
        return f"api/{api_of(self.table)}/companies({self.company_id})/{set_name_of(self.table)}"


@dataclass(slots=True)
class _Entry:
    subscription_id: str
    row_id: str
    kind: str
    registered: float


@dataclass
class _Queue:
    """What waits for one URL."""

    due: float
    entries: list[_Entry] = field(default_factory=list)
    latest: dict[tuple[str, str], _Entry] = field(default_factory=dict)
    attempts: int = 0


class Notifications:
    """The subscriptions of an environment and what waits to be sent to them.  Thread-safe."""

    def __init__(self, options: Options, clock: Clock, call: Call) -> None:
        self._options = options
        self._clock = clock
        self._call = call
        self._lock = threading.RLock()
        self._queues: dict[str, _Queue] = {}
        self._sending: set[str] = set()
        self.subscriptions: dict[str, Subscription] = {}

    def active(self) -> list[Subscription]:
        """Subscriptions that have not expired; expired ones are forgotten."""
        with self._lock:
            now = self._clock.time()
            self.subscriptions = {k: s for k, s in self.subscriptions.items() if s.expires > now}
            return list(self.subscriptions.values())

    def accepts(self, url: str) -> bool:
        """The handshake: the receiver must answer 200 with the token it is given, within 5 s."""
        token = uuid.uuid4().hex
        joint = "&" if "?" in url else "?"
        try:
            answer = self._call(
                f"{url}{joint}validationToken={token}", {}, b"", self._options.handshake_timeout_s
            )
        except NotDelivered:
            return False
        return answer.status == 200 and answer.body.strip() == token.encode()

    def record(
        self, changes: Iterable[Change], shows: Callable[[str, Change], bool] = lambda _set, _change: True
    ) -> None:
        """Note committed changes for those who subscribed to them.

        ``shows`` tells whether an entity set shows the changed row; several sets may lie over one table.
        """
        with self._lock:
            if not self.subscriptions:
                return
            active, now = self.active(), self._clock.time()
            for change in changes:
                for each in active:
                    wanted = (each.company_id, each.source) == (change.company_id, change.table)
                    if wanted and shows(each.table, change):
                        self._append(each, change, now)

    def pump(self) -> bool:
        """Send what is due; true if something was sent."""
        with self._lock:
            now = self._clock.time()
            due = [u for u, queue in self._queues.items() if queue.due <= now and u not in self._sending]
            self._sending.update(due)
        for url in due:
            self._send(url)
        return bool(due)

    def next_due(self) -> float | None:
        """When the next notification is due, None if nothing waits."""
        with self._lock:
            return min((queue.due for queue in self._queues.values()), default=None)

    def _append(self, subscription: Subscription, change: Change, now: float) -> None:
        queue = self._queues.setdefault(subscription.url, _Queue(now + self._options.webhook_delay_s))
        key = (subscription.id, change.row_id)
        last = queue.latest.get(key)
        if last is not None and last.kind == change.kind == "updated":
            last.registered = now
            return
        if len(queue.entries) >= MAX_PENDING:
            return
        entry = _Entry(subscription.id, change.row_id, change.kind, now)
        queue.entries.append(entry)
        queue.latest[key] = entry

    def _send(self, url: str) -> None:
        with self._lock:
            queue = self._queues[url]
            sent = len(queue.entries)
            queue.latest.clear()
            known = {each.id: each for each in self.active()}
            value = self._payload(queue.entries[:sent], known)
        status = self._post(url, value) if value else 200
        with self._lock:
            self._sending.discard(url)
            self._settle(url, queue, sent, status)

    def _post(self, url: str, value: list[dict[str, Any]]) -> int | None:
        headers = {
            "Content-Type": "application/json",
            "clientRequestId": str(uuid.uuid4()),
            "x-ms-correlation-id": str(uuid.uuid4()),
        }
        try:
            body = json.dumps({"value": value}).encode()
            return self._call(url, headers, body, self._options.webhook_timeout_s).status
        except NotDelivered:
            return None

    def _settle(self, url: str, queue: _Queue, sent: int, status: int | None) -> None:
        """Take over the outcome of one delivery; None is silence."""
        if status is not None and 200 <= status < 300:
            del queue.entries[:sent]
            queue.attempts = 0
            queue.due = self._clock.time() + self._options.webhook_delay_s
            if not queue.entries:
                self._queues.pop(url, None)
            return
        queue.attempts += 1
        retried = status is None or status in (408, 429) or status >= 500
        if retried and queue.attempts <= MAX_ATTEMPTS:
            queue.due = self._clock.time() + _WAITS_S[queue.attempts - 1]
            return
        self._queues.pop(url, None)
        self.subscriptions = {k: s for k, s in self.subscriptions.items() if s.url != url}

    def _payload(self, entries: list[_Entry], known: Mapping[str, Subscription]) -> list[dict[str, Any]]:
        grouped: dict[str, list[_Entry]] = {}
        for entry in entries:
            if entry.subscription_id in known:
                grouped.setdefault(entry.subscription_id, []).append(entry)
        value = []
        for subscription_id, group in grouped.items():
            subscription = known[subscription_id]
            if len(group) > self._options.webhook_collection_threshold:
                value.append(_collection(subscription, group))
            else:
                value.extend(_single(subscription, entry) for entry in group)
        return value


def _single(subscription: Subscription, entry: _Entry) -> dict[str, Any]:
    resource = f"{subscription.resource}({entry.row_id})"
    return _notification(subscription, resource, entry.kind, entry.registered)


def _collection(subscription: Subscription, group: list[_Entry]) -> dict[str, Any]:
    """All of the set, narrowed by a stamp unless something was deleted or the set has none."""
    resource = subscription.resource
    if subscription.stamped and all(entry.kind != "deleted" for entry in group):
        since = stamp_ms(min(entry.registered for entry in group)) - _COLLECTION_OVERLAP_MS
        resource += f"?$filter=lastModifiedDateTime%20gt%20{stamp_text(since)}"
    return _notification(subscription, resource, "collection", group[-1].registered)


def _notification(subscription: Subscription, resource: str, kind: str, registered: float) -> dict[str, Any]:
    return {
        "subscriptionId": subscription.id,
        "clientState": subscription.client_state,
        "expirationDateTime": stamp_text(int(subscription.expires) * 1000),
        "resource": resource,
        "changeType": kind,
        "lastModifiedDateTime": stamp_text(stamp_ms(registered)),
    }
