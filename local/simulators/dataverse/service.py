"""The simulated service: from one HTTP request to one response.

Order of the checks, as the service makes them: sign-in, membership of the organisation, limits, size,
then the request itself.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from local.simulators.conditions import Condition, Denials, Extent
from local.simulators.dataverse import errors
from local.simulators.dataverse.addresses import API, Address, parse_address
from local.simulators.dataverse.batch import run_batch
from local.simulators.dataverse.control import PREFIX, Control, add_user
from local.simulators.dataverse.errors import Refused
from local.simulators.dataverse.limits import Limits
from local.simulators.dataverse.loading import Loaded, Record, load
from local.simulators.dataverse.oddities import write_oddly
from local.simulators.dataverse.options import Options
from local.simulators.dataverse.organisation import Event, found_organisation, set_base_currency
from local.simulators.dataverse.people import Caller, User, privileges_from
from local.simulators.dataverse.preferences import read_preferences
from local.simulators.dataverse.replies import JSON_TYPE, Operation, json_reply, refusal
from local.simulators.dataverse.routing import route
from local.simulators.dataverse.solutions import settle_imports
from local.simulators.dataverse.statistics import Statistics
from local.simulators.dataverse.webhooks import Deliver, WebhookSender
from local.simulators.tokens import Identity, Unauthorized, Verifier
from local.simulators.wire import Clock, Request, Response

URL_LIMIT = 32_768
NOBODY = "(not signed in)"
_SIGN_IN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in to your account</title></head>"
    b"<body><form>Sign in</form></body></html>"
)


class Dataverse:
    """One organisation of one tenant behind the Web API; a ``Service``, safe to call from several threads.

    ``users`` maps an Entra client id to ``{"name", "systemuserid"?, "privileges"?, "customizer"?,
    "delegate"?}``; ``persons`` maps a principal name to a ``systemuserid`` or such a mapping.
    ``deliver`` makes webhook calls when ``pump`` is called.  ``control`` opens ``/_control/``.
    """

    def __init__(
        self,
        clock: Clock,
        verifier: Verifier,
        options: Options | None = None,
        *,
        tenant_id: str = "",
        users: Mapping[str, Mapping[str, Any]] | None = None,
        persons: Mapping[str, str | Mapping[str, Any]] | None = None,
        deliver: Deliver | None = None,
        control: bool = False,
    ) -> None:
        self.options = options or Options()
        self.org = found_organisation(clock, self.options, tenant_id)
        self.statistics = Statistics()
        self.limits = Limits(self.options, clock)
        self.webhooks = WebhookSender(self.org, deliver)
        self.org.on_event = self._event
        self._denials = Denials(clock.time)
        self.org.people.denied = self._denials.denied
        self._clock = clock
        self._verifier = verifier
        self._lock = threading.RLock()
        inside = Control(self.org, self.statistics, self.limits, self.webhooks)
        self._control = inside if control else None
        for client_id, spec in (users or {}).items():
            self._add_user({"client_id": client_id, "name": client_id} | dict(spec))
        for name, person in (persons or {}).items():
            self._add_person(name, person)

    conditions = frozenset(Condition) - {Condition.STALE_READ}

    def expect(self, kinds: Collection[Condition], extent: Extent) -> None:
        """Privileges that were lacking are there again."""
        self._denials.clear()

    def write_oddly(self, draw: random.Random) -> bool:
        """A person writes an odd value somewhere; false where no row takes one."""
        with self._lock:
            return write_oddly(self.org, draw)

    def handle(self, request: Request) -> Response:
        """The answer to one request."""
        if self._control is not None and request.target.startswith(PREFIX):
            return self._handle_control(self._control, request)
        user = NOBODY
        try:
            identity = self._verifier.verify(request.headers.get("authorization"))
            with self._lock:
                caller = self._caller(identity, request)
            user = caller.real_id or caller.user_id
            response = self._limited(user, caller, request)
        except Unauthorized as error:
            response = self._unauthorised(error)
        except Refused as error:
            response = self._refusal(error)
        with self._lock:
            self.statistics.request(request, user)
            self.statistics.statuses[str(response.status)] += 1
        if user == NOBODY:
            return response
        return replace(response, headers={**response.headers, **self.limits.headers(user)})

    def load(self, records: Mapping[str, Iterable[Record]]) -> Loaded:
        """Load rows by table (see ``loading``)."""
        with self._lock:
            return load(self.org, records)

    def pump(self) -> bool:
        """Commit what is due and make the webhook calls that are due; true where more are due."""
        with self._lock:
            self.org.store.settle(self._clock.time())
        return self.webhooks.pump()

    def _limited(self, user: str, caller: Caller, request: Request) -> Response:
        gate, ticket = self.limits.enter(user)
        try:
            if self.options.latency_ms:
                self._clock.sleep(self.options.latency_ms / 1000)
            self._check_size(request)
            with self._lock:
                self.org.store.settle(self._clock.time())
                settle_imports(self.org)
                if self.org.base_currency_id is None:
                    set_base_currency(self.org)
                return self._answer(user, caller, request)
        finally:
            gate.leave(user, ticket)

    def _answer(self, user: str, caller: Caller, request: Request) -> Response:
        wants = read_preferences(request.headers)
        if not _is_batch(request):
            return self._run(user, caller, request)
        if request.method != "POST":
            raise Refused(405, errors.GENERAL, "A batch is sent with POST.")

        def run_part(part: Request) -> Response:
            if _is_batch(part):
                raise errors.bad_request("A batch cannot be nested in a batch.")
            return self._run(user, caller, part)

        return run_batch(self.org, request, wants, run_part, self._refusal)

    def _run(self, user: str, caller: Caller, request: Request) -> Response:
        """One operation, admitted and counted.  Raises ``Refused``."""
        self.limits.admit(user)
        self.statistics.operation(request, user)
        weight = _bulk_targets(request)
        self.statistics.bulk_targets += weight
        self.limits.spend(user, max(1, weight) * self.options.execution_ms_per_operation / 1000)
        address = parse_address(request.target)
        wants = read_preferences(request.headers)
        return route(Operation(self.org, _tagged(caller, address), request, address, wants))

    def _caller(self, identity: Identity, request: Request) -> Caller:
        people = self.org.people
        if people.tenant_id and identity.tenant_id != people.tenant_id:
            raise Refused(403, errors.NOT_A_MEMBER, "The user is not a member of the organization.")
        return people.caller(identity, request.headers)

    def _check_size(self, request: Request) -> None:
        if len(self.options.org_url) + len(request.target) > URL_LIMIT:
            raise Refused(414, errors.GENERAL, f"The request address is longer than {URL_LIMIT} characters.")
        if len(request.body) > self.options.max_request_bytes:
            raise Refused(413, errors.REQUEST_TOO_LONG, "Request message length is too large.")

    def _unauthorised(self, error: Unauthorized) -> Response:
        expired = "expired" in error.reason
        if expired and self.options.stale_token_page:
            return Response(200, {"Content-Type": "text/html; charset=utf-8"}, _SIGN_IN_PAGE)
        code = errors.EXPIRED_TOKEN if expired else errors.INVALID_TOKEN
        message = "The OAuth token has expired" if expired else "The OAuth token is invalid"
        challenge = (
            f"Bearer authorization_uri=https://login.microsoftonline.com/{self.org.people.tenant_id}"
            f"/oauth2/authorize, resource_id={self.options.org_url.rstrip('/')}/"
        )
        body = {"error": {"code": code, "message": message}}
        return json_reply(401, body, {"Content-Type": JSON_TYPE, "WWW-Authenticate": challenge})

    def _refusal(self, error: Refused) -> Response:
        return refusal(error, self.options, self.org.new_id())

    def _event(self, event: Event) -> None:
        self.statistics.event(event)
        self.webhooks.event(event)

    def _handle_control(self, control: Control, request: Request) -> Response:
        if (request.method, request.target) == ("POST", f"{PREFIX}pump"):
            return json_reply(200, {"more": self.pump()})
        with self._lock:
            self.org.store.settle(self._clock.time())
            return control.handle(request)

    def _add_user(self, spec: Mapping[str, Any]) -> None:
        user = User(
            privileges_from(spec.get("privileges", "all")),
            bool(spec.get("customizer", True)),
            bool(spec.get("delegate", False)),
        )
        add_user(self.org, spec, user)

    def _add_person(self, name: str, person: str | Mapping[str, Any]) -> None:
        if isinstance(person, str):
            self.org.people.aliases[name.casefold()] = person.lower()
        else:
            self._add_user({"name": name, "alias": name, "customizer": False} | dict(person))


def _is_batch(request: Request) -> bool:
    path = request.target.partition("?")[0]
    match = API.match(path)
    return match is not None and path[match.end() :].strip("/") == "$batch"


def _bulk_targets(request: Request) -> int:
    """How many rows a bulk message carries."""
    is_bulk = request.method == "POST" and request.target.endswith("Multiple")
    return request.body.count(b'"@odata.type"') if is_bulk else 0


def _tagged(caller: Caller, address: Address) -> Caller:
    tag = address.query.get("tag")
    return caller if tag is None else replace(caller, shared_tag=tag)
