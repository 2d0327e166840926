"""The zip. The same source gives the same bytes on every machine: order and times are fixed, and nothing is
compressed, because what a compressor makes depends on its version."""

from __future__ import annotations

import io
import zipfile

from tools.solution.customizations import customizations
from tools.solution.manifest import content_types, manifest
from tools.solution.source import Solution
from tools.solution.xml import encoded

MOMENT = (2020, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
MADE_ON_UNIX = 3


def files(solution: Solution, managed: bool) -> dict[str, bytes]:
    """The content of the zip, in its order."""
    found = {
        "[Content_Types].xml": encoded(content_types(solution)),
        "solution.xml": encoded(manifest(solution, managed)),
        "customizations.xml": encoded(customizations(solution)),
    }
    for resource in sorted(solution.web_resources, key=lambda one: one.path):
        found[resource.path] = resource.content
    return found


def package(solution: Solution, managed: bool) -> bytes:
    """The zip as bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files(solution, managed).items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.create_system, entry.external_attr = MADE_ON_UNIX, READABLE
            archive.writestr(entry, content, zipfile.ZIP_STORED)
    return buffer.getvalue()


def file_name(solution: Solution, managed: bool) -> str:
    """The name that Dataverse gives to an export."""
    version = solution.manifest["version"].replace(".", "_")
    return f"{solution.manifest['unique_name']}_{version}{'_managed' if managed else ''}.zip"
