"""Every problem a record can have is in the catalogue of codes, which docs/problems.md is written from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from shared_code.core.outcome import PROBLEMS
from tools.checks.sources import ROOT

PLACES = {
    "fail": 2, "wait": 2, "hold": 2, "not_carried": 2, "_settle": 3, "Unfit": 1, "Problem": 3,
}  # fmt: skip
"""Which argument of a call is a problem's code, by what is called."""


@cache
def trees() -> list[ast.Module]:
    """Everything that is deployed but the catalogue itself."""
    paths = sorted((ROOT / "shared_code").rglob("*.py"))
    return [ast.parse(path.read_text("utf-8")) for path in paths if path.name != "outcome.py"]


def constants() -> dict[str, str]:
    """Texts that a module gives a name in capitals."""
    return {
        target.id: str(node.value.value)
        for tree in trees()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def codes() -> Iterator[str]:
    """The codes that are written at one of the places."""
    named = constants()
    for node in (each for tree in trees() for each in ast.walk(tree) if isinstance(each, ast.Call)):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        keyword = [each.value for each in node.keywords if each.arg == "code"]
        given = keyword or node.args[PLACES[name] : PLACES[name] + 1] if name in PLACES else []
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.Name) and value.id in named:
                yield named[value.id]


def test_every_code_that_a_record_is_given_is_in_the_catalogue() -> None:
    found = set(codes())
    assert len(found) > 20
    assert found - PROBLEMS.keys() == set()


def test_every_code_of_the_catalogue_is_given_somewhere() -> None:
    texts = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert PROBLEMS.keys() - texts == set()


def test_every_code_says_what_it_means_and_what_to_do_in_whole_sentences() -> None:
    for each in PROBLEMS.values():
        assert each.meaning.endswith("."), each
        assert each.remedy.endswith("."), each
