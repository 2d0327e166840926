"""The threat model: all ten risks of OWASP's list, each with tests that are there and run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tools.checks.sources import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", PAGE)))


def risks() -> Iterator[list[str]]:
    for line in PAGE.splitlines():
        if line.startswith("| API"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_each_risk_of_the_list_is_answered_and_shown() -> None:
    found = list(risks())
    assert [risk.split()[0] for risk, _, _ in found] == [f"API{number}" for number in range(1, 11)]
    assert [risk for risk, here, shown in found if not here or not re.search(r"\[test_\w+\]", shown)] == []


@pytest.mark.parametrize(("test", "file"), NAMED)
def test_a_test_that_is_named_is_there_and_is_not_skipped(test: str, file: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == test]
    assert len(found) == 1
    marks = " ".join(ast.unparse(each) for each in found[0].decorator_list)
    assert "skip" not in marks
    assert "xfail" not in marks


def test_no_test_is_named_otherwise() -> None:
    """A link to a file of tests names one of its tests."""
    assert len(re.findall(r"\]\(\.\./tests/", PAGE)) == len(re.findall(r"\[test_\w+\]\(\.\./tests/", PAGE))
