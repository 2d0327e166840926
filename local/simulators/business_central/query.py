"""Query options of a read: which rows, in what order, which properties, how many a page.

Page size is 20,000 unless ``Prefer: odata.maxpagesize`` asks for less; ``$top`` never yields a next
link; the next link is absolute and carries ``aid=FIN`` and the id of the last row as skip token
(Microsoft docs: webservices/odata-known-limitations.md; captured pages of API v2.0).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote_plus

from local.simulators.business_central.errors import ApiError, bad_request, unknown_property
from local.simulators.business_central.filters import Filter, parse_filter, queryable
from local.simulators.business_central.schema import EntityType, Navigation
from local.simulators.business_central.values import GUID

MAX_PAGE: Final = 20_000
_PAGE_PREFERENCE: Final = "odata.maxpagesize"
_KNOWN: Final = frozenset(
    {"$filter", "$select", "$orderby", "$top", "$skip", "$count", "$expand", "$skiptoken", "$schemaversion"}
)


@dataclass(frozen=True, slots=True)
class Expand:
    """One navigation to follow, with the options in its brackets."""

    navigation: Navigation
    query: Query


@dataclass(frozen=True, slots=True)
class Query:
    """What a read asks for.  ``order`` holds (property, descending); empty is the order by id."""

    filter: Filter | None = None
    select: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    expand: tuple[Expand, ...] = ()
    page: int = MAX_PAGE
    after: SkipToken | None = None
    carried: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkipToken:
    """Where the page before ended: the last row's id, and its values where another order was asked for."""

    row_id: str
    values: tuple[Any, ...] = ()

    def text(self) -> str:
        """The token inside a next link."""
        if not self.values:
            return self.row_id
        return ",".join([*(quote(json.dumps(value), safe="") for value in self.values), self.row_id])


def split_query(text: str) -> dict[str, str]:
    """The decoded options of a query string; a plus sign is a blank.  Raises 400 for a doubled one."""
    options: dict[str, str] = {}
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        name = _decoded(name)
        if name in options:
            raise bad_request(f"Query option '{name}' was specified more than once, but it must be once.")
        options[name] = _decoded(value)
    return options


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def parse_query(options: Mapping[str, str], entity: EntityType, types: Mapping[str, EntityType]) -> Query:
    """The query in decoded options.  Raises ``ApiError`` for what the type or the service lacks."""
    for name in options:
        if name.startswith("$") and name not in _KNOWN:
            raise bad_request(f"The query option '{name}' is not supported.")
    text, version = options.get("$filter"), options.get("$schemaversion", "2.0")
    return Query(
        filter=None if text is None else parse_filter(text, entity, schema_version=version),
        select=_select(options.get("$select"), entity),
        order=_order(options.get("$orderby"), entity),
        top=_whole(options, "$top"),
        skip=_whole(options, "$skip") or 0,
        count=_flag(options, "$count"),
        expand=tuple(_expand(options.get("$expand", ""), entity, types)),
        after=_skip_token(options.get("$skiptoken")),
        carried={
            name: value for name, value in options.items() if name not in ("$skiptoken", "aid", "$skip")
        },
    )


def page_size(prefer: str) -> int:
    """The page size that a Prefer header asks for.  Raises 413 above the server's maximum."""
    for part in prefer.split(","):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == _PAGE_PREFERENCE:
            return _checked_page(value.strip().strip('"'))
    return MAX_PAGE


def next_link(url: str, carried: Mapping[str, str], token: SkipToken) -> str:
    """The absolute link to the next page of ``url`` (without query)."""
    kept = "".join(f"{quote(name, safe='$')}={quote(value, safe='')}&" for name, value in carried.items())
    return f"{url}?{kept}aid=FIN&$skiptoken={token.text()}"


def _checked_page(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise bad_request(f"The preference {_PAGE_PREFERENCE}={text} is no whole number above zero.")
    if int(text) > MAX_PAGE:
        raise ApiError(413, "BadRequest", f"A page holds at most {MAX_PAGE} entities.")
    return int(text)


def _select(text: str | None, entity: EntityType) -> tuple[str, ...]:
    if text is None or text.strip() == "*":
        return ()
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in entity.properties and name not in entity.navigation:
            raise unknown_property(name, entity.entity)
    return names


def _order(text: str | None, entity: EntityType) -> tuple[tuple[str, bool], ...]:
    if text is None:
        return ()
    return tuple(_order_term(term, entity) for term in text.split(","))


def _order_term(term: str, entity: EntityType) -> tuple[str, bool]:
    words = term.split()
    if not 1 <= len(words) <= 2 or words[-1] not in (words[0], "asc", "desc"):
        raise bad_request(f"Syntax error in $orderby near '{term}'.")
    return queryable(entity, words[0], "$orderby").name, words[-1] == "desc"


def _whole(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise bad_request(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def _flag(options: Mapping[str, str], name: str) -> bool:
    text = options.get(name, "false")
    if text not in ("true", "false"):
        raise bad_request(f"Invalid value '{text}' for {name} query option found.")
    return text == "true"


def _expand(text: str, entity: EntityType, types: Mapping[str, EntityType]) -> list[Expand]:
    found = []
    for part in _split_outside_brackets(text, ","):
        name, inside = _name_and_options(part.strip())
        link = entity.navigation.get(name)
        if link is None or link.target not in types:
            raise unknown_property(name, entity.entity)
        nested = dict(_option(each) for each in _split_outside_brackets(inside, ";"))
        found.append(Expand(link, parse_query(nested, types[link.target], types)))
    return found


def _name_and_options(part: str) -> tuple[str, str]:
    name, bracket, inside = part.partition("(")
    if bracket and not inside.endswith(")"):
        raise bad_request(f"Syntax error in $expand near '{part}'.")
    return name.strip(), inside.removesuffix(")") if bracket else ""


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.strip().partition("=")
    if not equals:
        raise bad_request(f"Syntax error in $expand near '{text}'.")
    return name.strip(), value.strip()


def _split_outside_brackets(text: str, separator: str) -> list[str]:
    """The parts of ``text`` at separators that are neither in brackets nor in quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if depth > 10:
                raise bad_request("The $expand is nested too deeply.")
            if sign == separator and depth == 0:
                parts.append(text[start:at])
                start = at + 1
    return [part for part in [*parts, text[start:]] if part.strip()]


def _skip_token(text: str | None) -> SkipToken | None:
    if text is None:
        return None
    *values, row_id = text.split(",")
    if not GUID.match(row_id):
        raise bad_request("The skip token is not valid.")
    try:
        return SkipToken(row_id.lower(), tuple(json.loads(unquote_plus(value)) for value in values))
    except ValueError:
        raise bad_request("The skip token is not valid.") from None
