"""Which full names a Python file imports and mentions, whatever it calls them itself.

`from uuid import uuid4 as u` followed by `u()` mentions `uuid.uuid4`; `import datetime as d` followed by
`d.datetime.now` mentions `datetime.datetime.now`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """A full dotted name and the line where it is imported or mentioned."""

    name: str
    line: int


def imports(tree: ast.Module, module: str, is_package: bool) -> list[Use]:
    """Everything imported anywhere in the file, relative imports resolved.

    `from a import b` gives `a.b`, because b may be a module.
    """
    return [use for node in ast.walk(tree) for use in _imports_of(node, module, is_package)]


def mentions(tree: ast.Module, module: str, is_package: bool) -> list[Use]:
    """Every imported or built-in name the file uses, in full; of a chain `a.b.c` only the longest form."""
    known = _bindings(tree, module, is_package)
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    chains = [
        (node, _chain(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner
    ]
    return [
        Use(".".join([known.get(chain[0], chain[0]), *chain[1:]]), node.lineno)
        for node, chain in chains
        if chain
    ]


def base_of(module: str, is_package: bool, level: int) -> str:
    """The package that a relative import of `level` dots starts from; empty for none."""
    parts = module.split(".")
    keep = len(parts) - level + (1 if is_package else 0)
    return ".".join(parts[:keep]) if level else ""


def _imports_of(node: ast.AST, module: str, is_package: bool) -> Iterator[Use]:
    if isinstance(node, ast.Import):
        yield from (Use(alias.name, node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        source = _source(node, module, is_package)
        yield from (Use(f"{source}.{alias.name}", node.lineno) for alias in node.names)


def _source(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    return ".".join(part for part in (base_of(module, is_package, node.level), node.module) if part)


def _bindings(tree: ast.Module, module: str, is_package: bool) -> dict[str, str]:
    """What each imported local name stands for."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module, is_package)
            known.update({alias.asname or alias.name: f"{source}.{alias.name}" for alias in node.names})
    return known


def _chain(node: ast.expr) -> list[str]:
    """The parts of `a.b.c`; empty when it does not start with a plain name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
