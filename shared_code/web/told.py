"""What the product tells in English, in the reader's language: findings, refusals, causes of problems.

The core composes such texts around names and numbers and knows no language.  ``texts/<language>.told.json``
holds them with ``{}`` for each name; its translation says where they go, ``{0}`` the first.  What stands in a
place is told in its turn, and so is each of several sentences.  What a problem's code means is a text of the
pages.  A text that is nowhere is shown as it was told: a service's own words always are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from shared_code.web.texts import ENGLISH, translated

PLACE = "{}"
LONGEST = 2_000
"""Characters of a text that is looked up; longer ones are a service's."""
REMEMBERED = 4_096
"""Texts that are kept translated: a list shows the same ones again and again."""
NEXT_SENTENCE = ". "


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with places: what is fixed before, between and behind them, and its translation."""

    pieces: Sequence[str]
    translation: str

    def read(self, text: str, whole: bool) -> tuple[list[str], str] | None:
        """What stands in the places, and the sentences that follow; None where it is another text.

        Each place reaches to the next fixed piece, and holds something.  ``whole``: no place holds the end of
        a sentence.
        """
        first, *rest = self.pieces
        if not text.startswith(first):
            return None
        values, at = [], len(first)
        for piece in rest:
            found = _end(text, piece, at + 1) if piece is rest[-1] else text.find(piece, at + 1)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(piece)
        is_apart = whole and any(NEXT_SENTENCE in each for each in values)
        return None if is_apart else (values, text[at:].removeprefix(" "))


def _end(text: str, piece: str, at: int) -> int:
    """Where the last piece begins: at the end of the text, or of a sentence that others follow."""
    if not piece.endswith("."):
        return len(text) - len(piece) if text.endswith(piece) and len(text) - len(piece) >= at else -1
    found = text.find(f"{piece} ", at)
    return found if found >= 0 else text.find(piece, at) if text.endswith(piece) else -1


def told(language: str, text: object) -> str:
    """The text in a language, or as it is."""
    given = str(text)
    return given if language == ENGLISH or len(given) > LONGEST else _told(language, given)


@lru_cache(REMEMBERED)
def _told(language: str, text: str) -> str:
    known, placed = _known(language)
    if text in known or text.endswith("."):
        own = known.get(text) or translated(language, text)
        if own != text:
            return own
    for whole in (True, False):
        for each in placed:
            if found := each.read(text, whole):
                values, rest = found
                own = each.translation.format(*(told(language, value) for value in values))
                return f"{own} {told(language, rest)}" if rest else own
    return _sentences(language, text)


def _sentences(language: str, text: str) -> str:
    """The first sentence by itself, where it is one that is known."""
    first, dot, rest = text.partition(NEXT_SENTENCE)
    known = _known(language)[0].get(f"{first}.") if dot else None
    return f"{known} {told(language, rest)}" if known else text


@cache
def _known(language: str) -> tuple[Mapping[str, str], Sequence[Placed]]:
    """Whole texts, and those with places: the more of a text is fixed the earlier it is tried."""
    texts = translations(language)
    placed = sorted((each for each in texts if PLACE in each), key=lambda each: (-len(each), each))
    return (
        {english: own for english, own in texts.items() if PLACE not in english},
        [Placed(each.split(PLACE), texts[each]) for each in placed],
    )


@cache
def translations(language: str) -> Mapping[str, str]:
    """Every told text that a language has."""
    file = resources.files("shared_code.web") / "texts" / f"{language}.told.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found
