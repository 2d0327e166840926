"""The types of API v2.0 and of Tandem's own API that are in play, read once from ``schema/``.

One file per entity set; those in ``schema/extension/`` are what the Business Central extension adds.
A type says per property what may be written, how long it may be and whether the service can
filter on it.  What exists depends on the major version of the server (26 is 2025 wave 1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

EMPTY_ID: Final = "00000000-0000-0000-0000-000000000000"
EMPTY_DATE: Final = "0001-01-01"
EMPTY_DATE_TIME: Final = "0001-01-01T00:00:00Z"
MODIFIED: Final = "lastModifiedDateTime"
ROW_VERSION: Final = "rowVersion"
STANDARD_API: Final = "v2.0"
EXTENSION_API: Final = "tandem/sync/v1.0"
EXTENSION: Final = "tandem/"
"""What the names of the extension's entity sets begin with; in URLs they stand without it."""
_FOLDER: Final = Path(__file__).with_name("schema")
_BLANKS: Final[Mapping[str, Any]] = {
    "guid": EMPTY_ID,
    "date": EMPTY_DATE,
    "datetime": EMPTY_DATE_TIME,
    "decimal": 0,
    "integer": 0,
    "boolean": False,
}
_FIRST_VERSION_WITH_LONG_WEBSITE = 29


@dataclass(frozen=True, slots=True)
class Property:
    """One property.  ``kind``: guid, text, code, decimal, integer, boolean, date, datetime, stream, enum.

    ``filterable`` is false for what is bound to a page variable.  ``enum`` holds wire names.
    """

    name: str
    kind: str
    max_length: int | None
    read_only: bool
    filterable: bool
    required: bool
    not_blank: bool
    enum: tuple[str, ...]
    captions: tuple[str, ...]

    @property
    def blank(self) -> Any:
        """What is read where nothing was written; never null."""
        return self.enum[0] if self.kind == "enum" else _BLANKS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Navigation:
    """A way from one row to others; ``via`` is the property that holds the target's id (0..1 only)."""

    name: str
    target: str
    many: bool
    via: str | None


@dataclass(frozen=True, slots=True)
class EntityType:
    """One entity set and its type.  ``name`` is unique over both APIs, ``set_name`` stands in URLs.

    ``order`` is that of an API query, which takes no other; ``primary``: never read from a replica.
    """

    name: str
    entity: str
    table: str
    key: str
    operations: frozenset[str]
    webhooks: bool
    required_on_create: tuple[str, ...]
    properties: Mapping[str, Property]
    navigation: Mapping[str, Navigation]
    order: tuple[str, ...]
    primary: bool

    @property
    def stamped(self) -> bool:
        return MODIFIED in self.properties

    @property
    def is_own(self) -> bool:
        """Whether a company's own extension added it."""
        return api_of(self.name) not in (STANDARD_API, EXTENSION_API)

    @property
    def set_name(self) -> str:
        return set_name_of(self.name)

    def blank_values(self) -> dict[str, Any]:
        """A row on which nothing was written, in the order in which it is read."""
        return {name: prop.blank for name, prop in self.properties.items() if prop.kind != "stream"}


@cache
def entity_types(version: int) -> Mapping[str, EntityType]:
    """The entity sets of a server of that major version, by name; the extension's are there in any."""
    raw = {**_read(_FOLDER, ""), **_read(_FOLDER / "extension", EXTENSION)}
    return {
        name: _entity_type(name, data, version)
        for name, data in raw.items()
        if data["since"] <= version or name.startswith(EXTENSION)
    }


def name_in(api: str, set_name: str) -> str:
    """The name of the entity set that a URL below the root of ``api`` calls ``set_name``."""
    return set_name if set_name == "companies" else f"{_prefix(api)}{set_name}"


def _prefix(api: str) -> str:
    return {STANDARD_API: "", EXTENSION_API: EXTENSION}.get(api, f"{api}/")


def api_of(name: str) -> str:
    """The API whose entity set has this name."""
    if name.startswith(EXTENSION):
        return EXTENSION_API
    return name.rpartition("/")[0] or STANDARD_API


def set_name_of(name: str) -> str:
    """What URLs call the entity set of this name."""
    return name.rpartition("/")[2]


def own_types(pages: Mapping[str, Mapping[str, Any]], version: int) -> Mapping[str, EntityType]:
    """The entity sets that a company's own extensions add, by ``<api>/<set>``."""
    return {name: _entity_type(name, data, version) for name, data in pages.items()}


def _read(folder: Path, prefix: str) -> dict[str, Any]:
    paths = sorted(folder.glob("*.json"))
    return {f"{prefix}{path.stem}": json.loads(path.read_text("utf-8")) for path in paths}


def _entity_type(name: str, data: Mapping[str, Any], version: int) -> EntityType:
    properties = [_property(p, version) for p in data["properties"] if p.get("since", 0) <= version]
    links = [Navigation(n["name"], n["target"], n["many"], n.get("via")) for n in data["navigation"]]
    return EntityType(
        name=name,
        entity=data["entity"],
        table=data["table"],
        key=data["key"],
        operations=frozenset(data["operations"]),
        webhooks=data["webhooks"],
        required_on_create=tuple(data["required"]),
        properties={p.name: p for p in properties},
        navigation={link.name: link for link in links},
        order=tuple(data.get("order", ())),
        primary=data.get("primary", False),
    )


def _property(data: Mapping[str, Any], version: int) -> Property:
    longest = data.get("max")
    if version < _FIRST_VERSION_WITH_LONG_WEBSITE:
        longest = data.get("maxBefore29", longest)
    return Property(
        name=data["name"],
        kind=data["type"],
        max_length=longest,
        read_only=data.get("readOnly", False),
        filterable=data.get("filterable", True),
        required=data.get("required", False),
        not_blank=data.get("notBlank", False),
        enum=tuple(data.get("enum", ())),
        captions=tuple(data.get("enumCaptions", ())),
    )
