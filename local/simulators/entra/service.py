"""The token endpoint as a service: routes a request to discovery, token, device code or control.

Routes are those of ``https://login.microsoftonline.com``, plus ``/msi/token`` (the managed
identity endpoint) and, when enabled, ``/_control/`` for tests and the demo.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from local.simulators.entra import device_page, discovery, errors, managed_identity
from local.simulators.entra.credentials import authenticate
from local.simulators.entra.device_code import LIFETIME_S, DeviceCodes
from local.simulators.entra.directory import Application, Directory
from local.simulators.entra.errors import EntraError, error_response, json_response
from local.simulators.tokens import SigningKey, TokenSigner, exchange_issuer_of
from local.simulators.wire import Clock, Request, Response

MAX_FIELDS = 50
MAX_BODY_BYTES = 65_536
DEFAULT_SUFFIX = "/.default"
CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_SIGN_IN_SCOPES = frozenset({"openid", "profile", "offline_access", "email"})
DEMO_CLIENT_ID = "51f81489-12ee-4a9e-aaae-a2591f45987d"
"""The client that people's tokens name where none is given: Microsoft's public sample client."""


class EntraSimulator:
    """One directory's token endpoint.  ``control`` enables ``/_control/``, which mints any token."""

    def __init__(
        self,
        directory: Directory,
        key: SigningKey,
        clock: Clock,
        *,
        lifetime_s: int = 3599,
        control: bool = False,
        scheme: str = "https",
        device_interval_s: float = 5,
    ) -> None:
        self._directory = directory
        self._key = key
        self._clock = clock
        self._signer = TokenSigner(key, clock, lifetime_s)
        self._device_codes = DeviceCodes(clock, device_interval_s)
        self._control = control
        self._scheme = scheme

    def handle(self, request: Request) -> Response:
        """The endpoint's response; its own errors come as OAuth error bodies."""
        try:
            return self._route(request)
        except EntraError as error:
            return error_response(error, self._clock.time(), request.headers.get("client-request-id"))

    def _route(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        if path == "/msi/token":
            return managed_identity.handle(request, _fields(query), self._directory, self._signer)
        if path == device_page.PATH:
            return device_page.handle(request, self._device_codes)
        if path.startswith("/_control/"):
            return self._handle_control(request, path)
        if path == "/common/discovery/instance":
            host, base_url = self._host(request), self._base_url(request)
            found = discovery.instance_discovery(base_url, host, self._directory.tenant_id)
            return json_response(200, found)
        tenant, _, rest = path.removeprefix("/").partition("/")
        return self._route_tenant(request, tenant, rest)

    def _route_tenant(self, request: Request, tenant: str, rest: str) -> Response:
        routes: dict[str, Callable[[Request], Response]] = {
            "v2.0/.well-known/openid-configuration": self._configuration,
            "discovery/v2.0/keys": lambda _: json_response(200, discovery.key_set(self._key)),
            "oauth2/v2.0/token": self._token,
            "oauth2/v2.0/devicecode": self._device_code,
        }
        route = routes.get(rest)
        if route is None:
            return json_response(404, {"error": "not_found"})
        if tenant.lower() != self._directory.tenant_id.lower():
            raise errors.unknown_tenant(tenant)
        return route(request)

    def _configuration(self, request: Request) -> Response:
        base_url = self._base_url(request)
        return json_response(200, discovery.openid_configuration(base_url, self._directory.tenant_id))

    def _token(self, request: Request) -> Response:
        form = _form(request)
        grant_type = _required(form, "grant_type")
        app = self._application(_required(form, "client_id"))
        if grant_type == CLIENT_CREDENTIALS:
            return self._app_token(request, app, form)
        if grant_type == DEVICE_CODE:
            return self._person_token(app, _required(form, "device_code"))
        raise errors.unsupported_grant(grant_type)

    def _app_token(self, request: Request, app: Application, form: Mapping[str, str]) -> Response:
        scope = _required(form, "scope")
        if not scope.endswith(DEFAULT_SUFFIX) or " " in scope:
            raise errors.scope_without_default(scope)
        authenticate(
            app, form, directory=self._directory, own_key=self._key,
            endpoints=self._endpoints(request), now=self._clock.time(),
        )  # fmt: skip
        resource = self._resource(scope)
        token = self._signer.app_token(self._directory.tenant_id, app.client_id, resource)
        return json_response(200, self._token_body(token))

    def _person_token(self, app: Application, device_code: str) -> Response:
        if not app.public:
            raise errors.not_public()
        user, resource = self._device_codes.redeem(device_code, app.client_id)
        token = self._signer.person_token(self._directory.tenant_id, app.client_id, user, resource)
        return json_response(200, self._token_body(token) | {"scope": f"{resource}/user_impersonation"})

    def _token_body(self, token: str) -> dict[str, Any]:
        lifetime_s = self._signer.lifetime_s
        return {
            "token_type": "Bearer",
            "expires_in": lifetime_s,
            "ext_expires_in": lifetime_s,
            "access_token": token,
        }

    def _device_code(self, request: Request) -> Response:
        form = _form(request)
        app = self._application(_required(form, "client_id"))
        scopes = [part for part in _required(form, "scope").split() if part not in _SIGN_IN_SCOPES]
        if len(scopes) != 1 or "/" not in scopes[0]:
            raise errors.invalid_scope(form["scope"])
        sign_in = self._device_codes.begin(app.client_id, self._resource(scopes[0]))
        address = f"{self._base_url(request)}{device_page.PATH}"
        body = {
            "user_code": sign_in.user_code,
            "device_code": sign_in.device_code,
            "verification_uri": address,
            "expires_in": LIFETIME_S,
            "interval": int(sign_in.interval_s),
            "message": f"To sign in, open {address} and enter the code {sign_in.user_code}.",
        }
        return json_response(200, body)

    def _handle_control(self, request: Request, path: str) -> Response:
        if not self._control or request.method != "POST":
            return json_response(404, {"error": "not_found"})
        try:
            given = _json_object(request.body)
            if path == "/_control/token":
                return self._control_token(given)
            if path == "/_control/device":
                return self._control_device(given)
        except ValueError as error:
            return json_response(400, {"error": str(error)})
        return json_response(404, {"error": "not_found"})

    def _control_token(self, given: Mapping[str, Any]) -> Response:
        """``{"audience", "user"?, "client_id"?}``: without ``user`` the application's own token."""
        audience, user = given.get("audience"), given.get("user")
        client_id = given.get("client_id", DEMO_CLIENT_ID)
        if not isinstance(audience, str) or not self._directory.knows_resource(audience):
            raise ValueError("audience must be one of the directory's resources")
        if not isinstance(client_id, str) or not isinstance(user, str | None):
            raise ValueError("user and client_id must be texts")
        tenant_id = self._directory.tenant_id
        if user is None:
            token = self._signer.app_token(tenant_id, client_id, audience)
        else:
            token = self._signer.person_token(tenant_id, client_id, user, audience)
        return json_response(200, self._token_body(token))

    def _control_device(self, given: Mapping[str, Any]) -> Response:
        """``{"user_code", "user"}``: the person approves; ``user`` null declines."""
        user = given.get("user")
        if not isinstance(user, str | None):
            raise ValueError("user must be a text or null")
        if not self._device_codes.decide(str(given.get("user_code")), user):
            return json_response(404, {"error": "no sign-in with this code is under way"})
        return json_response(200, {})

    def _application(self, client_id: str) -> Application:
        app = self._directory.application(client_id)
        if app is None:
            raise errors.unknown_application(client_id, self._directory.tenant_id)
        return app

    def _resource(self, scope: str) -> str:
        resource = scope.rpartition("/")[0]
        if not self._directory.knows_resource(resource):
            raise errors.unknown_resource(resource, self._directory.tenant_id)
        return resource

    def _endpoints(self, request: Request) -> frozenset[str]:
        tenant_id = self._directory.tenant_id
        issuer = exchange_issuer_of(tenant_id)
        own = f"{self._base_url(request)}/{tenant_id}"
        public = f"{issuer.removesuffix('/v2.0')}/oauth2/v2.0/token"
        return frozenset({f"{own}/oauth2/v2.0/token", f"{own}/v2.0", public, issuer})

    def _host(self, request: Request) -> str:
        return request.headers.get("host", "localhost")

    def _base_url(self, request: Request) -> str:
        return f"{self._scheme}://{self._host(request)}"


def _form(request: Request) -> dict[str, str]:
    if request.method != "POST":
        raise errors.only_post(request.method)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded" or len(request.body) > MAX_BODY_BYTES:
        raise errors.missing_parameter("grant_type")
    try:
        return _fields(request.body.decode())
    except UnicodeDecodeError:
        raise errors.malformed_request() from None


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise errors.malformed_request() from None
    fields = dict(pairs)
    if len(fields) != len(pairs):  # RFC 6749 3.2: no parameter more than once
        raise errors.malformed_request()
    return fields


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise errors.missing_parameter(name)
    return value


def _json_object(body: bytes) -> dict[str, Any]:
    data = json.loads(body or b"{}")
    if not isinstance(data, dict):
        raise ValueError("the body must be an object")
    return data
