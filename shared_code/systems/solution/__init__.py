"""The solution of Dataverse that is deployed with the app, as ``tools/solution`` packed it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from xml.etree import ElementTree as ET

FILE = "tandem_managed.bin"
"""The managed solution: a zip, under a name that deployments do not leave out."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What is imported: its name and version, and the role that the synchronisation user gets."""

    unique_name: str
    version: tuple[int, ...]
    role_name: str
    privileges: frozenset[str]
    content: bytes = field(repr=False)

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


@cache
def packed() -> Solution:
    """The solution of this version of the app."""
    content = (resources.files("shared_code.systems.solution") / FILE).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # Both documents are our own, packed by a program of ours.
        manifest = ET.fromstring(archive.read("solution.xml"))  # noqa: S314
        customizations = ET.fromstring(archive.read("customizations.xml"))  # noqa: S314
    role = customizations.find("Roles/Role")
    assert role is not None, "the solution has its role"
    held = (each.get("name", "") for each in role.findall("RolePrivileges/RolePrivilege"))
    version = manifest.findtext("SolutionManifest/Version", "")
    return Solution(
        manifest.findtext("SolutionManifest/UniqueName", ""),
        tuple(map(int, version.split("."))),
        role.get("name", ""),
        frozenset(held),
        content,
    )
