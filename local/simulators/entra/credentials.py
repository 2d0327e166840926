"""Proves that a caller is the application it says: secret, certificate or federated credential.

Certificate assertions follow Microsoft docs: identity-platform/certificate-credentials;
federated ones follow entra/workload-id/workload-identity-federation.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.entra import errors
from local.simulators.entra.directory import Application, Directory, thumbprints
from local.simulators.tokens import MAX_TOKEN_CHARS, SigningKey, exchange_issuer_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLOCK_SKEW_S = 300
_ALGORITHMS = ("RS256", "PS256")


def authenticate(
    app: Application,
    form: Mapping[str, str],
    *,
    directory: Directory,
    own_key: SigningKey,
    endpoints: Collection[str],
    now: float,
) -> None:
    """Return if the form proves to come from ``app``; else raise ``EntraError``.

    ``endpoints`` are the audiences that a certificate assertion may name.
    """
    if "client_assertion" in form:
        _check_assertion(app, form, directory, own_key, endpoints, now)
    elif "client_secret" in form:
        _check_secret(app, form["client_secret"])
    else:
        raise errors.missing_credential()


def _check_secret(app: Application, given: str) -> None:
    offered = given.encode()
    if not any(hmac.compare_digest(offered, secret.encode()) for secret in app.secrets):
        raise errors.wrong_secret(app.client_id)


def _check_assertion(
    app: Application,
    form: Mapping[str, str],
    directory: Directory,
    own_key: SigningKey,
    endpoints: Collection[str],
    now: float,
) -> None:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise errors.missing_parameter("client_assertion_type")
    assertion = form["client_assertion"]
    header, claims = _unverified(assertion)
    if str(claims.get("iss", "")).lower() == app.client_id.lower():
        key = _registered_key(app, header)
        _verify_signature(assertion, key)
        _check_certificate_claims(app, claims, endpoints)
    else:
        _check_federated_claims(app, claims)
        _verify_signature(assertion, _issuer_key(directory, own_key, str(claims["iss"])))
    _check_dates(claims, now)


def _unverified(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(assertion) > MAX_TOKEN_CHARS:
        raise errors.malformed_assertion()
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise errors.malformed_assertion() from None
    return header, claims


def _registered_key(app: Application, header: Mapping[str, Any]) -> rsa.RSAPublicKey:
    for certificate in app.certificates:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and _names(header, thumbprints(certificate)):
            return key
    raise errors.failed_assertion("The key was not found.")


def _names(header: Mapping[str, Any], digests: Mapping[str, bytes]) -> bool:
    given = {name: str(header[name]) for name in digests if name in header}
    return bool(given) and all(_decoded(value) == digests[name] for name, value in given.items())


def _decoded(value: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return b""


def _issuer_key(directory: Directory, own_key: SigningKey, issuer: str) -> rsa.RSAPublicKey:
    if issuer == exchange_issuer_of(directory.tenant_id):
        return own_key.private.public_key()
    key = directory.issuer_keys.get(issuer)
    if key is None:
        raise errors.failed_assertion("The key was not found.")
    return key


def _verify_signature(assertion: str, key: rsa.RSAPublicKey) -> None:
    options: Any = {
        "verify_aud": False,
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
        "verify_iss": False,
        "verify_sub": False,
        "verify_jti": False,
    }
    try:
        jwt.decode(assertion, key, list(_ALGORITHMS), options=options)
    except jwt.PyJWTError:
        raise errors.failed_assertion("The key was found, but use of the key to verify failed.") from None


def _check_certificate_claims(
    app: Application, claims: Mapping[str, Any], endpoints: Collection[str]
) -> None:
    if str(claims.get("sub", "")).lower() != app.client_id.lower():
        raise errors.failed_assertion("The subject is not the application.")
    if str(claims.get("aud")) not in endpoints:
        raise errors.assertion_audience(str(claims.get("aud")))


def _check_federated_claims(app: Application, claims: Mapping[str, Any]) -> None:
    issuer, audience, subject = (str(claims.get(name, "")) for name in ("iss", "aud", "sub"))
    trusted = [known for known in app.federated if known.issuer == issuer]
    if not trusted:
        raise errors.no_federated_match("issuer", issuer)
    trusted = [known for known in trusted if known.audience == audience]
    if not trusted:
        raise errors.no_federated_match("audience", audience)
    if all(known.subject != subject for known in trusted):
        raise errors.no_federated_match("subject", subject)


def _check_dates(claims: Mapping[str, Any], now: float) -> None:
    expires, not_before = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(not_before, int | float):
        raise errors.malformed_assertion()
    if now >= expires + CLOCK_SKEW_S or now < not_before - CLOCK_SKEW_S:
        raise errors.assertion_time()
