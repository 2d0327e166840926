"""The device code flow: a person signs in elsewhere while the client polls.

Source: Microsoft docs: identity-platform/v2-oauth2-device-code; ``slow_down`` after RFC 8628 3.5.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from local.simulators.entra.errors import EntraError
from local.simulators.wire import Clock

LIFETIME_S = 900
INTERVAL_S = 5
MAX_PENDING = 1_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass
class PendingSignIn:
    """One sign-in under way; ``user`` is set once a person approved."""

    device_code: str
    user_code: str
    client_id: str
    resource: str
    expires: float
    interval_s: float
    polled: float | None = None
    user: str | None = None
    declined: bool = False


class DeviceCodes:
    """All sign-ins under way; the oldest make room for new ones."""

    def __init__(self, clock: Clock, interval_s: float = INTERVAL_S) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._pending: dict[str, PendingSignIn] = {}

    def begin(self, client_id: str, resource: str) -> PendingSignIn:
        """A new sign-in for the client and resource."""
        code = secrets.token_urlsafe(48)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(9))
        expires = self._clock.time() + LIFETIME_S
        sign_in = PendingSignIn(code, user_code, client_id, resource, expires, self._interval_s)
        with self._lock:
            if len(self._pending) >= MAX_PENDING:
                self._pending.pop(next(iter(self._pending)))
            self._pending[code] = sign_in
        return sign_in

    def decide(self, user_code: str, user: str | None) -> bool:
        """A person approves as ``user``, or declines (None).  False if the code is not known."""
        with self._lock:
            found = [sign_in for sign_in in self._pending.values() if sign_in.user_code == user_code]
            for sign_in in found:
                sign_in.user, sign_in.declined = user, user is None
            return bool(found)

    def redeem(self, device_code: str, client_id: str) -> tuple[str, str]:
        """The person and the resource of an approved sign-in, once; raises ``EntraError`` until then."""
        with self._lock:
            sign_in = self._pending.get(device_code)
            if sign_in is None or sign_in.client_id.lower() != client_id.lower():
                raise EntraError(
                    400, "bad_verification_code", 70000, "The provided device code is not valid."
                )
            now = self._clock.time()
            if now >= sign_in.expires:
                del self._pending[device_code]
                raise EntraError(400, "expired_token", 70020, "The provided device code has expired.")
            if sign_in.declined:
                del self._pending[device_code]
                raise EntraError(400, "authorization_declined", 50126, "The person declined the sign-in.")
            if sign_in.user is None:
                raise _not_yet(sign_in, now)
            del self._pending[device_code]
            return sign_in.user, sign_in.resource


def _not_yet(sign_in: PendingSignIn, now: float) -> EntraError:
    too_soon = sign_in.polled is not None and now < sign_in.polled + sign_in.interval_s
    sign_in.polled = now
    if too_soon:
        sign_in.interval_s += INTERVAL_S
        return EntraError(400, "slow_down", 70016, "The client polls too often; wait five seconds longer.")
    text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
    return EntraError(400, "authorization_pending", 70016, text)
