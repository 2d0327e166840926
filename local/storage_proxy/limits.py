"""What Azure Storage refuses by size and count, whether or not the emulator does.

Sources: Microsoft docs, rest/api/storageservices: put-message (64 KiB a message), performing-entity-group-
transactions (100 operations, 4 MiB), querying-tables-and-entities (15 comparisons in a filter).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from local.simulators.wire import Request, Response
from local.storage_proxy.answers import QUEUE, TABLE, error

MESSAGE_BYTES = 65_536
REQUEST_BYTES = 4 * 1024 * 1024
OPERATIONS = 100
COMPARISONS = 15
_TEXT = re.compile(rb"<MessageText>(.*?)</MessageText>", re.DOTALL)
_OPERATION = re.compile(rb"^Content-Type: application/http\r?$", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_COMPARISON = re.compile(r"\b(?:eq|ne|gt|ge|lt|le)\b")


def refused(service: str, request: Request) -> Response | None:
    """The service's refusal of a request that is over a limit, else None."""
    if service == QUEUE:
        return _refused_message(request)
    return _refused_operations(request) or _refused_filter(request)


def _refused_message(request: Request) -> Response | None:
    found = _TEXT.search(request.body)
    if found is None or len(found[1]) <= MESSAGE_BYTES:
        return None
    message = "The request body is too large and exceeds the maximum permissible limit."
    return error(QUEUE, 413, "RequestBodyTooLarge", message)


def _refused_operations(request: Request) -> Response | None:
    if len(request.body) > REQUEST_BYTES:
        message = "The request body is too large and exceeds the maximum permissible limit."
        return error(TABLE, 413, "RequestBodyTooLarge", message)
    if len(_OPERATION.findall(request.body)) > OPERATIONS:
        message = "The batch request operation exceeds the maximum 100 changes per change set."
        return error(TABLE, 400, "InvalidInput", message)
    return None


def _refused_filter(request: Request) -> Response | None:
    query = parse_qs(request.target.partition("?")[2])
    text = " ".join(query.get("$filter", []))
    if len(_COMPARISON.findall(_QUOTED.sub("''", text))) <= COMPARISONS:
        return None
    return error(TABLE, 400, "InvalidInput", "A filter has at most 15 comparisons.")
