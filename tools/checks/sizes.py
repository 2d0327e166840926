"""The sizes of the product's functions and files: small ones are read and tested at a glance.

Counted is every function from its `def` to its last line, docstring included. Prints the figures and then
one line per violation, `file:line: rule`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.checks.sources import ROOT, Violation, name_of, python_files

PRODUCT = ("function_app.py", "functions", "shared_code", "tandem", "local", "tools", "dev.py")
SHORT_FILES = ("functions", "shared_code", "tandem")  # where the limit on a file is held
MAX_FUNCTION_LINES = 60
MAX_MEDIAN_LINES = 10
MAX_FILE_LINES = 400
AIM_FILE_LINES = 350


@dataclass(frozen=True)
class Function:
    """One function and its length."""

    file: str
    line: int
    name: str
    lines: int


@dataclass(frozen=True)
class Source:
    """One file, its length and its functions."""

    file: str
    lines: int
    functions: tuple[Function, ...]


def measure(path: Path, root: Path) -> Source:
    """The sizes in one file."""
    text, file = path.read_text(encoding="utf-8"), name_of(path, root)
    functions = [
        Function(file, node.lineno, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text, filename=file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return Source(file, len(text.splitlines()), tuple(functions))


def violations(sources: Iterable[Source]) -> Iterator[Violation]:
    """What is too long."""
    held = list(sources)
    for source in held:
        if source.lines > MAX_FILE_LINES and source.file.split("/")[0] in SHORT_FILES:
            yield Violation(source.file, 1, f"{source.lines} lines; a file has at most {MAX_FILE_LINES}")
        for function in source.functions:
            if function.lines > MAX_FUNCTION_LINES:
                yield Violation(
                    function.file,
                    function.line,
                    f"{function.name} has {function.lines} lines; "
                    f"a function has at most {MAX_FUNCTION_LINES}",
                )
    middle = median_lines(held)
    if middle > MAX_MEDIAN_LINES:
        yield Violation(
            ".", 0, f"the median function has {middle:g} lines; at most {MAX_MEDIAN_LINES} are allowed"
        )


def median_lines(sources: Iterable[Source]) -> float:
    """The median length of all functions, 0 if there are none."""
    lines = [function.lines for source in sources for function in source.functions]
    return median(lines) if lines else 0


def figures(sources: list[Source]) -> Iterator[str]:
    """The sizes in a few lines for people."""
    functions = sorted(
        (function for source in sources for function in source.functions), key=lambda f: -f.lines
    )
    yield (
        f"{len(sources)} files, {sum(source.lines for source in sources)} lines, {len(functions)} functions, "
        f"median {median_lines(sources):g} lines"
    )
    if functions:
        tenth = functions[len(functions) // 10].lines
        longest = functions[0]
        yield f"a tenth has {tenth} lines or more"
        yield f"the longest has {longest.lines} lines: {longest.name} in {longest.file}"
    long_files = sorted(
        (source for source in sources if source.lines > AIM_FILE_LINES), key=lambda s: -s.lines
    )
    yield from (
        f"over the aim of {AIM_FILE_LINES} lines: {source.file} ({source.lines})" for source in long_files
    )


def main(root: Path) -> int:
    """Prints figures and violations; 1 if there are any."""
    sources = [measure(path, root) for path in python_files(root, PRODUCT)]
    found = sorted(violations(sources))
    for line in [*figures(sources), *found]:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
