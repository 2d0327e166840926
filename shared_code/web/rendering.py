"""Templates become pages.  Whatever comes from records, services or people is escaped on its way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shared_code.core.causes import in_general
from shared_code.core.records import Side
from shared_code.web.messages import PLACE
from shared_code.web.static import address_of
from shared_code.web.texts import translated
from shared_code.web.told import told
from shared_code.web.words import OUTCOMES, RULES, WORDS, remedy_of

MAX_VALUE = 500
"""Characters of one value that a page shows."""


@cache
def environment(language: str) -> Environment:
    """The templates in one language."""
    made = Environment(
        loader=PackageLoader("shared_code.web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    t = partial(translated, language)
    made.globals |= {
        "t": t, "language": language, "Side": Side, "asset": address_of, "words": WORDS,
        "outcomes": OUTCOMES, "rules_words": RULES, "remedy_of": remedy_of}  # fmt: skip
    made.filters |= {
        "moment": moment,
        "shown": partial(shown, t),
        "number": partial(number, language),
        "told": partial(told, language),
        "in_general": in_general,
        "system": lambda side: Side(side).system_name,
        "percent": lambda share: f"{share} %",
    }
    return made


def render(template: str, language: str, values: Mapping[str, Any]) -> str:
    return environment(language).get_template(template).render(values)


def moment(at: str | float | None, *, short: bool = False) -> str:
    """A moment (seconds, or the text of a view) as people read it; a dash for none.

    ``short``: neither year nor zone.
    """
    if not at:
        return "–"
    found = datetime.fromtimestamp(at, UTC) if isinstance(at, float | int) else _parsed(at)
    if found is None:
        return str(at)
    text = found.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        text.isoformat(timespec="seconds"), f"{text:%m-%d %H:%M}" if short else f"{text:%Y-%m-%d %H:%M} UTC"
    )


def _parsed(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def shown(t: Callable[[str], str], value: object) -> str:
    """A value as it is told on a page: blank is said, long ones are cut, groups are named."""
    if value is None or value == "":
        return t("(blank)")
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {shown(t, each)}" for name, each in value.items())
    plain = isinstance(value, str | int | float | Decimal)
    text = str(value) if plain else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"


def number(language: str, value: int) -> str:
    """A count with its thousands set apart."""
    text = f"{value:,}"
    return text.replace(",", ".") if language == "nl" else text


def address(connection: str, *path: object, **query: object) -> str:
    """The address of a page of ours.  ``connection`` is blank where there is but one."""
    place = "/".join([PLACE, *(quote(str(each), safe="") for each in path)])
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    if connection:
        asked = {"connection": connection, **asked}
    return f"{place}?{urlencode(asked)}" if asked else place
