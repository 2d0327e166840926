"""URLs of the service: tenant, environment, then a path of segments below the root of an API.

``/v2.0/{tenant}/{environment}/api/v2.0/...`` and ``.../api/{publisher}/{group}/{version}/...``; the
tenant may be left out (Microsoft docs: api-reference/v2.0/endpoints-apis-for-dynamics.md,
webservices/api-endpoint-structure.md).  A server of one's own: ``/{instance}/api/v2.0/...``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from local.simulators.business_central.errors import query_syntax
from local.simulators.business_central.query import split_query
from local.simulators.business_central.schema import STANDARD_API
from local.simulators.business_central.values import GUID

_SEGMENT = re.compile(r"(?P<name>[^()/]+)(?:\((?P<key>[^()]*)\))?\Z")
_OWN_API = r"[^/]+/[^/]+/v[0-9]+\.[0-9]+"
"""Publisher, group and version."""
_API = rf"(?P<api>{re.escape(STANDARD_API)}|{_OWN_API})(?:/(?P<rest>.*))?"
_PREFIX = re.compile(rf"/v2\.0/(?:(?P<tenant>[^/]+)/)?(?P<environment>[^/]+)/api/{_API}\Z", re.I)


@dataclass(frozen=True, slots=True)
class Segment:
    """``name`` or ``name(key)``; the key as written, without quotes of a string key."""

    name: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """Which API a URL addresses; ``prefix`` is the path up to and with its root."""

    prefix: str
    api: str
    tenant: str | None
    environment: str
    rest: str


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL below the API root names; ``path`` is kept as written for links."""

    path: str
    segments: tuple[Segment, ...]
    options: dict[str, str]


def parse_root(target: str, instance: str = "") -> Root | None:
    """The service that a request target addresses, None where it is none of a known API.

    A server of one's own has the name of its ``instance`` where Business Central online has the rest.
    """
    path, mark, query = target.partition("?")
    match = (_own_prefix(instance) if instance else _PREFIX).match(path)
    if match is None:
        return None
    rest = match["rest"] or ""
    prefix = path[: len(path) - len(rest)].rstrip("/")
    api = match["api"].lower()
    if instance:
        return Root(prefix, api, None, "", f"{rest}{mark}{query}")
    tenant = unquote(match["tenant"]) if match["tenant"] else None
    return Root(prefix, api, tenant, unquote(match["environment"]), f"{rest}{mark}{query}")


def _own_prefix(instance: str) -> re.Pattern[str]:
    return re.compile(rf"/{re.escape(instance)}/api/{_API}\Z", re.I)


def parse_address(rest: str) -> Address:
    """The segments and options of a URL relative to the API root.  Raises ``ApiError``."""
    path, _, query = rest.partition("?")
    path = path.strip("/") if path != "/" else ""
    segments = tuple(_segment(unquote(part)) for part in path.split("/")) if path else ()
    return Address(path, segments, split_query(query))


def guid_key(segment: Segment) -> str:
    """The segment's key as an id, in lower case.  Raises 400 for anything else."""
    key = (segment.key or "").strip().removeprefix("id=")
    if not GUID.match(key):
        raise query_syntax(f"The key of '{segment.name}' is not valid.")
    return key.lower()


def text_key(segment: Segment) -> str:
    """The segment's key as a quoted text.  Raises 400 without the quotes."""
    key = (segment.key or "").strip()
    if len(key) < 2 or key[0] != "'" or key[-1] != "'":
        raise query_syntax(f"The key of '{segment.name}' must be quoted.")
    return key[1:-1].replace("''", "'")


def _segment(text: str) -> Segment:
    match = _SEGMENT.match(text)
    if match is None:
        raise query_syntax(f"The segment '{text}' cannot be read.")
    return Segment(match["name"], match["key"])
