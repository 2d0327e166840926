"""Batches as the simulation sees them: a creation that made none of many rows is known wherever it is."""

from __future__ import annotations

import pytest

from local.simulate.cutting import is_refused_creation
from local.simulators.wire import Request, Response

ALONE, BATCH = "/api/data/v9.2/accounts/Microsoft.Dynamics.CRM.CreateMultiple", "/api/data/v9.2/$batch"
CREATION = b"POST /api/data/v9.2/accounts/Microsoft.Dynamics.CRM.CreateMultiple HTTP/1.1"


@pytest.mark.parametrize(
    ("target", "sent", "status", "answer", "refused"),
    [
        (ALONE, b"{}", 412, b"{}", True),
        (ALONE, b"{}", 200, b"{}", False),
        (BATCH, CREATION, 200, b"HTTP/1.1 412 Precondition Failed\r\n\r\nHTTP/1.1 200 OK", True),
        (BATCH, CREATION, 200, b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK", False),
        (BATCH, CREATION, 200, b"HTTP/1.1 429 Too Many Requests", False),
        (BATCH, b"PATCH /accounts(1)", 200, b"HTTP/1.1 412 Precondition Failed", False),
    ],
)
def test_it_is_told_from_what_was_throttled_and_from_other_writes(
    target: str, sent: bytes, status: int, answer: bytes, refused: bool
) -> None:
    assert is_refused_creation(Request("POST", target, {}, sent), Response(status, {}, answer)) is refused
