"""The real msal library against the simulated endpoint, over TLS.

The options that make msal accept an authority of one's own such as ``https://localhost:8443/TENANT``:
``instance_discovery=False`` (else it asks login.microsoftonline.com whether the host is known), and the
certificate authority: the environment variable ``REQUESTS_CA_BUNDLE``, or ``verify`` where that variable
is not set.  requests lets the variable win over a session's ``verify``, which is what msal sets.
"""

from __future__ import annotations

from typing import Any

import jwt
import msal
import pytest
import requests
from cryptography.hazmat.primitives import hashes

from local.simulators.tokens import EXCHANGE_AUDIENCE, Identity
from tests.simulators.entra.conftest import (
    APP,
    HEADER,
    IDENTITY,
    OUTSIDE_ISSUER,
    OUTSIDE_SUBJECT,
    RESOURCE,
    SECRET,
    TENANT,
    Material,
    Served,
)

SCOPE = f"{RESOURCE}/.default"
AS_APP = Identity(TENANT, APP, None, RESOURCE)


def confidential(served: Served, credential: object, **options: Any) -> Any:
    return msal.ConfidentialClientApplication(
        APP,
        client_credential=credential,
        authority=served.tenant_url,
        instance_discovery=False,
        **({"verify": served.authority_file} | options),
    )


def identity_of(served: Served, result: dict[str, Any]) -> Identity:
    assert "access_token" in result, result
    return served.verifier.verify(f"Bearer {result['access_token']}")


def managed_identity_token(
    served: Served, monkeypatch: pytest.MonkeyPatch, resource: str, client_id: str | None = IDENTITY
) -> dict[str, Any]:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{served.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", HEADER)
    session = requests.Session()
    session.verify = served.authority_file
    identity = (
        msal.UserAssignedManagedIdentity(client_id=client_id)
        if client_id
        else msal.SystemAssignedManagedIdentity()
    )
    client = msal.ManagedIdentityClient(identity, http_client=session)
    result: dict[str, Any] = client.acquire_token_for_client(resource=resource)
    return result


def test_a_secret_gets_a_token_that_the_services_accept(served: Served) -> None:
    result = confidential(served, SECRET).acquire_token_for_client([SCOPE])
    assert identity_of(served, result) == AS_APP
    assert result["expires_in"] == 3599
    assert result["token_type"] == "Bearer"


def test_the_environment_variable_for_the_authority_certificate_is_enough(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", served.authority_file)
    result = confidential(served, SECRET, verify=True).acquire_token_for_client([SCOPE])
    assert identity_of(served, result) == AS_APP


def test_without_the_authority_certificate_nobody_is_trusted(served: Served) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        confidential(served, SECRET, verify=True).acquire_token_for_client([SCOPE])


@pytest.mark.parametrize("with_sha1", [False, True])
def test_a_registered_certificate_gets_a_token(served: Served, material: Material, with_sha1: bool) -> None:
    credential = {
        "private_key": material.certificate_key_pem(),
        "public_certificate": material.certificate_pem(),
    }
    if with_sha1:
        credential["thumbprint"] = material.certificate.fingerprint(hashes.SHA1()).hex()
    result = confidential(served, credential).acquire_token_for_client([SCOPE])
    assert identity_of(served, result) == AS_APP


def test_an_assertion_of_a_trusted_outside_issuer_gets_a_token(served: Served, material: Material) -> None:
    claims = {
        "iss": OUTSIDE_ISSUER, "sub": OUTSIDE_SUBJECT, "aud": EXCHANGE_AUDIENCE, "exp": 4_000_000_000,
    }  # fmt: skip
    assertion = jwt.encode(claims, material.outside, "RS256")
    credential = {"client_assertion": lambda: assertion}
    result = confidential(served, credential).acquire_token_for_client([SCOPE])
    assert identity_of(served, result) == AS_APP


def test_a_managed_identity_can_stand_for_the_application_without_any_secret(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def assertion() -> str:
        return str(managed_identity_token(served, monkeypatch, EXCHANGE_AUDIENCE)["access_token"])

    result = confidential(served, {"client_assertion": assertion}).acquire_token_for_client([SCOPE])
    assert identity_of(served, result) == AS_APP


@pytest.mark.parametrize("client_id", [IDENTITY, None])
def test_a_managed_identity_gets_a_token_of_its_own(
    served: Served, monkeypatch: pytest.MonkeyPatch, client_id: str | None
) -> None:
    result = managed_identity_token(served, monkeypatch, RESOURCE, client_id)
    assert identity_of(served, result) == Identity(TENANT, IDENTITY, None, RESOURCE)


def test_an_unknown_managed_identity_gets_none(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "error" in managed_identity_token(served, monkeypatch, RESOURCE, APP)


@pytest.mark.parametrize(
    ("secret", "scope", "error", "code"),
    [
        ("wrong", SCOPE, "invalid_client", 7000215),
        (SECRET, "https://nobody.crm4.dynamics.com/.default", "invalid_resource", 500011),
        (SECRET, f"{RESOURCE}/user_impersonation", "invalid_scope", 1002012),
    ],
)
def test_msal_reports_the_refusal_with_its_code(
    served: Served, secret: str, scope: str, error: str, code: int
) -> None:
    result = confidential(served, secret).acquire_token_for_client([scope])
    assert (result["error"], result["error_codes"]) == (error, [code])
    assert f"AADSTS{code}: " in result["error_description"]


def test_msal_says_that_a_tenant_does_not_exist(served: Served) -> None:
    with pytest.raises(ValueError, match="check your tenant name"):
        msal.ConfidentialClientApplication(
            APP,
            client_credential=SECRET,
            authority=f"{served.url}/44444444-4444-4444-4444-444444444444",
            instance_discovery=False,
            verify=served.authority_file,
        ).acquire_token_for_client([SCOPE])


def test_a_person_signs_in_by_device_code(served: Served) -> None:
    client = msal.PublicClientApplication(
        APP, authority=served.tenant_url, instance_discovery=False, verify=served.authority_file
    )
    flow = client.initiate_device_flow([f"{RESOURCE}/user_impersonation"])
    assert flow["user_code"] in flow["message"]
    pending = client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert pending["error"] == "authorization_pending"
    approval = {"user_code": flow["user_code"], "user": "mia@example.org"}
    approve = requests.post(
        f"{served.url}/_control/device", json=approval, verify=served.authority_file, timeout=5
    )
    assert approve.status_code == 200
    result = client.acquire_token_by_device_flow(flow)
    assert identity_of(served, result) == Identity(TENANT, APP, "mia@example.org", RESOURCE)
