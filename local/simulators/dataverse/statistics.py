"""What was asked of the simulator, counted: requests, operations, writes, who."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from local.simulators.dataverse.organisation import Event
from local.simulators.wire import Request

_KEY = re.compile(r"\((?:[^()']|'[^']*')*\)")
_GUID_KEY = re.compile(r"\([0-9a-fA-F-]{36}\)")
_API = re.compile(r"^/api/data/v9\.\d/?")


@dataclass
class Statistics:
    """Counters since the last reset; ``requests`` by method and address template."""

    requests: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    by_user: Counter[str] = field(default_factory=Counter)
    operations_by_user: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    bulk_targets: int = 0
    synchronous_steps: int = 0

    def request(self, request: Request, user: str) -> None:
        """Count an HTTP request."""
        self.requests[template_of(request)] += 1
        self.by_user[user] += 1

    def operation(self, request: Request, user: str) -> None:
        """Count an operation: a request of its own, or a part of a batch."""
        self.operations[template_of(request)] += 1
        self.operations_by_user[user] += 1

    def event(self, event: Event) -> None:
        """Count a committed write, whatever message wrote it."""
        self.writes[f"{event.message} {event.table}"] += 1

    def as_json(self) -> dict[str, Any]:
        """All counters."""
        return {
            "requests": dict(self.requests),
            "requestsTotal": self.requests.total(),
            "operations": dict(self.operations),
            "operationsTotal": self.operations.total(),
            "byUser": dict(self.by_user),
            "operationsByUser": dict(self.operations_by_user),
            "writes": dict(self.writes),
            "writesTotal": self.writes.total(),
            "bulkTargets": self.bulk_targets,
            "statuses": dict(self.statuses),
            "synchronousSteps": self.synchronous_steps,
        }


def template_of(request: Request) -> str:
    """Method and address with ids replaced, and the tokens that change what a GET means."""
    return _template_of(request.method, request.target)


@lru_cache(4096)
def _template_of(method: str, target: str) -> str:
    path, _, query = target.partition("?")
    path = _KEY.sub(_replacement, _API.sub("", path))
    for mark in ("$deltatoken", "$skiptoken"):
        if f"{mark}=" in query or f"{mark.replace('$', '%24')}=" in query:
            path += f"?{mark}"
    return f"{method} {path.replace('Microsoft.Dynamics.CRM.', '')}"


def _replacement(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("(LogicalName"):
        return text
    return "({id})" if _GUID_KEY.fullmatch(text) else "({key})"
