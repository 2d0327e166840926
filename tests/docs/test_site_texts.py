"""Texts of the pages: each language has all of them, and none that is shown nowhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from local.dev.places import ROOT
from shared_code.core.outcome import PROBLEMS
from shared_code.web.rendering import environment
from shared_code.web.texts import LANGUAGES, language_of, translated
from shared_code.web.words import REMEDIES

WEB = ROOT / "shared_code" / "web"
OTHERS = [each for each in LANGUAGES if each != "en"]
VALUE = re.compile(r"%\((\w+)\)s")


def in_templates() -> Iterator[str]:
    made = environment("en")
    for path in (WEB / "templates").glob("*.html"):
        for call in made.parse(path.read_text("utf-8")).find_all(nodes.Call):
            first = call.args[0] if call.args else None
            named = isinstance(call.node, nodes.Name) and call.node.name == "t"
            if named and isinstance(first, nodes.Const):
                yield str(first.value)


def in_code() -> Iterator[str]:
    for path in WEB.rglob("*.py"):
        calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call))
        for call in calls:
            named = isinstance(call.func, ast.Name) and call.func.id == "phrase"
            if named and isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)


def of_the_product() -> Iterator[str]:
    """What problems mean and how they are mended is told by the core, in English."""
    for code, each in PROBLEMS.items():
        yield each.meaning
        if code not in REMEDIES:
            yield each.remedy


def everything() -> set[str]:
    own = {"(blank)", "Yes", "No"}
    return {*in_templates(), *in_code(), *of_the_product(), *own}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    known = json.loads(Path(WEB / "texts" / f"{language}.json").read_text("utf-8"))
    lacking, shown_nowhere = sorted(everything() - known.keys()), sorted(known.keys() - everything())
    assert lacking == [], f"translate these in shared_code/web/texts/{language}.json"
    assert shown_nowhere == [], f"remove these from shared_code/web/texts/{language}.json"
    assert all(text.strip() for text in known.values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_values(language: str) -> None:
    known = json.loads(Path(WEB / "texts" / f"{language}.json").read_text("utf-8"))
    wrong = [text for text, own in known.items() if sorted(VALUE.findall(text)) != sorted(VALUE.findall(own))]
    assert wrong == []


def test_what_has_no_translation_is_told_in_english() -> None:
    assert translated("nl", "nothing knows %(this)s", this="text") == "nothing knows text"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"), ("", "nl-NL,nl;q=0.9,en;q=0.8", "nl"), ("", "de-DE,nl;q=0.5", "nl"),
        ("nl", "en", "nl"), ("xx", "en", "en"), ("", "*", "en"), ("", ";;;,,", "en"),
    ],
)  # fmt: skip
def test_a_person_s_choice_counts_before_the_browser_s(cookie: str, accepted: str, language: str) -> None:
    assert language_of({"tandem-language": cookie}, accepted) == language
