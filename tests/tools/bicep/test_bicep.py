"""The checks of infra/: the files themselves hold, and each kind of fault is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.bicep.__main__ import find
from tools.bicep.published import published
from tools.checks.sources import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the check reads."""
    shutil.copytree(ROOT / "infra", tmp_path / "infra")
    (tmp_path / "docs").mkdir()
    for page in ("settings.md", "architecture.md"):
        shutil.copy(ROOT / "docs" / page, tmp_path / "docs")
    return tmp_path


def findings(checkout: Path) -> list[str]:
    return [str(each) for each in find(checkout)]


def test_the_files_of_this_checkout_hold() -> None:
    assert findings(ROOT) == []


FAULTS = [
    # syntax and names
    ("main.bicep", "location: location\n  tags: tags\n}", "location: location\n  tags: tags\n",
     "syntax error"),
    ("tandem.bicep", "var appName = 'tandem-${token}'", "var appName = 'tandem-${tokn}'",
     "tokn is not declared"),
    ("tandem.bicep", "publicAccess: !privateNetwork", "publicAccess: !privateNet",
     "privateNet is not declared"),
    ("modules/network.bicep", "param name string", "param name string\nparam more string",
     "more is never used"),
    ("modules/app.bicep", "param name string", "param name string\nparam name int",
     "name is declared 2 times"),
    # modules
    ("tandem.bicep", "modules/network.bicep", "modules/net.bicep", "there is no module modules/net.bicep"),
    ("tandem.bicep", "    sku: storageSku\n", "", "needs the parameter sku"),
    ("tandem.bicep", "    sku: storageSku\n", "    sku: storageSku\n    kind: storageSku\n",
     "has no parameter kind"),
    ("tandem.bicep", "storage.outputs.packageUrl", "storage.outputs.packageUri", "has no output packageUri"),
    # bodies
    ("modules/storage.bicep", "kind: 'StorageV2'", "kind: 'StorageV2'\n  colour: 'red'",
     "no property colour"),
    ("modules/storage.bicep", "  kind: 'StorageV2'\n", "", "kind is required"),
    ("modules/app.bicep", "httpsOnly: true", "httpsonly: true", "is httpsOnly meant?"),
    ("modules/app.bicep", "httpsOnly: true", "httpsOnly: true\n    state: 'Running'", "state is read only"),
    ("modules/app.bicep", "reserved: true", "reserved: 'true'", "'true' is no bool"),
    ("modules/app.bicep", "perInstanceConcurrency: 8", "perInstanceConcurrency: '8'", "'8' is no int"),
    ("modules/authentication.bicep", "'AllowAnonymous'", "'AllowAnybody'", "'AllowAnybody' is none of"),
    ("modules/alerts.bicep", "emailAddress: email", "address: email", "no property address"),
    ("modules/monitoring.bicep", "component.properties.ConnectionString", "component.properties.Connection",
     "component has no property Connection"),
    ("modules/identity.bicep", "@2024-11-30", "@2024-11-31", "no published type"),
    # privileges
    ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true",
     "allowSharedKeyAccess must be"),
    ("modules/storage.bicep", "    allowBlobPublicAccess: false\n", "",
     "allowBlobPublicAccess must be false"),
    ("modules/storage.bicep", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "17d1049b-9a84-46fb-8f53-869881c3d3ab",
     "is not among ROLES"),
    ("modules/storage.bicep", "  scope: account\n", "", "on more than one resource"),
    ("modules/monitoring.bicep", "DisableLocalAuth: true", "DisableLocalAuth: false",
     "DisableLocalAuth must be true"),
    ("modules/app.bicep", "name: 'scm'\n  properties: { allow: false }",
     "name: 'scm'\n  properties: { allow: true }",
     "allow must be false"),
    ("modules/storage.bicep", "output name string = account.name",
     "output name string = account.listKeys().keys[0].value",
     "a key is read"),
    ("modules/vault.bicep", "@secure()\n", "", "webhookSecret must be @secure()"),
    ("modules/vault.bicep", "output name string = vault.name", "output name string = webhookSecret",
     "the output name carries a secret"),
    ("modules/registration.bicep", "signInAudience: 'AzureADMyOrg'",
     "signInAudience: 'AzureADMyOrg'\n  passwordCredentials: [{ displayName: 'x' }]", "has a password"),
    # settings
    ("modules/app.bicep", "    TIME_ZONE: timeZone\n", "    TIMEZONE: timeZone\n",
     "TIME_ZONE is read by the code"),
    ("modules/app.bicep", "    TIME_ZONE: timeZone\n", "    TIMEZONE: timeZone\n",
     "TIMEZONE is set here and nobody reads it"),
    ("modules/app.bicep", "    TIME_ZONE: timeZone\n", "    TIME_ZONE: timeZone\n    CA_BUNDLE: timeZone\n",
     "CA_BUNDLE is set here although"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS)
def test_a_fault_is_told(checkout: Path, file: str, old: str, new: str, told: str) -> None:
    path = checkout / "infra" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = findings(checkout)
    assert any(told in each for each in found), found


def test_a_setting_that_the_page_does_not_tell_is_found(checkout: Path) -> None:
    page = checkout / "docs" / "settings.md"
    page.write_text(page.read_text(encoding="utf-8").replace("`TIME_ZONE`", "TIME_ZONE"), encoding="utf-8")
    assert any("TIME_ZONE is not told" in each for each in findings(checkout))


JUSTIFIED = [
    "`Microsoft.Insights/workbooks`",
    "Key Vault Secrets User",
    "`alwaysReadyHttp`",
    "`http20Enabled`",
]


@pytest.mark.parametrize("named", JUSTIFIED)
def test_a_resource_role_or_parameter_that_nobody_justifies_is_found(checkout: Path, named: str) -> None:
    page = checkout / "docs" / "architecture.md"
    page.write_text(page.read_text(encoding="utf-8").replace(named, ""), encoding="utf-8")
    assert any("is not justified" in each for each in findings(checkout))


def test_the_extract_has_nothing_that_infra_does_not_use() -> None:
    used = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "infra").rglob("*.bicep"))
    assert [name for name in published() if f"'{name}'" not in used] == []
