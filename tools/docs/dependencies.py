"""`docs/dependencies.md`: every package, its version and why it is there."""

from __future__ import annotations

import json
from pathlib import Path

from local.dev.installation import NODE_MINIMUM_MAJOR, NODE_PACKAGE
from tools.docs.markdown import code, document, table

DEPLOYED, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
BENCHMARK = "benchmarks/requirements-bench.txt"

REASONS = {
    "azure-functions": "The programming model of Azure Functions: blueprints, triggers, HTTP messages.",
    "azure-functions-runtime": "Microsoft's Python worker library. Azure brings its own; it is named so that "
    "the local host runs the very same code.",
    "azure-data-tables": "Table storage: couplings, jobs, watermarks and everything else that is kept.",
    "azure-identity": "The app's managed identity, with which it reaches its storage without a key.",
    "azure-monitor-opentelemetry-exporter": "Sends traces, metrics and logs to Application Insights, "
    "with an identity. Imported by a thread of its own, after the start. All its versions have a b.",
    "azure-storage-queue": "Queue storage: the two work queues.",
    "msal": "Every token for Business Central and Dataverse, with a secret or a federated credential.",
    "opentelemetry-sdk": "Traces and metrics in the form that every monitoring system takes.",
    "orjson": "JSON of what is kept in Table storage and of rows for Sales: seven texts for each record, "
    "each in a tenth of the time that the standard library takes or less.",
    "requests": "HTTP to both systems, with one pooled session each.",
    "Jinja2": "Templates of the pages, which escape whatever comes from records.",
    "tzdata": "Time zones by name, where the machine has none: a company's date tells its prices.",
    "croniter": "The next time of a timer's schedule, in the local functions host.",
    "cryptography": "Certificates and keys of the simulated Entra and of the simulators' TLS.",
    "greenlet": "Lets all processes of a simulated run take turns in one thread.",
    "hypothesis": "Tests of rules with many generated examples.",
    "jsonschema": "Checks answers of the API against docs/openapi.json, and samples against schemas.",
    "mypy": "Types, in strict mode.",
    "pip-audit": "Asks PyPI for known vulnerabilities of every package (`python dev.py audit`).",
    "axe-playwright-python": "axe-core, the checks of WCAG, for tests of the pages in a browser.",
    "playwright": "Drives a real Chromium in tests of the pages, and takes their pictures. The browser "
    "is the machine's own.",
    "PyJWT": "Tokens that the simulated Entra signs and the simulators check.",
    "pytest": "Runs the tests.",
    "pytest-timeout": "Ends a test that hangs.",
    "pytest-xdist": "Runs test files side by side.",
    "rich": "The demonstration's display in a terminal.",
    "ruff": "Lint.",
    "schemathesis": "Calls the HTTP API with requests made up from docs/openapi.json.",
    "tree-sitter": "Reads the tree of the Bicep files, for `python dev.py check`.",
    "tree-sitter-bicep": "The grammar of Bicep for it.",
    "types-greenlet": "Type hints of `greenlet` for `mypy`.",
    "types-requests": "Types of requests for mypy.",
    "dlt": "A loader that many use: its rest_api source and a custom destination.",
    "PowerPlatform-Dataverse-Client": "Microsoft's Python SDK for Dataverse.",
}
"""Why each package is there. One without a reason does not belong in a requirements file."""

INTRODUCTION = """\
Every version is pinned. A package is here because it does its job better than code of our own would; where a
few lines do, there is no package."""

COMPARED = """\
What Tandem is compared with. `python dev.py bench` installs them into an environment of their own when a run
needs them; neither the app nor its tests do."""

NODE = """\
Azurite is Microsoft's emulator of Azure Storage. It needs Node.js {minimum} or newer. Where the machine has
none, `dev.py` installs one as a Python package into `.venv`. Nothing of this is deployed."""


def page(root: Path) -> str:
    """The page for a checkout's requirements files.  Raises KeyError for a package without a reason."""
    head = ("Package", "Version", "Why")
    blocks = [
        INTRODUCTION,
        f"## Deployed ([{DEPLOYED}](../{DEPLOYED}))",
        table(head, [_row(*each) for each in pinned(root / DEPLOYED)]),
        f"## For development ([{DEVELOPMENT}](../{DEVELOPMENT}))",
        table(head, [_row(*each) for each in pinned(root / DEVELOPMENT)]),
        f"## For the benchmark ([{BENCHMARK}](../{BENCHMARK}))",
        COMPARED,
        table(head, [_row(*each) for each in pinned(root / BENCHMARK)]),
        "## The storage emulator ([tools/package.json](../tools/package.json))",
        table(head, _node_rows(root)),
        NODE.format(minimum=NODE_MINIMUM_MAJOR),
    ]
    return document("Dependencies", "the requirements files and `tools/docs/dependencies.py`", blocks)


def pinned(path: Path) -> list[tuple[str, str]]:
    """Name and version of every line of a requirements file that pins a package."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = [line.split("==", 1) for line in lines if line and not line.startswith("-")]
    return sorted(((pair[0], pair[1]) for pair in pairs), key=lambda each: each[0].lower())


def _row(name: str, version: str) -> tuple[str, ...]:
    return code(name), version, REASONS[name]


def _node_rows(root: Path) -> list[tuple[str, ...]]:
    packages = json.loads((root / "tools" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    node, version = NODE_PACKAGE.split("==")
    rows = [(code(name), str(wanted), "Azure Storage on this machine.") for name, wanted in packages.items()]
    return [*rows, (code(node), version, "Node.js, where the machine has none.")]
