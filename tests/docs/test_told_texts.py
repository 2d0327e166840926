"""What the product tells in English and pages show in another language: each is told, and none is missed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from local.dev.places import ROOT
from shared_code.web.told import PLACE, told, translations

PRODUCT = ROOT / "shared_code"
EXAMINED = [
    *(PRODUCT / "sync" / "doctor").glob("*.py"),
    PRODUCT / "sync" / "setup" / "preparing.py",
    PRODUCT / "sync" / "setup" / "option_values.py",
]
"""Modules whose every text is shown to people."""


def texts(path: Path) -> Iterator[str]:
    """The texts in a module, with a place for each value; no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(each) for each in ast.walk(node) if each is not node}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))
    for node in ast.walk(tree):
        if id(node) not in inner and (text := _text(node)):
            yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else PLACE for each in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def everything() -> frozenset[str]:
    return frozenset(text for path in PRODUCT.rglob("*.py") for text in texts(path))


def test_a_translation_is_of_something_that_is_told() -> None:
    assert sorted(translations("nl").keys() - everything() - COMPOSED) == []


COMPOSED = {"{}: Business Central"}
"""Told in pieces."""


@pytest.mark.parametrize("path", EXAMINED, ids=lambda path: path.stem)
def test_what_an_examination_tells_is_there_in_dutch(path: Path) -> None:
    shown = {each for each in texts(path) if " " in each.strip() and re.search(r"[a-z]{2}", each)}
    shown = {each for each in shown if not OF_PIECES.search(each)}
    assert sorted(shown - translations("nl").keys()) == []


OF_PIECES = re.compile(
    r"^(\{\} in \{\}|, version|it \{\} and|has the role|System Adm| and Sys|, which|\{\} \{\} is|Name a)"
)
"""Names with little around them, and texts that are put together of several."""


def test_names_and_numbers_keep_their_places() -> None:
    english = "Business Central keeps its books in GBP, Sales in USD"
    assert told("nl", english) == "Business Central voert de boeken in GBP, Sales in USD"
    assert told("nl", "its clock is 3 s behind ours") == "de klok loopt 3 s achter op de onze"


@pytest.mark.parametrize("text", ["", "0x80040220: SecLib::AccessCheckEx failed", "{0} {} %(x)s", "x" * 5000])
def test_a_service_s_own_words_stay(text: str) -> None:
    assert told("nl", text) == text
    assert told("en", text) == text


@pytest.mark.parametrize(("english", "dutch"), sorted(translations("nl").items()))
def test_a_translation_has_a_place_for_each_value(english: str, dutch: str) -> None:
    places = {f"{{{number}}}" for number in range(english.count(PLACE))}
    assert set(re.findall(r"\{\d*\}", dutch)) == places
