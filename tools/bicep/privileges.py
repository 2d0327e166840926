"""Least privilege in `infra/`: which roles, on what, no keys, no secrets in outputs, nothing without TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from tools.bicep.source import Declaration, Source, properties, text_of
from tools.checks.sources import Violation

ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Microsoft.Storage/storageAccounts",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Microsoft.Storage/storageAccounts",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Microsoft.Storage/storageAccounts",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Microsoft.Insights/components",
    "4633458b-17de-408a-b874-0445c86b69e6": "Microsoft.KeyVault/vaults",
}
"""The only roles that the app's identity has, each with the kind of resource that it is given on."""

HELD: Mapping[str, Mapping[str, str]] = {
    "Microsoft.Storage/storageAccounts": {
        "properties.allowSharedKeyAccess": "false", "properties.allowBlobPublicAccess": "false",
        "properties.supportsHttpsTrafficOnly": "true", "properties.minimumTlsVersion": "'TLS1_2'",
        "properties.allowCrossTenantReplication": "false",
    },
    "Microsoft.Storage/storageAccounts/blobServices/containers": {"properties.publicAccess": "'None'"},
    "Microsoft.Insights/components": {"properties.DisableLocalAuth": "true"},
    "Microsoft.OperationalInsights/workspaces": {"properties.features.disableLocalAuth": "true"},
    "Microsoft.KeyVault/vaults": {
        "properties.enableRbacAuthorization": "true", "properties.enablePurgeProtection": "true",
    },
    "Microsoft.Web/sites": {
        "identity.type": "'UserAssigned'", "properties.httpsOnly": "true",
        "properties.siteConfig.minTlsVersion": "'1.2'", "properties.siteConfig.ftpsState": "'Disabled'",
    },
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"properties.allow": "false"},
    "Microsoft.Authorization/roleAssignments": {"properties.principalType": "'ServicePrincipal'"},
    "Microsoft.Graph/applications": {"signInAudience": "'AzureADMyOrg'"},
}  # fmt: skip
"""What resources of a kind must say."""

FORBIDDEN = {
    "passwordCredentials": "a password",
    "keyCredentials": "a key",
    "accessPolicies": "an access policy",
}
KEYS = re.compile(r"\blist(?:Keys|AccountSas|ServiceSas|Secrets)?\(|AccountKey=|InstrumentationKey")
ID = re.compile(r"'([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'")


def privileges(sources: Sequence[Source]) -> Iterator[Violation]:
    """Everything that gives away more than is needed."""
    for source in sources:
        text = source.path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if KEYS.search(line):
                yield Violation(source.name, number, "a key is read: the identity has roles instead")
        for each in source.of_kind("resource").values():
            if not each.exists:
                yield from _held(source, each)
        yield from _roles(source)
        yield from _secrets(source)


def _held(source: Source, resource: Declaration) -> Iterator[Violation]:
    kind = resource.target.partition("@")[0]
    for path, wanted in HELD.get(kind, {}).items():
        value = _at(resource.body, path.split("."))
        if value is None or text_of(value) != wanted:
            told = text_of(value) if value else "nothing"
            yield Violation(source.name, resource.line, f"{kind}: {path} must be {wanted}, it is {told}")
    for name, what in FORBIDDEN.items():
        if re.search(rf"\b{name}:", text_of(resource.body)):
            yield Violation(source.name, resource.line, f"{kind} has {what}: an identity needs none")


def _at(node: Node, path: Sequence[str]) -> Node | None:
    found: Node | None = node
    for name in path:
        found = properties(found).get(name) if found is not None else None
    return found


def _roles(source: Source) -> Iterator[Violation]:
    """The roles of a file: known ones, each on a resource of its kind and never on a whole group."""
    resources = source.of_kind("resource")
    given = [r for r in resources.values() if r.target.startswith("Microsoft.Authorization/roleAssignments")]
    for each in given:
        scope = properties(each.body).get("scope")
        target = resources.get(text_of(scope)) if scope is not None else None
        if target is None:
            yield Violation(source.name, each.line, "a role is given on more than one resource of this file")
            continue
        kind = target.target.partition("@")[0]
        ids = [found for var in source.of_kind("var").values() for found in ID.findall(text_of(var.node))]
        for role in ids or [""]:
            if ROLES.get(role) != kind:
                yield Violation(
                    source.name, each.line, f"the role {role or '?'} on {kind} is not among ROLES"
                )


def _secrets(source: Source) -> Iterator[Violation]:
    """Parameters that hold secrets are marked, and no output carries one."""
    secret = {name for name, each in source.of_kind("param").items() if "secure" in each.decorators()}
    for name, each in source.of_kind("param").items():
        if re.search(r"secret$|password|accessKey", name, re.IGNORECASE) and name not in secret:
            yield Violation(source.name, each.line, f"the parameter {name} must be @secure()")
    for output in source.of_kind("output").values():
        if any(re.search(rf"\b{name}\b", text_of(output.node)) for name in secret):
            yield Violation(source.name, output.line, f"the output {output.name} carries a secret")
