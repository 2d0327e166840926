"""Signing in to a server of one's own: a user's name and web service access key, as HTTP Basic.

Business Central online took such keys until October 2022 and takes none any more; a server takes no token of
Entra here (Microsoft docs: deprecated-features-platform.md, webservices/web-services-authentication.md).
"""

from __future__ import annotations

import base64
import hmac

from local.simulators.business_central.errors import ApiError
from local.simulators.business_central.options import Options
from local.simulators.tokens import Identity


def by_key(authorization: str, options: Options) -> Identity:
    """Who signs in so.  Names know no case, keys do.  Raises 401."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise _refused()
    try:
        name, colon, key = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except ValueError:
        raise _refused() from None
    known = {user.lower(): (user, held) for user, held in options.web_service_keys.items()}
    user, held = known.get(name.lower(), ("", ""))
    if not colon or not held or not hmac.compare_digest(held.encode(), key.encode()):
        raise _refused()
    return Identity(options.tenant_id, user, user, "")


def _refused() -> ApiError:
    text = "The server has rejected the client credentials."
    return ApiError(401, "Authentication_InvalidCredentials", text, {"WWW-Authenticate": 'Basic realm=""'})
