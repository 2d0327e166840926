"""Cutting short how long a new message stays invisible, by signing its request anew.

The query of a request is part of what its Shared Key signature covers, so whoever changes it must sign again;
the emulator's key is public.  Source: Microsoft docs, rest/api/storageservices/authorize-with-shared-key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from local.dev.azurite import ACCOUNT, KEY
from local.simulators.wire import Request

DELAY = "visibilitytimeout"
_SIGNED = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


def with_shorter_delay(request: Request, longest_s: int) -> Request:
    """A new message that would stay invisible for longer stays so for ``longest_s``; all else as it is."""
    path, _, query = request.target.partition("?")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    is_new = request.method == "POST" and path.endswith("/messages")
    if not is_new or int(asked.get(DELAY, "0")) <= longest_s:
        return request
    asked[DELAY] = str(longest_s)
    target = f"{path}?{urlencode(asked, quote_via=quote)}"
    headers = {**request.headers, "authorization": authorization(request, path, asked)}
    return Request(request.method, target, headers, request.body)


def authorization(request: Request, path: str, query: Mapping[str, str]) -> str:
    """The Shared Key authorization of a request of the queue service with this query."""
    told = dict(request.headers)
    if told.get("content-length") == "0":
        told["content-length"] = ""
    if "x-ms-date" in told:
        told["date"] = ""
    extra = sorted((name, value) for name, value in told.items() if name.startswith("x-ms-"))
    lines = [request.method, *(told.get(name, "") for name in _SIGNED)]
    lines += [f"{name}:{value}" for name, value in extra]
    lines.append(f"/{ACCOUNT}{path}")
    lines += [f"{name.lower()}:{value}" for name, value in sorted(query.items())]
    made = hmac.new(base64.b64decode(KEY), "\n".join(lines).encode(), hashlib.sha256)
    return f"SharedKey {ACCOUNT}:{base64.b64encode(made.digest()).decode()}"
