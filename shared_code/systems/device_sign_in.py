"""Signing in a person who is somewhere else: a code is shown, the person enters it at Microsoft's page.

For what only an administrator may do, once.  The token is handed to the caller and kept nowhere: no cache, no
file, no refresh.  Sources: Microsoft docs identity-platform/v2-oauth2-device-code.md; msal's reference of
PublicClientApplication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msal
import requests

from shared_code.systems.interface import AccessDenied, SettingWrong, SystemUnavailable

PERMISSION = "user_impersonation"
"""The delegated permission of Dataverse."""
WAITING = frozenset({"authorization_pending", "slow_down"})
DECLINED = frozenset({"authorization_declined", "access_denied"})
EXPIRED = frozenset({"expired_token", "code_expired", "bad_verification_code", "invalid_grant"})
NOT_PUBLIC = "AADSTS7000218"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: ``user_code`` is entered at ``address``; ``device_code`` asks what came of it.

    The device code is worth a token once the person has signed in: it goes to nobody but who asked for it.
    """

    user_code: str
    address: str
    device_code: str = field(repr=False)
    expires_in_s: int
    interval_s: int


class DeviceSignIn:
    """Sign-ins through one application, which must allow public client flows."""

    def __init__(
        self, authority: str, client_id: str, session: requests.Session, *, well_known: bool = True
    ) -> None:
        """``well_known`` is false for an authority that is not one of Microsoft's clouds."""
        self._authority, self._client_id = authority, client_id
        self._session, self._well_known = session, well_known

    def begin(self, resource: str) -> Begun:
        """A new code for somebody who is to act on ``resource``.  Raises ``SystemFault``."""
        answer = self._asked(lambda app: app.initiate_device_flow(scopes=[f"{resource}/{PERMISSION}"]))
        if "device_code" not in answer:
            raise AccessDenied(f"Entra began no sign-in: {_reason(answer)}. Check CLIENT_ID and SALES_URL.")
        return Begun(
            str(answer["user_code"]),
            str(answer["verification_uri"]),
            str(answer["device_code"]),
            int(answer.get("expires_in", 900)),
            int(answer.get("interval", 5)),
        )

    def redeem(self, device_code: str) -> str | None:
        """The person's token, once; None while nobody has signed in.  Asks once and does not wait.

        Raises ``AccessDenied`` where it was declined or its time is over, and other faults of a system.
        """
        flow = {"device_code": device_code, "interval": 1}
        answer = self._asked(
            lambda app: app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        )
        token = answer.get("access_token")
        if isinstance(token, str) and token:
            return token
        if answer.get("error") in WAITING:
            return None
        raise _refused(answer)

    def _asked(self, ask: Any) -> Mapping[str, Any]:
        """What msal answers; a new application for each question, so that nothing is remembered."""
        try:
            application = msal.PublicClientApplication(
                self._client_id,
                authority=self._authority,
                http_client=self._session,
                instance_discovery=None if self._well_known else False,
            )
            answer: Mapping[str, Any] = ask(application)
        except OSError as error:
            raise SystemUnavailable(
                f"Sign-in at {self._authority} failed ({type(error).__name__}). Try again later."
            ) from error
        except ValueError as error:
            raise SettingWrong(f"Sign-in at {self._authority} cannot begin. Check TENANT_ID.") from error
        return answer


def _refused(answer: Mapping[str, Any]) -> AccessDenied:
    error, reason = str(answer.get("error")), _reason(answer)
    if NOT_PUBLIC in reason:
        return AccessDenied(
            "Tandem's registration does not let people sign in by code. In Entra open its page "
            "Authentication, switch on “Allow public client flows”, and begin again."
        )
    if error in DECLINED:
        return AccessDenied("The sign-in was declined. Begin again.")
    if error in EXPIRED:
        return AccessDenied(f"The code is not valid any more. Begin again. ({reason})")
    return AccessDenied(f"Entra signed nobody in: {reason}")


def _reason(answer: Mapping[str, Any]) -> str:
    """Entra's words, without what differs each time.  An answer is never shown whole: it may hold a token."""
    text = str(answer.get("error_description") or answer.get("error") or "no reason given")
    return (text.splitlines() or [""])[0].partition(" Trace ID:")[0][:300]
