"""What the product tells in English, in the reader's language: findings, refusals, causes of problems.

The core composes such texts around names and numbers and knows no language.  ``texts/<language>.told.json``
holds them with ``{}`` for each name; its translation says where they go, ``{0}`` the first.  A text that is
not there is shown as it was told: a service's own words always are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from shared_code.web.texts import ENGLISH

PLACE = "{}"
LONGEST = 2_000
"""Characters of a text that is looked up; longer ones are a service's."""


def told(language: str, text: object) -> str:
    """The text in a language, or as it is."""
    given = str(text)
    if language == ENGLISH or len(given) > LONGEST:
        return given
    whole, parts = _known(language)
    if given in whole:
        return whole[given]
    for pattern, translation in parts:
        if found := pattern.fullmatch(given):
            return translation.format(*(told(language, each) for each in found.groups()))
    return given


@cache
def _known(language: str) -> tuple[Mapping[str, str], Sequence[tuple[re.Pattern[str], str]]]:
    """Whole texts, and those with places: the more of a text is fixed the earlier it is tried."""
    texts = translations(language)
    placed = sorted((each for each in texts if PLACE in each), key=lambda each: (-len(each), each))
    return (
        {english: own for english, own in texts.items() if PLACE not in english},
        [
            (re.compile("(.+?)".join(map(re.escape, each.split(PLACE))), re.DOTALL), texts[each])
            for each in placed
        ],
    )


@cache
def translations(language: str) -> Mapping[str, str]:
    """Every told text that a language has."""
    file = resources.files("shared_code.web") / "texts" / f"{language}.told.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found
