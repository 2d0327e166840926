"""Tokens from Microsoft Entra, through msal: secret, certificate, or no secret at all (federated).

msal keeps tokens in memory and renews them ahead of their end.  An authority must be https.
Sources: Microsoft docs administration/automation-apis-using-s2s-authentication.md (Business Central),
manage-application-users.md (Dataverse); msal's reference of ConfidentialClientApplication.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msal
import requests

from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable

ASSERTION_AUDIENCE = "api://AzureADTokenExchange"
BUSINESS_CENTRAL_SCOPE = "https://api.businesscentral.dynamics.com/.default"


class Tokens(Protocol):
    """Where access tokens come from."""

    def token(self, scope: str) -> str:
        """A token that is valid now.  Raises ``AccessDenied``, ``SettingWrong`` or ``SystemUnavailable``."""
        ...

    def forget(self, scope: str) -> None:
        """Do not hand out again what ``token`` gave: the service refused it."""
        ...


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both as PEM text."""

    private_key: str = field(repr=False)
    public_certificate: str


@dataclass(frozen=True, slots=True)
class Federated:
    """No secret: ``assertion`` gives a token of somebody whom the application trusts."""

    assertion: Callable[[], str] = field(repr=False)


type Credential = Secret | Certificate | Federated


class FixedTokens:
    """One token for every scope; for tests and for services that do not look."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, scope: str) -> str:
        return self._token

    def forget(self, scope: str) -> None:
        """Nothing is kept."""


class WebServiceKey:
    """A user of a Business Central on servers of one's own, who signs in with a web service access key.

    Sent as HTTP Basic, which the servers take where they sign people in by NavUserPassword or
    AccessControlService (Microsoft docs: webservices/web-services-authentication.md).
    """

    def __init__(self, user: str, key: str) -> None:
        self._encoded = base64.b64encode(f"{user}:{key}".encode()).decode("ascii")

    def token(self, scope: str) -> str:
        return self._encoded

    def forget(self, scope: str) -> None:
        """There is no other key to go on with."""


class EntraTokens:
    """Tokens of one application in one tenant, by client credentials."""

    def __init__(
        self,
        authority: str,
        client_id: str,
        credential: Credential,
        session: requests.Session,
        *,
        well_known: bool = True,
    ) -> None:
        """``session`` (``session.new_session``) carries time-outs and trusted certificates.

        ``well_known`` is false for an authority that is not one of Microsoft's clouds.
        """
        if not authority.lower().startswith("https://"):
            raise SettingWrong(f"The sign-in authority {authority!r} must begin with https://")
        self._authority = authority
        self._client_id = client_id
        self._credential = credential
        self._session = session
        self._well_known = well_known
        self._application: Any = None

    def token(self, scope: str) -> str:
        try:
            answer = self._connected().acquire_token_for_client(scopes=[scope])
        except (OSError, RuntimeError) as error:  # what requests raises is an OSError
            check_certificates(self._session, f"Sign-in at {self._authority}")
            raise _unreachable(self._authority, "AUTHORITY and TENANT_ID", error) from error
        except ValueError as error:  # its text may quote the credential
            raise SettingWrong(
                f"Sign-in at {self._authority} cannot begin: the tenant does not exist or the credential of "
                f"application {self._client_id} cannot be read. Check TENANT_ID, AUTHORITY and CLIENT_SECRET "
                "in the app settings."
            ) from error
        return _access_token(answer, f"application {self._client_id}")

    def forget(self, scope: str) -> None:
        self._connected().remove_tokens_for_client()

    def _connected(self) -> Any:
        """The msal application, made at first use because making it asks the authority."""
        if self._application is None:
            self._application = msal.ConfidentialClientApplication(
                self._client_id,
                client_credential=_msal_credential(self._credential),
                authority=self._authority,
                http_client=self._session,
                instance_discovery=None if self._well_known else False,
            )
        return self._application


def managed_identity_assertion(client_id: str | None, session: requests.Session) -> Callable[[], str]:
    """What a ``Federated`` credential needs inside Azure: asks the managed identity each time, msal caches.

    ``client_id`` names a user-assigned identity; ``None`` is the system-assigned one.
    """
    identity: Any = msal.SystemAssignedManagedIdentity()
    if client_id:
        identity = msal.UserAssignedManagedIdentity(client_id=client_id)
    client = msal.ManagedIdentityClient(identity, http_client=session)

    def assertion() -> str:
        try:
            answer = client.acquire_token_for_client(resource=ASSERTION_AUDIENCE)
        except (OSError, ValueError) as error:
            raise _unreachable("the managed identity", "MANAGED_IDENTITY_CLIENT_ID", error) from error
        return _access_token(answer, "the managed identity")

    return assertion


def _msal_credential(credential: Credential) -> str | dict[str, object]:
    match credential:
        case Secret():
            return credential.value
        case Certificate():
            return {
                "private_key": credential.private_key,
                "public_certificate": credential.public_certificate,
            }
        case Federated():
            return {"client_assertion": credential.assertion}


def _access_token(answer: Any, who: str) -> str:
    """The token of an msal answer.  The answer itself is never put into a text: it may hold secrets."""
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if isinstance(token, str) and token:
        return token
    said = answer if isinstance(answer, dict) else {}
    reason = str(said.get("error_description") or said.get("error") or "no reason given").splitlines()[0]
    reason = reason.partition(" Trace ID:")[0]  # what follows differs each time and tells a person nothing
    text = f"Entra gave no token for {who}: {reason[:300]}"
    if said.get("error") in ("temporarily_unavailable", "server_error"):
        raise SystemUnavailable(f"{text}. Try again later.")
    raise AccessDenied(
        f"{text}. Check TENANT_ID, CLIENT_ID and CLIENT_SECRET (or "
        "MANAGED_IDENTITY_CLIENT_ID) in the app settings."
    )


def check_certificates(session: requests.Session, what: str) -> None:
    """Raise ``SettingWrong`` where the file of authorities that ``session`` trusts is not there (any more).

    Without it requests sends nothing and raises a plain ``OSError``.
    """
    if isinstance(session.verify, str) and not Path(session.verify).exists():
        raise SettingWrong(
            f"{what} cannot begin: the file of certificate authorities is gone. Correct CA_BUNDLE in the app "
            "settings, or leave it out."
        )


def _unreachable(who: str, settings: str, error: Exception) -> SystemUnavailable:
    return SystemUnavailable(
        f"Sign-in at {who} failed ({type(error).__name__}). Try again later; if it stays so, check "
        f"{settings} in the app settings."
    )
