"""Texts in the reader's language.

A text is written in English where it is shown and is its own key; ``texts/<language>.json`` maps it to
another language.  ``t("…")`` in a template and ``phrase("…")`` in code mark texts; a test finds
one that lacks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

LANGUAGES: Mapping[str, str] = {"en": "English", "nl": "Nederlands"}
ENGLISH = "en"
COOKIE = "tandem-language"


def phrase(text: str) -> str:
    """Marks a text that is shown by way of a variable."""
    return text


@cache
def _translations(language: str) -> Mapping[str, str]:
    if language == ENGLISH:
        return {}
    file = resources.files("shared_code.web") / "texts" / f"{language}.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def translated(language: str, text: str, **values: object) -> str:
    """The text in a language, with ``%(name)s`` replaced; English where there is no translation."""
    found = _translations(language).get(text, text)
    return found % values if values else found


def language_of(cookies: Mapping[str, str], accepted: str) -> str:
    """What a person chose, else the first language their browser asks for that there is."""
    chosen = cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    asked = (each.partition(";")[0].strip()[:2].lower() for each in accepted.split(","))
    return next((each for each in asked if each in LANGUAGES), ENGLISH)
