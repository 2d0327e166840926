"""One directory, served over TLS, and the material to prove who one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from local.simulators import certificates
from local.simulators.entra.directory import Application, Directory, FederatedCredential
from local.simulators.entra.service import EntraSimulator
from local.simulators.server import serve
from local.simulators.tokens import (
    SigningKey,
    TokenVerifier,
    exchange_issuer_of,
    object_id,
    signing_key,
)
from local.simulators.wire import SystemClock

TENANT = "11111111-1111-1111-1111-111111111111"
APP = "22222222-2222-2222-2222-222222222222"
IDENTITY = "33333333-3333-3333-3333-333333333333"
SECRET = "a secret & with = odd characters ü"
HEADER = "identity-header-value"
RESOURCE = "https://org.crm4.dynamics.com"
OUTSIDE_ISSUER = "https://ci.example.org"
OUTSIDE_SUBJECT = "repo:tandem:main"


@dataclass(frozen=True)
class Material:
    """The keys behind the directory; made once, since RSA keys take a while."""

    own: SigningKey
    outside: rsa.RSAPrivateKey
    certificate_key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def certificate_key_pem(self) -> str:
        return self.certificate_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Served:
    """A running token endpoint: its address, and the authority certificate to trust."""

    url: str
    authority_file: str
    verifier: TokenVerifier

    @property
    def tenant_url(self) -> str:
        return f"{self.url}/{TENANT}"


def self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tandem")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


@pytest.fixture(autouse=True)
def _no_bundle_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """requests prefers these variables to a session's ``verify``, and a machine may have them set."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture(scope="session")
def material() -> Material:
    outside, own = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    return Material(signing_key(), outside, own, self_signed(own))


@pytest.fixture(scope="session")
def directory(material: Material) -> Directory:
    app = Application(
        public=True,
        client_id=APP,
        secrets=frozenset({SECRET, "another"}),
        certificates=(material.certificate,),
        federated=(
            FederatedCredential(exchange_issuer_of(TENANT), object_id(TENANT, IDENTITY)),
            FederatedCredential(OUTSIDE_ISSUER, OUTSIDE_SUBJECT),
        ),
    )
    return Directory(
        tenant_id=TENANT,
        applications=(app,),
        resources=(RESOURCE, "https://api.businesscentral.dynamics.com"),
        issuer_keys={OUTSIDE_ISSUER: material.outside.public_key()},
        managed_identities=(IDENTITY,),
        identity_header=HEADER,
    )


@pytest.fixture(scope="module")
def served(
    material: Material, directory: Directory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("tls")
    files = certificates.ensure(folder)
    clock = SystemClock()
    simulator = EntraSimulator(directory, material.own, clock, control=True, device_interval_s=1)
    with serve(simulator, tls=certificates.server_context(files)) as server:
        verifier = TokenVerifier(material.own, clock, [RESOURCE], [TENANT])
        yield Served(f"https://localhost:{server.port}", str(files.authority), verifier)
