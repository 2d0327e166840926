"""The app settings of a local environment: what an administrator would enter in Azure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.environment.environment import Addresses
from local.environment.host import Keys
from local.environment.options import Options
from local.environment.records import CLIENT_ID, companies_setting

TENANT_ID = "5d3d4a3e-8a1c-4c62-9f0d-6a0b1c7e2f48"
ENVIRONMENT = "production"
ADMINISTRATOR = "admin@contoso.com"
"""Who may prepare Sales: the person to sign in as where a code is entered."""
IDENTITY_CLIENT_ID = "4c1f7e52-0b9a-4d36-8e21-6a5d90c3b7f4"
"""The managed identity of a start with ``identity``."""


@dataclass(frozen=True)
class Secrets:
    """Random for each start."""

    client: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    webhook: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    identity_header: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    functions_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    master_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def keys(self) -> Keys:
        """The access keys of the functions hosts."""
        return Keys(self.functions_key, self.master_key)


def app_settings(
    options: Options, addresses: Addresses, hidden: Secrets, webhook_url: str | None
) -> dict[str, str]:
    """Every setting of the app and of the host, as environment variables of the host's process."""
    ca_bundle = str(addresses.ca_bundle)
    settings = {
        "TENANT_ID": addresses.tenant_id,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": hidden.client,
        "BUSINESS_CENTRAL_URL": addresses.business_central,
        "BUSINESS_CENTRAL_ENVIRONMENT": addresses.business_central_environment,
        "BUSINESS_CENTRAL_COMPANIES": companies_setting(options.companies),
        **options.scope.settings,
        "SALES_URL": addresses.sales,
        "AUTHORITY": addresses.authority,
        "CA_BUNDLE": ca_bundle,
        # requests prefers this variable to what a session was told to trust.
        "REQUESTS_CA_BUNDLE": ca_bundle,
        "WEBHOOK_SECRET": hidden.webhook,
        "LOOK_BACK_SECONDS": f"{options.look_back_s:.3f}",
        "SETTLE_SECONDS": f"{options.settle_s:.3f}",
        "AzureWebJobsStorage": addresses.storage,
        "LOCAL_FUNCTIONS_KEY": hidden.functions_key,
        "LOCAL_MASTER_KEY": hidden.master_key,
        "LOCAL_LEASE_SECONDS": str(options.lease_s),
        "PYTHONUTF8": "1",
        # What the shell has set must not reach the app: another identity, a proxy before this machine.
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "MANAGED_IDENTITY_CLIENT_ID": "",
        "WEBHOOK_URL": webhook_url or "",
        "SIGN_IN": "local",
    }
    identity = with_identity(addresses, hidden) if options.identity else {}
    unnamed = () if options.connected else GUIDED
    known = {name: value for name, value in {**settings, **identity}.items() if name not in unnamed}
    return {**known, **_own(options.app_settings)}


def with_identity(addresses: Addresses, hidden: Secrets) -> dict[str, str]:
    """What differs where nothing holds a key or secret: the settings that infra/modules/app.bicep sets, and
    what App Service gives a process that has an identity."""
    storage = dict(part.split("=", 1) for part in addresses.storage.strip(";").split(";"))
    return {
        "CLIENT_SECRET": "",
        "MANAGED_IDENTITY_CLIENT_ID": IDENTITY_CLIENT_ID,
        "AzureWebJobsStorage": "",
        "AzureWebJobsStorage__credential": "managedidentity",
        "AzureWebJobsStorage__clientId": IDENTITY_CLIENT_ID,
        "AzureWebJobsStorage__queueServiceUri": storage["QueueEndpoint"],
        "AzureWebJobsStorage__tableServiceUri": storage["TableEndpoint"],
        "IDENTITY_ENDPOINT": f"{addresses.authority}/msi/token",
        "IDENTITY_HEADER": hidden.identity_header,
    }


GUIDED = (
    "SALES_URL", "BUSINESS_CENTRAL_ENVIRONMENT", "BUSINESS_CENTRAL_COMPANIES", "MAPPINGS", "FEATURES",
)  # fmt: skip
"""What people choose in the setup guide where the settings do not say it."""


def _own(given: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}
