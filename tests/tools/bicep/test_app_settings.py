"""The settings as a deployment gives them are those that the code reads and that the local host runs with."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.environment.environment import Addresses
from local.environment.options import Options
from local.environment.settings import Secrets, app_settings
from shared_code.setting_list import SETTINGS
from shared_code.settings import read_settings
from tests.unit.test_settings import CERTIFICATE, GOOD, KEY
from tools.bicep.__main__ import sources
from tools.bicep.platform import PLATFORM
from tools.bicep.settings import LOCAL_ONLY, app_settings_of
from tools.checks.sources import ROOT

IDENTITY = "66666666-7777-8888-9999-000000000000"
OF_THE_MACHINE = {
    "IDENTITY_ENDPOINT", "IDENTITY_HEADER",  # given by App Service to a process that has an identity
    "LOCAL_FUNCTIONS_KEY", "LOCAL_MASTER_KEY", "LOCAL_LEASE_SECONDS",  # of the local host
    "PYTHONUTF8", "NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE", "AzureWebJobsStorage",
}  # fmt: skip


def deployed() -> set[str]:
    return {name for source in sources(ROOT).values() for name in app_settings_of(source)}


def as_deployed(**given: str) -> dict[str, str]:
    """Every setting of app.bicep: blank, but for what a company must say and what Bicep itself fills in."""
    own = {"AUTHORITY": "https://login.microsoftonline.com/", "TIME_ZONE": "UTC", "JOURNAL_MONTHS": "13"}
    return dict.fromkeys(deployed(), "") | {**GOOD, **own, "CLIENT_SECRET": "", **given}


@pytest.mark.parametrize(
    "proof",
    [
        {"MANAGED_IDENTITY_CLIENT_ID": IDENTITY},
        {"CLIENT_SECRET": "from the key vault"},
        {"CLIENT_CERTIFICATE": f"{KEY}\n{CERTIFICATE}"},
    ],
    ids=lambda proof: next(iter(proof)),
)
def test_a_deployment_starts_with_each_kind_of_credential(proof: dict[str, str]) -> None:
    settings = read_settings(as_deployed(**proof))
    assert settings.authority == "https://login.microsoftonline.com"
    assert settings.business_central_url == "https://api.businesscentral.dynamics.com"


def test_a_deployment_with_notifications_and_pages_starts() -> None:
    more = {
        "MANAGED_IDENTITY_CLIENT_ID": IDENTITY, "SIGN_IN": "app_service",
        "WEBHOOK_URL": "https://tandem-abc.azurewebsites.net", "WEBHOOK_SECRET": "11111111-2222" * 4,
    }  # fmt: skip
    assert read_settings(as_deployed(**more)).webhook_url


def test_the_local_host_runs_with_names_of_the_deployment_alone() -> None:
    addresses = Addresses(
        IDENTITY, "http://127.0.0.1:1", "production", "http://127.0.0.1:2", "https://localhost:3",
        Path("ca.pem"), "QueueEndpoint=https://127.0.0.1:4/x;TableEndpoint=https://127.0.0.1:5/x;",
    )  # fmt: skip
    local = app_settings(Options(identity=True), addresses, Secrets(), None)
    assert set(local) - deployed() - set(LOCAL_ONLY) - OF_THE_MACHINE == set()


def test_code_deployment_and_platform_name_the_same() -> None:
    read = {each.name for each in SETTINGS}
    assert deployed() | set(LOCAL_ONLY) == read | ({each.name for each in PLATFORM} & deployed())
    assert {each.name for each in PLATFORM} - deployed() == {"AzureWebJobsStorage"}
