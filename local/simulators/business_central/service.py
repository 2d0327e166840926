"""The simulated service: one Business Central environment behind ``handle``."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from local.simulators.business_central import control
from local.simulators.business_central.batch import Part, batch_response, parse_batch, part_entry
from local.simulators.business_central.dispatch import execute
from local.simulators.business_central.environment import Caller, Environment
from local.simulators.business_central.errors import (
    ApiError,
    bad_request,
    method_not_allowed,
    unknown_segment,
)
from local.simulators.business_central.loading import Records
from local.simulators.business_central.metadata import metadata
from local.simulators.business_central.notifications import Call
from local.simulators.business_central.oddities import write_oddly
from local.simulators.business_central.options import Lacking, Options, Permissions
from local.simulators.business_central.routing import Root, parse_root
from local.simulators.business_central.schema import EXTENSION_API, STANDARD_API, api_of
from local.simulators.business_central.storage import Company, Unit
from local.simulators.business_central.web_service_keys import by_key
from local.simulators.conditions import Condition, Denials, Extent
from local.simulators.tokens import Identity, Unauthorized, Verifier
from local.simulators.webhook_sender import http_call
from local.simulators.wire import Clock, Request, Response

_KEYS = re.compile(r"\([^()/]*\)")
_NO_ENVIRONMENT = (
    b'<error xmlns="http://docs.oasis-open.org/odata/ns/metadata"><code>NoEnvironment</code>'
    b"<message>Environment does not exist.</message></error>"
)


class BusinessCentral:
    """One environment of Business Central online.  Safe to use from several threads.

    ``call`` delivers webhooks (url, headers, body, timeout in seconds); tests give their own.
    """

    def __init__(self, clock: Clock, verifier: Verifier, options: Options, call: Call = http_call) -> None:
        self.env = Environment(options, clock, call)
        self._verifier = verifier
        self._denials = Denials(clock.time)

    conditions = frozenset(Condition) - {Condition.EXPIRED_TOKEN}

    def expect(self, kinds: Collection[Condition], extent: Extent) -> None:
        """Keep what a stale read needs; rights that were lacking are there again."""
        self.env.stale_s = extent.stale_s if Condition.STALE_READ in kinds else 0.0
        self._denials.clear()

    def write_oddly(self, draw: random.Random) -> bool:
        """A person writes an odd value somewhere; false where no record takes one."""
        return write_oddly(self.env, draw)

    def load_company(
        self, name: str, data: Path | Records, entry: Mapping[str, str] | None = None
    ) -> Company:
        """Add a company from a folder or from records; ``entry`` may give id and localCurrencyCode."""
        return self.env.load_company({**(entry or {}), "name": name}, data)

    def pump(self) -> bool:
        """Send the webhook notifications that are due; true if there were any."""
        return self.env.notifications.pump()

    def handle(self, request: Request) -> Response:
        """Answer one request as the service does."""
        path = request.target.partition("?")[0]
        if path.startswith("/_control/"):
            return control.handle(self.env, request)
        user = "nobody"
        try:
            root, caller = self._enter(request)
            user = caller.user
            with self.env.limits.admitted(user):
                if self.env.options.latency_s:
                    self.env.clock.sleep(self.env.options.latency_s)
                response = self._answer(caller, root, request)
        except ApiError as error:
            response = self._refusal(error, request.headers)
        except _NoEnvironment:
            response = Response(404, {"Content-Type": "application/xml"}, _NO_ENVIRONMENT)
        self.env.log.request(_kind(request.method, path), user, response.status)
        return response

    def _enter(self, request: Request) -> tuple[Root, Caller]:
        """Who calls what; raises for a URL, an environment or a token that is none."""
        options = self.env.options
        if len(request.target) > options.max_url_chars:
            raise ApiError(414, "BadRequest_InvalidRequestUrl", "The request URL is too long.")
        if len(request.body) > options.max_body_bytes:
            raise ApiError(413, "BadRequest", "The request body is too large.")
        if options.instance and not options.api_services:
            raise method_not_allowed(request.method.lower())
        root = parse_root(request.target, options.instance)
        if root is None or not self._has_api(root.api):
            raise unknown_segment(request.target.partition("?")[0])
        if not options.instance and root.environment.lower() != options.environment.lower():
            raise _NoEnvironment
        identity = self._identity(request, root)
        host = request.headers.get("host", "api.businesscentral.dynamics.com")
        base = f"{options.scheme}://{host}{root.prefix}"
        return root, Caller(identity, self._permissions(identity), base, request.headers, root.api)

    def _has_api(self, api: str) -> bool:
        if api == EXTENSION_API:
            return self.env.options.extension
        return any(api_of(name) == api for name in self.env.types)

    def _identity(self, request: Request, root: Root) -> Identity:
        options = self.env.options
        if options.instance:
            return by_key(request.headers.get("authorization", ""), options)
        try:
            identity = self._verifier.verify(request.headers.get("authorization"))
        except Unauthorized:
            raise _unauthorised() from None
        tenants = {options.tenant_id.lower(), options.tenant_domain.lower()}
        if identity.tenant_id.lower() != options.tenant_id.lower():
            raise _unauthorised()
        if root.tenant is not None and root.tenant.lower() not in tenants:
            raise _unauthorised()
        return identity

    def _permissions(self, identity: Identity) -> Permissions:
        given, user = self._given(identity), identity.user or identity.client_id
        return Permissions(
            Lacking(given.read, partial(self._denials.denied, user, right="Read")),
            Lacking(given.write, partial(self._denials.denied, user, right="Modify")),
        )

    def _given(self, identity: Identity) -> Permissions:
        users, user = self.env.options.users, identity.user or identity.client_id
        if user in self.env.options.rights:
            return self.env.options.rights[user]
        if users is None:
            return Permissions()
        found = users.get(user)
        if found is None:
            raise _unauthorised()
        return found

    def _answer(self, caller: Caller, root: Root, request: Request) -> Response:
        path = root.rest.partition("?")[0].strip("/")
        if path == "$batch":
            return self._batch(caller, request)
        if path == "$metadata":
            return metadata(request.method, root.api, self.env.types)
        return execute(self.env, caller, request.method, root.rest, request.body)

    def _batch(self, caller: Caller, request: Request) -> Response:
        if request.method != "POST":
            raise method_not_allowed(request.method.lower())
        parts = parse_batch(request.body)
        if self.env.options.batch_parts_counted:
            self.env.limits.window.spend(caller.user, len(parts) - 1.0)
        if caller.headers.get("isolation", "").lower() == "snapshot":
            entries = self._snapshot(caller, parts)
        else:
            entries = self._run_parts(caller, parts, None)
        return batch_response(entries, caller.headers.get("accept", ""))

    def _snapshot(self, caller: Caller, parts: list[Part]) -> list[dict[str, object]]:
        """All or nothing; what is undone still reports its success."""
        with self.env.lock:
            unit = self.env.new_unit(person=caller.identity.user is not None)
            entries = self._run_parts(caller, parts, unit)
            if any(_failed(entry) for entry in entries):
                unit.roll_back()
            self.env.commit(unit)
        return entries

    def _run_parts(self, caller: Caller, parts: list[Part], unit: Unit | None) -> list[dict[str, object]]:
        going_on = "odata.continue-on-error" in caller.prefer.lower()
        entries: list[dict[str, object]] = []
        for part in parts:
            entry = part_entry(part, self._run_part(caller, part, unit))
            entries.append(entry)
            if _failed(entry) and not going_on:
                break
        return entries

    def _run_part(self, caller: Caller, part: Part, unit: Unit | None) -> Response:
        self.env.log.part(_kind(part.method, part.url.partition("?")[0]))
        shared = {name: caller.headers[name] for name in _SHARED_HEADERS if name in caller.headers}
        inner = replace(caller, headers={**shared, **part.headers})
        try:
            if part.url.startswith(("/", "http:", "https:", "$batch")):
                raise bad_request(
                    f"The url of a batch part must be relative to the API root, not '{part.url}'."
                )
            return execute(self.env, inner, part.method, part.url, part.body, unit)
        except ApiError as error:
            return self._refusal(error, caller.headers)

    def _refusal(self, error: ApiError, headers: Mapping[str, str]) -> Response:
        return error.response(self.env.correlation_id(), headers.get("accept-language", ""))


def refusal(status: int, retry_after_s: int | None) -> Response:
    """An injected 429, 500 or 503 in the service's own shape, for ``faults.FaultyService``."""
    hint = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    code = _INJECTED.get(status, "Internal_TenantUnavailable")
    return ApiError(status, code, "The request cannot be served now.", hint).response(str(uuid.uuid4()))


_INJECTED = {429: "Application_TooManyRequests", 500: "Internal_ServerError"}
_SHARED_HEADERS = ("data-access-intent", "accept-language")


class _NoEnvironment(Exception):
    """The gateway knows no such environment; it answers before Business Central does."""


def _unauthorised() -> ApiError:
    return ApiError(
        401,
        "Authentication_InvalidCredentials",
        "The server has rejected the client credentials.",
        {
            "WWW-Authenticate": 'Bearer authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
        },
    )


def _failed(entry: Mapping[str, object]) -> bool:
    status = entry["status"]
    return isinstance(status, int) and status >= 400


def _kind(method: str, path: str) -> str:
    """Method and path without keys and company, for counting; own APIs keep their root."""
    below = path.partition("/api/")[2].removeprefix(f"{STANDARD_API}/") or path
    names = [part for part in _KEYS.sub("({id})", below).split("/") if part]
    if names[-1:] != ["companies({id})"]:
        names = [name for name in names if name != "companies({id})"]
    return f"{method} {'/'.join(names)}"
