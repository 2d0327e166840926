"""The tests that name scenarios, read from their source: nothing is run or imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKER = "pytest.mark.conforms"
SILENT = ("pytest.mark.skip", "pytest.mark.xfail", "pytest.mark.skipif")


@dataclass(frozen=True)
class Mark:
    """A test that names a scenario; ``silent`` when the test cannot fail (skipped or expected to fail)."""

    scenario: str
    file: str
    test: str
    line: int
    silent: bool

    @property
    def place(self) -> str:
        """As pytest writes it."""
        return f"{self.file}::{self.test}"


def read(root: Path) -> list[Mark]:
    """All marks under ``tests``, by file and line.  Raises ValueError for one that is no plain text."""
    paths = sorted((root / "tests").rglob("test_*.py"))
    return [mark for path in paths for mark in _marks(path, path.relative_to(root).as_posix())]


def _marks(path: Path, file: str) -> Iterator[Mark]:
    text = path.read_text(encoding="utf-8")
    if MARKER not in text:
        return
    tree = ast.parse(text, filename=file)
    seen = {id(each) for node in _tests(tree) for each in node.decorator_list}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func) == MARKER and id(node) not in seen:
            raise ValueError(f"{file}:{node.lineno}: {MARKER} stands before a test function and nowhere else")
    for test in _tests(tree):
        yield from _marks_of(test, file)


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _marks_of(test: ast.FunctionDef, file: str) -> Iterator[Mark]:
    calls = [each.func if isinstance(each, ast.Call) else each for each in test.decorator_list]
    silent = any(_dotted(each) in SILENT for each in calls)
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and _dotted(decorator.func) == MARKER:
            for argument in decorator.args:
                yield Mark(_text(argument, file), file, test.name, argument.lineno, silent)


def _text(node: ast.expr, file: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{file}:{node.lineno}: a scenario is named by a plain text")


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
