"""Access tokens: what the simulated Entra signs and what the simulated services accept.

Both sides share one RSA key kept as PEM in a file, so an Entra simulator and the services it
issues tokens for can be separate processes.  Tokens have the shape of Entra's version 1.0 access
tokens, which is what Business Central and Dataverse are given (Microsoft docs:
identity-platform/access-token-claims-reference): issuer ``https://sts.windows.net/{tenant}/``,
the resource URL as audience, ``appid``, ``idtyp=app`` for an application, ``upn`` and ``scp`` for
a person.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import threading
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.wire import Clock

ALGORITHM = "RS256"
DEFAULT_LIFETIME_S = 3599
BACKDATED_S = 300
"""Entra dates ``iat`` and ``nbf`` five minutes back, so a service whose clock is behind accepts them."""
EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"
"""The audience of every federated credential (Microsoft docs: workload-identity-federation)."""
MAX_REMEMBERED_TOKENS = 1_000
MAX_TOKEN_CHARS = 16_384


@dataclass(frozen=True)
class Identity:
    """Who calls: an application (``user`` is None) or a person by principal name through a client.

    ``audience`` is the resource URL without a trailing slash.
    """

    tenant_id: str
    client_id: str
    user: str | None
    audience: str


class Unauthorized(Exception):
    """The ``Authorization`` header names nobody; ``reason`` says why and holds no token text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Verifier(Protocol):
    """Turns an ``Authorization`` header into an identity, or raises ``Unauthorized``."""

    def verify(self, authorization: str | None) -> Identity: ...


class StaticVerifier:
    """Trusts the given header values exactly as written; for tests that call ``handle`` directly."""

    def __init__(self, known: Mapping[str, Identity]) -> None:
        self._known = dict(known)

    def verify(self, authorization: str | None) -> Identity:
        identity = self._known.get(authorization or "")
        if identity is None:
            raise Unauthorized("the Authorization header is missing or unknown")
        return identity


@dataclass(frozen=True)
class SigningKey:
    """An RSA key and the key id published for it."""

    private: rsa.RSAPrivateKey
    key_id: str

    def public_jwk(self) -> dict[str, str]:
        """The public half as one entry of a JSON Web Key Set."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "alg": ALGORITHM,
            "n": _base64url_number(numbers.n),
            "e": _base64url_number(numbers.e),
        }


def load_or_create_key(path: Path) -> SigningKey:
    """The key stored as PEM at ``path``; made there, once, by whichever process comes first."""
    if not path.exists():
        _create_key_file(path)
    loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA private key; delete it and a new one is made")
    return signing_key(loaded)


def signing_key(private: rsa.RSAPrivateKey | None = None) -> SigningKey:
    """A signing key kept in memory only; without an argument a new one."""
    private = private or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public_der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(private, _base64url(hashlib.sha256(public_der).digest()[:20]))


def object_id(tenant_id: str, name: str) -> str:
    """The stable object id this simulated directory gives to a client id or a principal name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"entra:{tenant_id}:{name}".lower()))


@dataclass(frozen=True)
class TokenSigner:
    """Mints access tokens of one directory.  ``lifetime_s`` counts from the clock's now."""

    key: SigningKey
    clock: Clock
    lifetime_s: int = DEFAULT_LIFETIME_S

    def app_token(self, tenant_id: str, client_id: str, audience: str) -> str:
        """A token for the application itself (client credentials, managed identity)."""
        claims = self._claims(tenant_id, client_id, audience, client_id)
        return self._sign(claims | {"idtyp": "app", "appidacr": "1"})

    def person_token(self, tenant_id: str, client_id: str, user: str, audience: str) -> str:
        """A token for a person (principal name ``user``) signed in through ``client_id``."""
        claims = self._claims(tenant_id, client_id, audience, user)
        person = {"upn": user, "unique_name": user, "scp": "user_impersonation", "appidacr": "0"}
        return self._sign(claims | person)

    def exchange_token(self, tenant_id: str, client_id: str) -> str:
        """What a managed identity presents as federated credential of an application (version 2.0 shape)."""
        claims = self._claims(tenant_id, client_id, EXCHANGE_AUDIENCE, client_id)
        return self._sign(claims | {"iss": exchange_issuer_of(tenant_id), "azp": client_id, "ver": "2.0"})

    def _claims(self, tenant_id: str, client_id: str, audience: str, subject: str) -> dict[str, Any]:
        now = int(self.clock.time())
        return {
            "aud": audience,
            "iss": issuer_of(tenant_id),
            "iat": now - BACKDATED_S,
            "nbf": now - BACKDATED_S,
            "exp": now + self.lifetime_s,
            "appid": client_id,
            "oid": object_id(tenant_id, subject),
            "sub": object_id(tenant_id, subject),
            "tid": tenant_id,
            "uti": secrets.token_urlsafe(16),
            "ver": "1.0",
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key.private, ALGORITHM, headers={"kid": self.key.key_id})


@dataclass
class TokenVerifier:
    """Accepts bearer tokens signed with ``key`` for one of ``audiences`` in one of ``tenants``.

    Checks signature (RS256 only), issuer, tenant, audience, start and expiry by ``clock``.  A
    token checked once is remembered, and its dates are looked at again at each use.
    """

    key: SigningKey
    clock: Clock
    audiences: Collection[str]
    tenants: Collection[str]
    leeway_s: int = 0
    _remembered: dict[str, tuple[Identity, float, float]] = field(
        default_factory=dict, init=False, repr=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def verify(self, authorization: str | None) -> Identity:
        """The caller's identity; raises ``Unauthorized``."""
        token = _bearer_token(authorization)
        identity, not_before, expires = self._remembered.get(token) or self._check(token)
        now = self.clock.time()
        if now >= expires + self.leeway_s:
            raise Unauthorized("the token is expired")
        if now < not_before - self.leeway_s:
            raise Unauthorized("the token is not valid yet")
        return identity

    def _check(self, token: str) -> tuple[Identity, float, float]:
        claims = self._signed_claims(token)
        tenant_id = str(claims["tid"])
        if tenant_id not in self.tenants or claims["iss"] != issuer_of(tenant_id):
            raise Unauthorized("the token was issued by another tenant")
        audience = str(claims["aud"]).rstrip("/")
        if audience not in {known.rstrip("/") for known in self.audiences}:
            raise Unauthorized("the token was issued for another resource")
        user = claims.get("upn")
        identity = Identity(tenant_id, str(claims["appid"]), None if user is None else str(user), audience)
        return self._remember(token, (identity, float(claims["nbf"]), float(claims["exp"])))

    def _signed_claims(self, token: str) -> dict[str, Any]:
        options: Any = {
            "require": ["aud", "iss", "exp", "nbf", "tid", "appid"],
            "verify_aud": False,
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        try:
            return jwt.decode(token, self.key.private.public_key(), [ALGORITHM], options=options)
        except jwt.PyJWTError as error:
            raise Unauthorized(f"the token is not valid ({type(error).__name__})") from None

    def _remember(self, token: str, checked: tuple[Identity, float, float]) -> tuple[Identity, float, float]:
        with self._lock:
            if len(self._remembered) >= MAX_REMEMBERED_TOKENS:
                self._remembered.pop(next(iter(self._remembered)))
            self._remembered[token] = checked
        return checked


def issuer_of(tenant_id: str) -> str:
    """The ``iss`` of version 1.0 tokens of a tenant."""
    return f"https://sts.windows.net/{tenant_id}/"


def exchange_issuer_of(tenant_id: str) -> str:
    """The ``iss`` of a managed identity's token that serves as federated credential."""
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def _bearer_token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("the Authorization header has no bearer token")
    if len(token) > MAX_TOKEN_CHARS:
        raise Unauthorized("the bearer token is too long")
    return token.strip()


def _create_key_file(path: Path) -> None:
    """Write a new key under a private name first; linking it into place fails if another was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = signing_key().private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _base64url_number(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
