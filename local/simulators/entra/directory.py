"""What the simulated directory (tenant) knows: applications, resources, managed identities."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.tokens import EXCHANGE_AUDIENCE


@dataclass(frozen=True)
class FederatedCredential:
    """Whose assertions stand for an application; compared exactly, upper and lower case included."""

    issuer: str
    subject: str
    audience: str = EXCHANGE_AUDIENCE


@dataclass(frozen=True)
class Application:
    """An app registration with whatever may prove to be it: secrets, certificates, outside identities."""

    client_id: str
    secrets: frozenset[str] = frozenset()
    certificates: tuple[x509.Certificate, ...] = ()
    federated: tuple[FederatedCredential, ...] = ()
    public: bool = False
    """People may sign in through it without proof of the application ("Allow public client flows")."""


@dataclass(frozen=True)
class Directory:
    """One tenant.  ``resources`` are the resource URLs that tokens can be asked for.

    ``issuer_keys`` are the public keys of outside token issuers (a CI system, for example); the
    directory's own managed identities need none.  ``managed_identities`` are client ids, of which
    the first is what a caller gets that names none.
    """

    tenant_id: str
    applications: tuple[Application, ...] = ()
    resources: tuple[str, ...] = ()
    issuer_keys: Mapping[str, rsa.RSAPublicKey] = field(default_factory=dict)
    managed_identities: tuple[str, ...] = ()
    identity_header: str | None = None

    def application(self, client_id: str) -> Application | None:
        """The registration with this client id; ids are compared without regard to case."""
        wanted = client_id.lower()
        return next((app for app in self.applications if app.client_id.lower() == wanted), None)

    def knows_resource(self, resource: str) -> bool:
        """Whether the resource exists; a trailing slash does not matter."""
        return resource.rstrip("/") in {known.rstrip("/") for known in self.resources}


def read_certificate(path: Path) -> x509.Certificate:
    """A PEM certificate.  Raises OSError or ValueError."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def read_public_key(path: Path) -> rsa.RSAPublicKey:
    """An RSA public key in PEM.  Raises OSError, ValueError, or TypeError for another kind of key."""
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{path} holds no RSA public key")
    return key


def thumbprints(certificate: x509.Certificate) -> dict[str, bytes]:
    """The certificate's digests under the JWT header names that refer to them (RFC 7515 4.1.7, 4.1.8)."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    sha1 = hashlib.sha1(der, usedforsecurity=False).digest()
    return {"x5t": sha1, "x5t#S256": hashlib.sha256(der).digest()}
