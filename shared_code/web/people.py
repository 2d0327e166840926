"""Who asks, and what they may do.

App Service authentication signs a person in with Entra and puts who it is into a header of the request
(Microsoft docs: app-service/configure-authentication-user-identities.md).  Anybody can send such a header
to an app before which it does not stand, so the header counts only where ``SIGN_IN`` says ``app_service`` and
the platform itself says that its authentication is on (``WEBSITE_AUTH_ENABLED``).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

PRINCIPAL = "x-ms-client-principal"
MAX_PRINCIPAL = 64 * 1024
COOKIE = "tandem-stand-in"
"""Who the stand-in takes the browser for; never read unless the stand-in is on."""

ROLE_CLAIMS = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")
NAME_CLAIMS = (
    "name", "preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)  # fmt: skip
TENANT_CLAIMS = ("tid", "http://schemas.microsoft.com/identity/claims/tenantid")
MAX_NAME = 100


AZURE = ("WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_OWNER_NAME", "WEBSITE_DEPLOYMENT_ID",
         "WEBSITE_POD_NAME", "LEGION_SERVICE_HOST")  # fmt: skip
"""Variables of which Azure sets at least one where it runs an app, and nobody else does
(Microsoft docs: app-service/reference-app-settings; the functions host's own EnvironmentSettingNames)."""


def is_in_azure(environment: Mapping[str, str]) -> bool:
    """Whether this is a machine of Azure, on which nobody may say themselves who they are."""
    return any(environment.get(name) for name in AZURE)


class SignIn(StrEnum):
    """Who tells who a person is.  ``off``: nobody, so that no page is shown.  ``local``: the person does."""

    OFF = "off"
    APP_SERVICE = "app_service"
    LOCAL = "local"


class Role(IntEnum):
    """What a person may do; each may do what those before it may."""

    READER = 1
    OPERATOR = 2
    ADMINISTRATOR = 3


APP_ROLES = {
    "Tandem.Reader": Role.READER,
    "Tandem.Operator": Role.OPERATOR,
    "Tandem.Administrator": Role.ADMINISTRATOR,
}
"""The app roles of the registration in Entra, by the values that its tokens carry."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in; ``role``: the highest of theirs, none where they have none."""

    name: str
    role: Role | None

    def may(self, role: Role) -> bool:
        return self.role is not None and self.role >= role


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """How people are known to this app: what signs them in, whether the platform confirms it, the tenant."""

    sign_in: SignIn = SignIn.OFF
    confirmed: bool = False
    tenant_id: str = ""

    def person(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Person | None:
        """Who sent a request with these headers (names in small letters); nobody where that is not known."""
        if self.sign_in is SignIn.APP_SERVICE and self.confirmed:
            return _from_principal(headers.get(PRINCIPAL, ""), self.tenant_id)
        if self.sign_in is SignIn.LOCAL:
            return _stand_in(cookies.get(COOKIE, ""))
        return None


def _stand_in(name: str) -> Person | None:
    role = Role.__members__.get(name.upper())
    return Person(name.lower(), role) if role else None


def _from_principal(text: str, tenant_id: str) -> Person | None:
    """The person of a header.  One of another tenant, or in no readable form, is nobody."""
    try:
        found: Any = json.loads(base64.b64decode(text[:MAX_PRINCIPAL], validate=True))
        claims = [(str(each["typ"]), str(each["val"])) for each in found["claims"]]
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
        return None
    if not any(typ in TENANT_CLAIMS and value.lower() == tenant_id for typ, value in claims):
        return None
    roles = [APP_ROLES[value] for typ, value in claims if typ in ROLE_CLAIMS and value in APP_ROLES]
    names = [value for wanted in NAME_CLAIMS for typ, value in claims if typ == wanted and value.strip()]
    return Person(_shown(names[0] if names else "?"), max(roles, default=None))


def _shown(name: str) -> str:
    """A name as it may stand on one line."""
    return "".join(each for each in name if each.isprintable())[:MAX_NAME]
