"""The errors of the token endpoint, with the codes and shapes of Entra.

Source: Microsoft docs: identity-platform/reference-error-codes and the OAuth error fields of
identity-platform/v2-oauth2-client-creds-grant-flow.
"""

from __future__ import annotations

import json
import time
import uuid

from local.simulators.wire import Response


class EntraError(Exception):
    """A refused request: HTTP status, OAuth error name, AADSTS number and message."""

    def __init__(self, status: int, error: str, code: int, message: str) -> None:
        super().__init__(f"AADSTS{code}: {message}")
        self.status = status
        self.error = error
        self.code = code


def missing_parameter(name: str) -> EntraError:
    text = f"The request body must contain the following parameter: '{name}'."
    return EntraError(400, "invalid_request", 900144, text)


def malformed_request() -> EntraError:
    return EntraError(400, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid.")


def only_post(method: str) -> EntraError:
    text = f"The endpoint only accepts POST requests. Received a {method} request."
    return EntraError(400, "invalid_request", 900561, text)


def unsupported_grant(grant_type: str) -> EntraError:
    text = f"The app requested an unsupported grant type '{grant_type}'."
    return EntraError(400, "unsupported_grant_type", 70003, text)


def unknown_tenant(tenant: str) -> EntraError:
    text = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may happen "
        "if there are no active subscriptions for the tenant."
    )
    return EntraError(400, "invalid_request", 90002, text)


def unknown_application(client_id: str, tenant: str) -> EntraError:
    text = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can "
        "happen if the application has not been installed by the administrator of the tenant or consented "
        "to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
    )
    return EntraError(400, "unauthorized_client", 700016, text)


def unknown_resource(resource: str, tenant: str) -> EntraError:
    text = (
        f"The resource principal named {resource} was not found in the tenant named {tenant}. This can "
        "happen if the application has not been installed by the administrator of the tenant or consented "
        "to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
    )
    return EntraError(400, "invalid_resource", 500011, text)


def scope_without_default(scope: str) -> EntraError:
    text = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope "
        "value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return EntraError(400, "invalid_scope", 1002012, text)


def invalid_scope(scope: str) -> EntraError:
    text = f"The provided request must include a 'scope' input parameter. The scope '{scope}' is not valid."
    return EntraError(400, "invalid_scope", 70011, text)


def missing_credential() -> EntraError:
    known = "'client_assertion', 'client_secret' or 'request'"
    text = f"{known} is required for the 'client_credentials' grant type."
    return EntraError(401, "invalid_client", 7000216, text)


def not_public() -> EntraError:
    """People sign in without proof of the application through public clients only."""
    text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return EntraError(401, "invalid_client", 7000218, text)


def wrong_secret(client_id: str) -> EntraError:
    text = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
        f"value, not the client secret ID, for a secret added to app '{client_id}'."
    )
    return EntraError(401, "invalid_client", 7000215, text)


def malformed_assertion() -> EntraError:
    return EntraError(401, "invalid_client", 50027, "JWT token is invalid or malformed.")


def failed_assertion(reason: str) -> EntraError:
    text = f"Client assertion failed signature validation. [Reason - {reason}]"
    return EntraError(401, "invalid_client", 700027, text)


def assertion_audience(audience: str) -> EntraError:
    text = f"Client assertion audience claim does not match Realm issuer. The audience was '{audience}'."
    return EntraError(401, "invalid_client", 700023, text)


def assertion_time() -> EntraError:
    return EntraError(401, "invalid_client", 700024, "Client assertion is not within its valid time range.")


def no_federated_match(part: str, value: str) -> EntraError:
    """``part`` is what did not match any federated credential: issuer, audience or subject."""
    code = {"issuer": 700211, "audience": 700212, "subject": 700213}[part]
    text = (
        f"No matching federated identity record found for presented assertion {part} '{value}'. Check your "
        "federated identity credential Subject, Audience and Issuer against the presented assertion."
    )
    return EntraError(401, "invalid_client", code, text)


def error_response(error: EntraError, now: float, correlation_id: str | None) -> Response:
    """The error as Entra sends it; the caller's ``client-request-id`` comes back as correlation id."""
    trace = str(uuid.uuid4())
    correlation = correlation_id or str(uuid.uuid4())
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now))
    trailer = f" Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    body = {
        "error": error.error,
        "error_description": f"{error}{trailer}",
        "error_codes": [error.code],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={error.code}",
    }
    return json_response(error.status, body)


def json_response(status: int, body: object) -> Response:
    """JSON that no cache may keep."""
    headers = {
        "Cache-Control": "no-store, no-cache",
        "Pragma": "no-cache",
        "Content-Type": "application/json; charset=utf-8",
    }
    return Response(status, headers, json.dumps(body).encode())
