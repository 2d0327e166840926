"""One system's HTTP: a pooled session, headers, sizes, sign-in, retries and throttling.

The client sends what it is told and knows nothing of tables.  It never follows a redirect, keeps no
cookie (Dataverse's affinity cookies would pin all work to one server: Microsoft docs
send-parallel-requests.md) and reads at most ``wire.MAX_ANSWER_BYTES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError as PoolError

from shared_code.core.telemetry import REQUESTS, SILENT, THROTTLED, Telemetry
from shared_code.runtime import Runtime
from shared_code.systems import errors, odata, retry, wire
from shared_code.systems.auth import Tokens, check_certificates
from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable, Throttled
from shared_code.systems.retry import PATIENT, GiveUp, Patience, Trouble
from shared_code.systems.session import CONNECT_TIMEOUT_S
from shared_code.systems.throttle import Permits

USER_AGENT = "Tandem/0.1"
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

type Parse = Callable[[str, bytes], object]
"""From content type and body to data; raises ValueError when the body is not whole."""


def parse_json(content_type: str, body: bytes) -> object:
    """The JSON of an answer; ``None`` when there is no body."""
    return odata.loads(body) if body else None


@dataclass(frozen=True, slots=True)
class Call:
    """One request, counted as ``kind``.  ``repeatable`` says that doing it twice is harmless, ``ahead`` that
    it completes what went out and goes before other writes that wait."""

    kind: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    repeatable: bool = True
    parse: Parse = parse_json
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.  Header names are lower-case; ``data`` is the parsed body of a success, else raw."""

    status: int
    headers: Mapping[str, str]
    data: object

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def error(self) -> errors.ServiceError:
        return errors.service_error(self.status, self.headers, self.data)


@dataclass(frozen=True, slots=True)
class SignInBy:
    """How what ``Tokens`` give is sent, and what a person checks where it is not accepted."""

    scheme: str
    to_check: str


BY_TOKEN = SignInBy(
    "Bearer", "Check that the application is registered there and enabled, and that its credential is valid."
)
BY_KEY = SignInBy(
    "Basic",
    "Check BUSINESS_CENTRAL_USER and BUSINESS_CENTRAL_KEY, and that the server signs people in by "
    "NavUserPassword or AccessControlService.",
)


class AnswerLost(Exception):
    """The request went out, may have worked, and must not be sent again."""


@dataclass(frozen=True, slots=True)
class _Failed:
    trouble: Trouble
    reason: str
    status: int = 0
    retry_after_s: float | None = None
    used_up: bool = False


class _SignedOut(Exception):
    """The service does not accept the token."""


def checked_address(url: str, what: str) -> str:
    """``url`` without final slash.  Raises ``SettingWrong``: tokens travel by TLS, except on this machine."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    if not (safe and parts.hostname) or parts.username or parts.query or parts.fragment:
        raise SettingWrong(f"The address of {what} must be https://host, not {url[:100]!r}.")
    return url.rstrip("/")


class Client:
    """Sends calls to one system as one application user.

    ``session`` carries the transport (tests mount their own adapter); ``on_request`` is told the kind of
    every request that goes out.  ``scope`` is what tokens are asked for, ``patience`` how long it goes on
    when a service does not answer, ``sign_in`` how the token is sent; ``side`` names the system where
    requests are counted.
    """

    def __init__(
        self,
        session: requests.Session,
        tokens: Tokens,
        scope: str,
        runtime: Runtime,
        permits: Permits,
        *,
        system_name: str,
        request_id_header: str = "client-request-id",
        on_request: Callable[[str], None] = lambda kind: None,
        patience: Patience = PATIENT,
        sign_in: SignInBy | None = None,
        side: str = "",
        telemetry: Telemetry = SILENT,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._scope = scope
        self.runtime = runtime
        self.permits = permits
        self.system_name = system_name
        self._request_id_header = request_id_header
        self._on_request = on_request
        self._patience = patience
        self._sign_in = sign_in or BY_TOKEN
        self._side, self._telemetry = side, telemetry
        self._dated: tuple[str, float] = "", 0.0
        self._writes = runtime.new_gate()

    @property
    def clock_ahead(self) -> str:
        """By how many seconds the service's clock is ahead of ours, as its last answer told: to the second.

        Blank before the first answer, and where answers carry no date.
        """
        text, received_at_s = self._dated
        try:
            return f"{parsedate_to_datetime(text).timestamp() - received_at_s:.1f}"
        except ValueError:
            return ""

    def send(self, call: Call) -> Answer:
        """Send until there is an answer or no sense in going on.

        Answers with any status that a retry cannot help are returned.  Raises ``AnswerLost`` (only for
        calls that are not repeatable), ``Throttled``, ``SystemUnavailable``, ``AccessDenied`` and, where the
        file of trusted authorities is gone, ``SettingWrong``.
        """
        renewed = False
        attempt = 1
        while True:
            try:
                outcome = self._in_turn(call)
            except _SignedOut:
                if renewed:
                    raise self._sign_in_refused() from None
                self._tokens.forget(self._scope)
                renewed = True
                continue
            if isinstance(outcome, Answer):
                self._dated = outcome.headers.get("date", ""), self.runtime.now()
                self.permits.succeeded(_hint(outcome.headers))
                return outcome
            self._back_off(call, outcome, attempt)
            attempt += 1

    def _in_turn(self, call: Call) -> Answer | _Failed:
        """Writes go out in the order in which they came, as many at a time as permits allow: so one batch's
        are done before the next one's, and its commit goes on beside them.  Who waits for the service to open
        again keeps its turn."""
        if call.repeatable:
            return self._with_permission(call)
        self.permits.want(self._writes.present() + 1)
        try:
            with self._writes.passing(self.permits.limit, ahead=call.ahead):
                return self._with_permission(call)
        finally:
            self.permits.want(self._writes.present())

    def _with_permission(self, call: Call) -> Answer | _Failed:
        self._await_permission()
        return self._attempt(call)

    def _sign_in_refused(self) -> AccessDenied:
        return AccessDenied(
            f"{self.system_name} does not accept our sign-in, also with a new token. {self._sign_in.to_check}"
        )

    def _await_permission(self) -> None:
        """Waits for its turn; another's refusal may prolong that meanwhile."""
        waited_s = 0.0
        while (wait_s := self.permits.wait_s()) > 0:
            if waited_s + wait_s > self._patience.longest_wait_s:
                raise Throttled(f"{self.system_name} asked us to wait", wait_s)
            self.runtime.sleep(wait_s)
            waited_s += wait_s

    def _back_off(self, call: Call, failed: _Failed, attempt: int) -> None:
        decision = retry.decide(
            failed.trouble,
            repeatable=call.repeatable,
            attempt=attempt,
            retry_after_s=failed.retry_after_s,
            chance=self.runtime.random(),
            patience=self._patience,
        )
        wait_s = decision.retry_after_s if isinstance(decision, GiveUp) else decision.wait_s
        if failed.trouble is Trouble.REFUSED:
            self._telemetry.count(THROTTLED, side=self._side, kind=call.kind)
            # Who comes back when is for the permits to say; what the service asks for is not stretched twice.
            asked_s = wait_s if failed.retry_after_s is None else failed.retry_after_s
            self.permits.throttled(asked_s, used_up=failed.used_up)
        if isinstance(decision, GiveUp):
            raise self._given_up(call, failed, decision)
        if failed.trouble is not Trouble.REFUSED:  # a refusal's wait is slept by everybody, before sending
            self.runtime.sleep(wait_s)

    def _given_up(self, call: Call, failed: _Failed, decision: GiveUp) -> Exception:
        text = f"{self.system_name} ({call.kind}): {failed.trouble.value}: {failed.reason}"
        if failed.trouble is Trouble.LOST and not call.repeatable:
            return AnswerLost(text)
        if failed.status == 429 or failed.retry_after_s is not None:
            return Throttled(text, decision.retry_after_s)
        return SystemUnavailable(f"{text}. Try again later.")

    def _attempt(self, call: Call) -> Answer | _Failed:
        token = self._tokens.token(self._scope)
        self._on_request(call.kind)
        self._telemetry.count(REQUESTS, side=self._side, kind=call.kind)
        with self._telemetry.span("request", {"side": self._side, "kind": call.kind}) as span:
            outcome = self._exchange(call, token)
            span.note(status=outcome.status)
            if not isinstance(outcome, Answer):
                self._telemetry.keep()
        return outcome

    def _exchange(self, call: Call, token: str) -> Answer | _Failed:
        """One request and what its answer means."""
        try:
            with self._session.request(
                call.method,
                call.url,
                data=call.body,
                headers=self._headers(call),
                auth=wire.Authorized(self._sign_in.scheme, token),
                timeout=(min(CONNECT_TIMEOUT_S, self._patience.answer_s), self._patience.answer_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _outcome(call, response, wire.body_of(response))
        except (OSError, PoolError, wire.TooLarge) as error:  # what requests raises is an OSError
            check_certificates(self._session, f"A request to {self.system_name}")
            return _Failed(wire.trouble_of(error), wire.reason_of(error))

    def _headers(self, call: Call) -> dict[str, str | bytes]:
        own = {"User-Agent": USER_AGENT, self._request_id_header: self.runtime.new_id()}
        return {**own, **call.headers}


def _outcome(call: Call, response: requests.Response, body: bytes) -> Answer | _Failed:
    headers = {key.lower(): value for key, value in response.headers.items()}
    status = response.status_code
    content_type = headers.get("content-type", "")
    if status == 401 or 300 <= status < 400 or _is_page(status, content_type):
        raise _SignedOut
    if status in (429, 503):
        wait_s = retry.retry_after(headers.get("retry-after"))
        used_up = errors.service_error(status, headers, body).code in errors.USED_UP
        return _Failed(Trouble.REFUSED, f"HTTP {status}", status, wait_s, used_up)
    if _is_broken(call, status, headers, body):
        return _Failed(Trouble.LOST, _said(status, headers, body), status)
    if not 200 <= status < 300:
        return Answer(status, headers, body)
    try:
        return Answer(status, headers, call.parse(content_type, body))
    except ValueError:
        return _Failed(Trouble.LOST, "the answer is cut off or not what was asked for", status)


def _is_broken(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an error status tells nothing of what happened.

    A 500 with a code of the service is an answer to a write; a read is worth another try.
    """
    if status == 500 and not call.repeatable:
        return not errors.service_error(status, headers, body).code
    return status == 408 or (status >= 500 and status != 501)


def _is_page(status: int, content_type: str) -> bool:
    """A sign-in page instead of data: what an expired token can look like."""
    return 200 <= status < 300 and content_type.lower().startswith("text/html")


def _said(status: int, headers: Mapping[str, str], body: bytes) -> str:
    error = errors.service_error(status, headers, body)
    return f"HTTP {status} {error.code} {error.message}".strip()


def _hint(headers: Mapping[str, str]) -> int | None:
    text = headers.get("x-ms-dop-hint", "")
    return int(text) if text.isdecimal() else None
