"""Tokens through the real msal library, against the simulated Entra in this process."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization

from local.simulators.adapter import InProcessAdapter
from local.simulators.entra.directory import Application, Directory, FederatedCredential
from local.simulators.entra.service import EntraSimulator
from local.simulators.tokens import TokenVerifier, exchange_issuer_of, object_id, signing_key
from local.simulators.wire import ConnectionLost, Request, Response, SystemClock
from shared_code import connecting
from shared_code.settings import read_settings
from shared_code.systems.auth import (
    Certificate,
    Credential,
    EntraTokens,
    Federated,
    Secret,
    managed_identity_assertion,
)
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable
from shared_code.systems.session import new_session
from tests.simulators.entra.conftest import self_signed
from tests.unit.test_settings import GOOD

TENANT = "11111111-1111-1111-1111-111111111111"
APP = "22222222-2222-2222-2222-222222222222"
IDENTITY = "33333333-3333-3333-3333-333333333333"
RESOURCE = "https://org.crm4.dynamics.com"
SCOPE = f"{RESOURCE}/.default"
KEY = signing_key()
CERTIFICATE = self_signed(KEY.private)


class Counted:
    """The token endpoint, counting how often it was asked for a token; ``down`` cuts it off."""

    def __init__(self) -> None:
        application = Application(
            client_id=APP,
            secrets=frozenset({"good secret"}),
            certificates=(CERTIFICATE,),
            federated=(FederatedCredential(exchange_issuer_of(TENANT), object_id(TENANT, IDENTITY)),),
        )
        directory = Directory(
            tenant_id=TENANT,
            applications=(application,),
            resources=(RESOURCE,),
            issuer_keys={},
            managed_identities=(IDENTITY,),
            identity_header="header",
        )
        self._simulator = EntraSimulator(directory, KEY, SystemClock())
        self.tokens = 0
        self.down = False

    def handle(self, request: Request) -> Response:
        if self.down:
            raise ConnectionLost
        self.tokens += request.target.endswith("/oauth2/v2.0/token")
        return self._simulator.handle(request)


@pytest.fixture
def entra() -> Counted:
    return Counted()


def tokens(entra: Counted, credential: Credential) -> EntraTokens:
    session = new_session(2)
    for scheme in ("https://", "http://"):
        session.mount(scheme, InProcessAdapter(entra, SystemClock()))
    return EntraTokens(f"https://localhost/{TENANT}", APP, credential, session, well_known=False)


def assert_accepted(token: str) -> None:
    identity = TokenVerifier(KEY, SystemClock(), [RESOURCE], [TENANT]).verify(f"Bearer {token}")
    assert (identity.client_id, identity.audience) == (APP, RESOURCE)


def test_a_token_is_kept_until_it_is_forgotten(entra: Counted) -> None:
    source = tokens(entra, Secret("good secret"))
    assert_accepted(source.token(SCOPE))
    source.token(SCOPE)
    assert entra.tokens == 1
    source.forget(SCOPE)
    assert_accepted(source.token(SCOPE))
    assert entra.tokens == 2


def test_a_certificate_proves_who_we_are(entra: Counted) -> None:
    pem = KEY.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = CERTIFICATE.public_bytes(serialization.Encoding.PEM).decode()
    assert_accepted(tokens(entra, Certificate(pem, public)).token(SCOPE))


def test_the_certificate_of_the_settings_is_the_one_that_signs_in(entra: Counted) -> None:
    """As a key vault gives it: the key and the certificate in one text."""
    pem = KEY.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    both = pem + CERTIFICATE.public_bytes(serialization.Encoding.PEM).decode()
    settings = read_settings({**GOOD, "CLIENT_SECRET": "", "CLIENT_CERTIFICATE": both})
    assert_accepted(tokens(entra, connecting.credential_of(settings)).token(SCOPE))


def test_a_managed_identity_needs_no_secret(entra: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://localhost/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    session = new_session(1)
    session.mount("http://", InProcessAdapter(entra, SystemClock()))
    assertion = managed_identity_assertion(IDENTITY, session)
    assert_accepted(tokens(entra, Federated(assertion)).token(SCOPE))


def test_a_wrong_secret_is_access_denied_and_not_in_the_text(entra: Counted) -> None:
    with pytest.raises(AccessDenied, match="AADSTS") as caught:
        tokens(entra, Secret("bad secret")).token(SCOPE)
    assert "bad secret" not in str(caught.value)
    assert "CLIENT_SECRET" in str(caught.value)
    assert "Trace ID" not in str(caught.value), "what differs each time is left out"


def test_an_authority_out_of_reach_is_unavailable(entra: Counted) -> None:
    entra.down = True
    with pytest.raises(SystemUnavailable):
        tokens(entra, Secret("good secret")).token(SCOPE)


def test_a_credential_that_cannot_be_read_is_a_wrong_setting(entra: Counted) -> None:
    with pytest.raises(SettingWrong, match="cannot be read") as caught:
        tokens(entra, Certificate("no key: hidden", "no certificate")).token(SCOPE)
    assert "hidden" not in str(caught.value)


def test_a_file_of_authorities_that_is_gone_is_a_wrong_setting() -> None:
    session = new_session(1, "/gone/company.pem")
    source = EntraTokens(f"https://localhost:1/{TENANT}", APP, Secret("x"), session, well_known=False)
    with pytest.raises(SettingWrong, match="CA_BUNDLE"):
        source.token(SCOPE)


def test_an_authority_without_tls_is_refused() -> None:
    with pytest.raises(SettingWrong, match="https"):
        EntraTokens("http://localhost/x", APP, Secret("x"), new_session(1))


@pytest.mark.parametrize(
    "credential", [Secret("hidden"), Certificate("hidden", "ab"), Federated(lambda: "hidden")]
)
def test_a_credential_does_not_show_itself(credential: Credential) -> None:
    assert "hidden" not in repr(credential)
