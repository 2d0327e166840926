"""The managed identity endpoint that App Service and Functions give an app.

``GET IDENTITY_ENDPOINT?api-version=2019-08-01&resource=...[&client_id=...]`` with the header
``X-IDENTITY-HEADER`` (Microsoft docs: app-service/overview-managed-identity, REST endpoint
reference).
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping

from local.simulators.entra.directory import Directory
from local.simulators.entra.errors import json_response
from local.simulators.tokens import EXCHANGE_AUDIENCE, TokenSigner
from local.simulators.wire import Request, Response

API_VERSIONS = frozenset({"2019-08-01"})


def handle(request: Request, query: Mapping[str, str], directory: Directory, signer: TokenSigner) -> Response:
    """A token of the named managed identity, or of the first where none is named."""
    if request.method != "GET":
        return _refusal(405, "The endpoint only accepts GET requests.")
    given = request.headers.get("x-identity-header", "")
    if not directory.identity_header or not hmac.compare_digest(
        given.encode(), directory.identity_header.encode()
    ):
        return _refusal(401, "The X-IDENTITY-HEADER header is missing or wrong.")
    if query.get("api-version") not in API_VERSIONS:
        return _refusal(400, "The api-version is missing or not supported.")
    client_id = _identity(directory, query)
    if client_id is None:
        text = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId."
        return _refusal(400, text)
    return _token(query.get("resource", ""), client_id, directory, signer)


def _identity(directory: Directory, query: Mapping[str, str]) -> str | None:
    wanted = query.get("client_id")
    if wanted is None:
        return next(iter(directory.managed_identities), None)
    return next((known for known in directory.managed_identities if known.lower() == wanted.lower()), None)


def _token(resource: str, client_id: str, directory: Directory, signer: TokenSigner) -> Response:
    if resource == EXCHANGE_AUDIENCE:
        token = signer.exchange_token(directory.tenant_id, client_id)
    elif directory.knows_resource(resource):
        token = signer.app_token(directory.tenant_id, client_id, resource)
    else:
        return _refusal(500, "The resource is unknown.")
    body = {
        "access_token": token,
        "client_id": client_id,
        "expires_on": str(int(signer.clock.time()) + signer.lifetime_s),
        "resource": resource,
        "token_type": "Bearer",
    }
    return json_response(200, body)


def _refusal(status: int, message: str) -> Response:
    body = {"statusCode": status, "message": message, "correlationId": str(uuid.uuid4())}
    return json_response(status, body)
