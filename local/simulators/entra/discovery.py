"""What clients read before they ask for a token: endpoints and keys (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from typing import Any

from local.simulators.tokens import SigningKey


def openid_configuration(base_url: str, tenant_id: str) -> dict[str, Any]:
    """The tenant's endpoints, all below ``base_url``, the address the caller itself used."""
    tenant_url = f"{base_url}/{tenant_id}"
    return {
        "token_endpoint": f"{tenant_url}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "jwks_uri": f"{tenant_url}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{tenant_url}/v2.0",
        "authorization_endpoint": f"{tenant_url}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{tenant_url}/oauth2/v2.0/devicecode",
        "tenant_region_scope": "EU",
    }


def instance_discovery(base_url: str, host: str, tenant_id: str) -> dict[str, Any]:
    """Says that this host is a valid authority, as Microsoft's own hosts do for each other."""
    return {
        "tenant_discovery_endpoint": f"{base_url}/{tenant_id}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def key_set(key: SigningKey) -> dict[str, Any]:
    """The public keys that tokens are signed with."""
    return {"keys": [key.public_jwk()]}
