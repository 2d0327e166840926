"""What the product tells in English and pages show in another language: each is told, and none is missed."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.dev.places import ROOT
from shared_code.core.outcome import PROBLEMS
from shared_code.web.told import PLACE, told, translations
from tests.docs.test_problem_codes import PLACES

PRODUCT = ROOT / "shared_code"
EXAMINED = [
    *(PRODUCT / "sync" / "doctor").glob("*.py"),
    *(PRODUCT / "sync" / "processing").glob("*.py"),
    *(PRODUCT / "sync" / "setup" / f"{name}.py" for name in ("preparing", "option_values")),
    *(PRODUCT / "sync" / f"{name}.py" for name in ("coupling", "matching", "full_sync", "full_sync_control")),
    *(PRODUCT / "core" / f"{name}.py" for name in (
        "brakes", "journal", "lines", "lookups", "order_line_values", "orders", "transform", "undo", "why",
    )),
    PRODUCT / "sync" / "comparing" / "comparing.py",
]  # fmt: skip
"""Modules whose every text is shown to people: of a record, of a mapping, of both systems."""
NOT_SHOWN = {
    "the mapping's lines go both ways",
    "there is no batch {} of job {}", "only such an item lives on", "another record", "{} is not a number",
    "Full Synchronization", "Couple Records", "No Records To Synchronize Now",
}  # fmt: skip
"""Told to developers, or words that pages have texts of their own for."""


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


@cache
def titles() -> frozenset[str]:
    """What the mappings of the catalogue are called."""
    files = (PRODUCT / "mappings").glob("*.toml")
    return frozenset(tomllib.loads(path.read_text("utf-8"))["title"] for path in files)


def test_every_mapping_of_the_catalogue_has_a_dutch_title() -> None:
    assert sorted(titles() - translations("nl").keys()) == []


def test_a_translation_is_of_something_that_is_told() -> None:
    assert sorted(translations("nl").keys() - everything() - titles() - COMPOSED) == []


COMPOSED = {
    "Both sides hold records that are not coupled.",
    "Couple what belongs together; this mapping creates none.",
    "Couple what belongs together; to create the rest, start a full synchronisation that releases {}.",
    *(f"it {is_so} the role {{}}" for is_so in (
        "was made and got", "was made and has", "is there and has", "is there and got",
    )),
    "has the role System Administrator and System Customizer",
    "has the role System Administrator, which covers System Customizer",
    "{}: Business Central", "{}: schedules", "an order", "a quote", "order", "quote",
    "Line {} ({}): {}", "Line {}: {}",
    "Its partner in Sales was merged into “{}”.",
    "Tandem wrote it to {} on {} in job {}, because {}.",
    "Tandem wrote it to {} on {} in job {}, because {} ({}).",
    "Before it was {}.", "the mapping does not carry the record",
    "Its values were erased on {}.",
    *(f"{when}{how} on {{}} in job {{}}" for when in ("", "when ") for how in (
        "Tandem created the record of {}", "a person coupled the pair",
        "the pair was coupled because its records match",
    )),
}  # fmt: skip
"""Told in pieces."""


@pytest.mark.parametrize("path", EXAMINED, ids=lambda path: path.stem)
def test_what_an_examination_tells_is_there_in_dutch(path: Path) -> None:
    shown = {each for each in texts(path) if " " in each.strip() and re.search(r"[a-z]{2}", each)}
    shown = {each for each in shown - NOT_SHOWN if not OF_PIECES.search(each)}
    assert sorted(shown - translations("nl").keys()) == []


OF_PIECES = re.compile(
    r"^(\{\} in \{\}|, version|it \{\} and|has the role|System Adm| and Sys|, which|\{\} \{\} is|Name a)"
    r"|^(Tandem wrote it to|because|Tandem created the record|a person coupled|the pair was coupled| Before)"
    r"|^(an? \{\}$|\{\}: \{\}$|\{\}, \{\}\. Its values)"
)
"""Names with little around them, and texts that are put together of several."""


GIVES_ANOTHER_S = {"detect", "tombstones", "couplings", "paper"}
"""Modules that hand on what another one told."""


def test_every_module_that_gives_a_record_a_problem_is_examined() -> None:
    examined = {path.stem for path in EXAMINED} | GIVES_ANOTHER_S
    found = {path.stem for path in PRODUCT.rglob("*.py") if gives_problems(path)}
    assert {"transform", "problems", "matching"} <= found
    assert sorted(found - examined) == []


def gives_problems(path: Path) -> bool:
    calls = (each.func for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call))
    return any(getattr(each, "attr", getattr(each, "id", "")) in PLACES for each in calls)


@pytest.mark.parametrize("code", PROBLEMS)
def test_what_a_code_means_is_told_in_dutch_where_it_is_all_that_is_known_of_a_record(code: str) -> None:
    assert told("nl", PROBLEMS[code].meaning) != PROBLEMS[code].meaning


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("phone has 40 characters; Sales holds 30. Shorten it in Business Central.",
         "phone heeft 40 tekens; in Sales passen er 30. Kort het in in Business Central."),
        ("phone has 40 characters; Sales holds 30. Shorten it in Business Central. "
         "fax: “x” has no counterpart in Sales.",
         "phone heeft 40 tekens; in Sales passen er 30. Kort het in in Business Central. "
         "fax: “x” heeft geen tegenhanger in Sales."),
        ("Line 1 (A. B. Bike): it is a bundle, which Business Central does not know. Enter its products one "
         "by one. Line 2: it has no quantity.",
         "Regel 1 (A. B. Bike): hij is een bundel en dat kent Business Central niet. Voer de producten een "
         "voor een in. Regel 2: hij heeft geen aantal."),
        ("account refers to “10000” of Business Central (Customers ⇄ accounts), which is not coupled.",
         "account verwijst naar “10000” van Business Central (Klanten ⇄ accounts) en dat is niet gekoppeld."),
        ("Changed on both sides: number. Business Central keeps its number, because another one renames the "
         "record in all documents: write Business Central's in Sales, or rename it there.",
         "Aan beide kanten gewijzigd: number. Business Central houdt zijn eigen waarde van number, omdat een "
         "andere het record in alle documenten hernoemt: schrijf die van Business Central in Sales, of "
         "hernoem het daar."),
        ("Business Central answered: The field Blocked is wrong. Correct it.",
         "Business Central antwoordde: The field Blocked is wrong. Correct it."),
        ("Tandem wrote it to Sales on 2026-01-31 10:00:00 UTC in job ab, because both sides had changed it, "
         "and a person decided (Jo). Before it was blank.",
         "Tandem schreef het naar Sales op 2026-01-31 10:00:00 UTC in taak ab, omdat beide kanten het hadden "
         "gewijzigd en iemand besliste (Jo). Daarvoor was het leeg."),
    ],
)  # fmt: skip
def test_what_is_told_of_a_record_is_read_in_dutch(english: str, dutch: str) -> None:
    assert told("nl", english) == dutch


@given(st.lists(st.sampled_from(sorted(translations("nl"))), min_size=1, max_size=3), st.text(max_size=40))
def test_a_text_of_any_shape_is_told_without_a_fault(texts: list[str], name: str) -> None:
    for text in (" ".join(texts), " ".join(texts).replace(PLACE, name), name):
        assert told("en", text) == text
        assert isinstance(told("nl", text), str)


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
