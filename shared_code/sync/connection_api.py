"""What the HTTP functions for a connection as a whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_code.sync import connection_switch
from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    BadInput,
    connection_of,
    document_of,
    flag_of,
    refuse_unknown,
    refuse_unknown_parameters,
    text_of,
)
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.views import View, instant


def switch(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /connection/switch: switch the connection off, so that nothing is synchronised, or on again."""
    at, document = _named(parts, body, query, {"on", "by"})
    if "on" not in document:
        raise BadInput("on", "it must be true or false")
    connection_switch.switch(parts, at, on=flag_of(document, "on"), by=text_of(document, "by"))
    return Answer(200, state(at))


def state(at: ConnectionParts) -> View:
    """Whether a connection is on, since when not, and who switched it last."""
    found = at.identities.switch()
    since = instant(found.off_since_s)
    return {"connection": at.name, "on": not found.is_off, "offSince": since, "by": found.by}


def uncouple(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /connection/uncouple: end every pair of every mapping."""
    at, _ = _named(parts, body, query, set())
    return Answer(202, {"connection": at.name, "jobs": connection_switch.uncouple_all(parts, at)})


def _named(
    parts: Parts, body: bytes, query: Mapping[str, str], fields: set[str]
) -> tuple[ConnectionParts, dict[str, Any]]:
    """The connection, which what concerns all of it must name, also where there is only one."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", *fields})
    if (
        document.get("connection") is None
        or query.get("connection", document["connection"]) != document["connection"]
    ):
        raise BadInput("connection", "name the connection that is meant in the body")
    return connection_of(parts, document["connection"]), document
