"""Takes the resource types that `infra/` uses out of clones of Microsoft's published ones.

    python -m tools.bicep.extract CLONE_OF_bicep-types-az CLONE_OF_msgraph-bicep-types

Writes `published_types.json`.  Both repositories are published under the MIT licence (their LICENSE is kept
beside the extract).  Descriptions are left out, and what is only read is kept by its name alone.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.bicep.published import FILE

WANTED: Mapping[str, Sequence[str]] = {
    "generated/web/microsoft.web/2024-11-01": (
        "Microsoft.Web/serverfarms", "Microsoft.Web/sites", "Microsoft.Web/sites/config",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    ),
    "generated/storage/microsoft.storage/2025-01-01": (
        "Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
    ),
    "generated/operationalinsights/microsoft.operationalinsights/2025-02-01": (
        "Microsoft.OperationalInsights/workspaces",
    ),
    "generated/applicationinsights/microsoft.insights/2020-02-02": ("Microsoft.Insights/components",),
    "generated/applicationinsights/microsoft.insights/2023-06-01": ("Microsoft.Insights/workbooks",),
    "generated/monitor_1/microsoft.insights/2023-12-01": ("Microsoft.Insights/scheduledQueryRules",),
    "generated/monitor_1/microsoft.insights/2023-01-01": ("Microsoft.Insights/actionGroups",),
    "generated/msi/microsoft.managedidentity/2024-11-30": (
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    ),
    "generated/authorization/microsoft.authorization/2022-04-01": (
        "Microsoft.Authorization/roleAssignments",
    ),
    "generated/keyvault/microsoft.keyvault/2024-11-01": (
        "Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults/secrets",
    ),
    "generated/network/microsoft.network/2024-07-01": (
        "Microsoft.Network/virtualNetworks", "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    ),
    "generated/privatedns/microsoft.network/2024-06-01": (
        "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    ),
    "generated/resources_11/microsoft.resources/2024-11-01": ("Microsoft.Resources/resourceGroups",),
}  # fmt: skip
WANTED_GRAPH: Mapping[str, Sequence[str]] = {
    "generated/microsoftgraph/microsoft.graph/v1.0/1.0.0": (
        "Microsoft.Graph/applications", "Microsoft.Graph/applications/federatedIdentityCredentials",
        "Microsoft.Graph/servicePrincipals",
    ),
}  # fmt: skip
REQUIRED, READ_ONLY, DEPLOY_TIME_CONSTANT = 1, 2, 8
"""Bits of a property's flags in the published types."""


def _read(clone: Path, name: str) -> list[dict[str, Any]]:
    shown = subprocess.run(["git", "-C", clone, "show", f"HEAD:{name}"], capture_output=True, check=True)
    types: list[dict[str, Any]] = json.loads(shown.stdout)
    return types


class Extract:
    """The types of one published file that are reached from the wanted resources, in a compact form."""

    def __init__(self, types: list[dict[str, Any]]) -> None:
        self._types = types
        self._numbers: dict[int, int] = {}
        self.found: list[Any] = []

    def resource(self, name: str) -> dict[str, Any]:
        """Name and version as published, and the number of the body's type."""
        given = next(
            each for each in self._types
            if each["$type"] == "ResourceType" and each["name"].partition("@")[0].lower() == name.lower()
        )  # fmt: skip
        return {"name": given["name"], "body": self.expression(given["body"])}

    def expression(self, reference: Mapping[str, str]) -> Any:
        """What stands for a type: a word, texts, a list, or the number of an object."""
        index = int(reference["$ref"].removeprefix("#/"))
        given = self._types[index]
        match given["$type"]:
            case "StringType":
                return "string"
            case "IntegerType":
                return "int"
            case "BooleanType":
                return "bool"
            case "StringLiteralType":
                return {"text": given["value"]}
            case "UnionType":
                return {"one_of": [self.expression(each) for each in given["elements"]]}
            case "ArrayType":
                return {"list": self.expression(given["itemType"])}
            case "ObjectType" | "DiscriminatedObjectType":
                return self._object(index, given)
        return "any"

    def _object(self, index: int, given: Mapping[str, Any]) -> int:
        if index not in self._numbers:
            self._numbers[index] = number = len(self.found)
            self.found.append(None)
            self.found[number] = self._body(given)
        return self._numbers[index]

    def _body(self, given: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._properties(given.get("properties") or given.get("baseProperties") or {})
        if more := given.get("additionalProperties"):
            shown["more"] = self.expression(more)
        if kinds := given.get("elements"):
            shown["by"] = given["discriminator"]
            shown["kinds"] = {kind: self.expression(each) for kind, each in kinds.items()}
        return shown

    def _properties(self, given: Mapping[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = {"properties": {}}
        for name, each in given.items():
            flags = each["flags"]
            if flags & READ_ONLY and not flags & DEPLOY_TIME_CONSTANT:
                shown.setdefault("read_only", []).append(name)
                continue
            shown["properties"][name] = self.expression(each["type"])
            if flags & REQUIRED:
                shown.setdefault("required", []).append(name)
        return shown


def extract(clone: Path, wanted: Mapping[str, Sequence[str]]) -> Iterable[dict[str, Any]]:
    """Each wanted resource with the types of its body."""
    for folder, names in wanted.items():
        types = _read(clone, f"{folder}/types.json")
        for name in names:
            taken = Extract(types)
            yield taken.resource(name) | {"types": taken.found}


def main(arguments: Sequence[str]) -> int:
    """Writes the extract; 2 for wrong usage."""
    if len(arguments) != 2:
        print(re.sub(r"\n\n.*", "", (__doc__ or "").partition("\n\n")[2], flags=re.DOTALL), file=sys.stderr)
        return 2
    found = [*extract(Path(arguments[0]), WANTED), *extract(Path(arguments[1]), WANTED_GRAPH)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in found)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
