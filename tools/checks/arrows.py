"""The import arrows: function_app -> (functions, compose) -> sync -> (core, systems, store).

Also what no module may reach for by itself: clocks, chance, threads and ids come from the given Runtime, so
that the same code can be simulated step by step and replayed from a seed. One line per violation,
`file:line: rule`.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.checks.names import Use, imports, mentions
from tools.checks.sources import Violation, finish, name_of, python_files

DEPLOYED = ("function_app.py", "functions", "shared_code")
NOT_DEPLOYED = ("tandem", "local", "tests", "benchmarks", "tools", "dev")
INTERNAL = ("function_app", "functions", "shared_code", *NOT_DEPLOYED)
RUNTIME = "shared_code.runtime"


@dataclass(frozen=True)
class Layer:
    """What the modules below `prefix` may import: of this project, and from packages."""

    prefix: str
    project: frozenset[str]
    packages: frozenset[str] = frozenset()
    pure: bool = False  # only PURE_LIBRARY of the standard library, and no I/O
    given_runtime: bool = True  # takes clock, chance, ids and threads from its Runtime


def _layer(
    prefix: str, project: str, packages: str = "", pure: bool = False, given_runtime: bool = True
) -> Layer:
    return Layer(prefix, frozenset(project.split()), frozenset(packages.split()), pure, given_runtime)


# The first layer whose prefix fits is the one that holds.
LAYERS = (
    _layer("shared_code.core", "shared_code.core", pure=True),
    _layer("shared_code.mappings", "shared_code.mappings shared_code.core"),
    _layer(
        "shared_code.systems",
        f"shared_code.systems shared_code.core {RUNTIME}",
        "requests urllib3 orjson msal azure.core azure.identity cryptography jwt",
    ),
    _layer(
        "shared_code.store",
        f"shared_code.store shared_code.core {RUNTIME}",
        "azure.core azure.identity azure.data.tables azure.storage.queue requests urllib3 orjson",
    ),
    _layer(
        "shared_code.sync",
        "shared_code.sync shared_code.core shared_code.systems shared_code.store "
        f"shared_code.mappings {RUNTIME}",
    ),
    _layer(
        "shared_code.web", f"shared_code.web shared_code.sync shared_code.core {RUNTIME}", "jinja2 markupsafe"
    ),
    # Where the Runtime comes from: the one module that may touch clock, chance, ids and threads.
    _layer(RUNTIME, "shared_code.core", given_runtime=False),
    # A thread of its own sends what is told; the one place that knows OpenTelemetry.
    _layer("shared_code.telemetry", "shared_code.core", given_runtime=False),
    _layer(
        "shared_code.telemetry_azure",
        "shared_code.core shared_code.telemetry",
        "opentelemetry azure.core azure.identity azure.monitor",
        given_runtime=False,
    ),
    _layer(
        "shared_code.connecting",
        "shared_code.settings shared_code.sync shared_code.store shared_code.systems shared_code.core "
        f"{RUNTIME}",
    ),
    _layer(
        "shared_code.clients",
        "shared_code.settings shared_code.connecting shared_code.store shared_code.systems shared_code.core "
        f"{RUNTIME}",
    ),
    _layer("shared_code.settings", "shared_code", "*", given_runtime=False),
    _layer("shared_code.compose", "shared_code", "*", given_runtime=False),
    _layer("shared_code", "shared_code.core"),
    _layer(
        "functions",
        "functions shared_code.compose shared_code.sync shared_code.web",
        "azure.functions",
        given_runtime=False,
    ),
    _layer("function_app", "functions shared_code.compose", "azure.functions", given_runtime=False),
)

PURE_LIBRARY = frozenset(
    """
    __future__ abc base64 binascii bisect calendar collections contextlib copy dataclasses datetime decimal
    difflib enum fractions functools graphlib hashlib heapq hmac html itertools json keyword math numbers
    operator re statistics string struct textwrap tomllib types typing unicodedata urllib.parse uuid zlib
    zoneinfo
""".split()
)
FORBIDDEN_MODULES = frozenset(
    """
    threading _thread time random secrets sched asyncio concurrent multiprocessing queue signal subprocess
""".split()
)
FORBIDDEN_NAMES = frozenset(
    """
    uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 uuid.uuid8 uuid.getnode os.urandom os.getrandom os.fork
    datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today
""".split()
)
FORBIDDEN_IN_CORE = frozenset("open print input exec eval compile breakpoint".split())
HIDDEN_IMPORTS = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})


def within(name: str, prefix: str) -> bool:
    """Whether the dotted name is the prefix or lies below it."""
    return name == prefix or name.startswith(prefix + ".")


def within_any(name: str, prefixes: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether the dotted name lies below one of the prefixes, of which `*` is above all."""
    return any(prefix == "*" or within(name, prefix) for prefix in prefixes)


def layer_of(module: str) -> Layer | None:
    """The layer that holds for a module; None when nothing is said about it."""
    return next((layer for layer in LAYERS if within(module, layer.prefix)), None)


def module_of(path: Path, root: Path) -> tuple[str, bool]:
    """The dotted name of a file, and whether it is a package's `__init__`."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    return ".".join(parts[:-1] if is_package else parts), is_package


def import_rules(layer: Layer, name: str) -> Iterator[str]:
    """The rules that an import of `name` breaks in this layer."""
    top = name.split(".")[0]
    if top in NOT_DEPLOYED:
        yield f"deployed code imports {name}: {top} is not deployed"
    elif top in INTERNAL:
        if not within_any(name, layer.project):
            yield f"{layer.prefix} may not import {name}"
    elif top in sys.stdlib_module_names:
        if layer.pure and not within_any(name, PURE_LIBRARY):
            yield f"{layer.prefix} is pure and may not import {name}"
    elif not within_any(name, layer.packages):
        yield f"{layer.prefix} may not import the package {name}"


def world_rules(layer: Layer, name: str) -> Iterator[str]:
    """The rules that importing or mentioning `name` breaks because the Runtime gives it."""
    if layer.given_runtime and (name.split(".")[0] in FORBIDDEN_MODULES or within_any(name, FORBIDDEN_NAMES)):
        yield f"{layer.prefix} may not use {name}: the Runtime gives clock, chance, ids and threads"
    if layer.given_runtime and name == "uuid.*":
        yield f"{layer.prefix} may not import everything of uuid: it holds random ids"


def mention_rules(layer: Layer, name: str) -> Iterator[str]:
    """The rules that mentioning `name` breaks for other reasons."""
    if layer.pure and name in FORBIDDEN_IN_CORE:
        yield f"{layer.prefix} is pure and may not use {name}"
    if name in HIDDEN_IMPORTS:
        yield f"{name} hides an import from this check"


def violations_in(
    tree: ast.Module, file: str, module: str, is_package: bool, layer: Layer
) -> Iterator[Violation]:
    """Every rule that one file breaks."""
    imported = imports(tree, module, is_package)
    named = [use for use in mentions(tree, module, is_package) if _stands_for_import(use, imported)]
    for use in imported:
        yield from (Violation(file, use.line, rule) for rule in import_rules(layer, use.name))
    for use in [*imported, *named]:
        yield from (Violation(file, use.line, rule) for rule in world_rules(layer, use.name))
    for use in mentions(tree, module, is_package):
        yield from (Violation(file, use.line, rule) for rule in mention_rules(layer, use.name))


def _stands_for_import(use: Use, imported: list[Use]) -> bool:
    """Keeps a local variable that is called like a module, such as `time`, out of it."""
    return any(within(use.name, one.name) or within(one.name, use.name.split(".")[0]) for one in imported)


def find(root: Path) -> Iterator[Violation]:
    """Every violation of the arrows in the deployed code of a checkout."""
    for path in python_files(root, DEPLOYED):
        module, is_package = module_of(path, root)
        layer = layer_of(module)
        file = name_of(path, root)
        if layer is None:
            yield Violation(file, 1, f"no rule says what {module} may import")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=file)
        yield from set(violations_in(tree, file, module, is_package, layer))


if __name__ == "__main__":
    sys.exit(finish(find))
