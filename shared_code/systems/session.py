"""The pooled session under a client: time-outs, whom TLS trusts, no cookies."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from shared_code.systems.retry import PATIENT

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = PATIENT.answer_s
LONG_ADDRESS = 2_000
"""Characters: longer ones are only made by reading by id."""


class _PatientAdapter(HTTPAdapter):
    """Gives a request without time-out (msal's, say) ours, so that none can hang for ever."""

    def send(self, request: requests.PreparedRequest, *args: Any, **settings: Any) -> requests.Response:
        settings["timeout"] = settings.get("timeout") or (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        return super().send(request, *args, **settings)


class _TrustingAdapter(_PatientAdapter):
    """Trusts further authorities beside those that the session verifies with."""

    def __init__(self, authorities: str, pool_size: int) -> None:
        self._context = create_urllib3_context()
        self._context.load_verify_locations(cadata=authorities)
        super().__init__(pool_connections=2, pool_maxsize=pool_size)

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **settings)


class _Session(requests.Session):
    """Leaves long addresses as they are: they name many ids and are encoded already.

    ``requests`` would look at each letter of them.
    """

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        url = request.url
        if len(url) <= LONG_ADDRESS:
            return super().prepare_request(request)
        request.url = str(url).partition("?")[0]
        prepared = super().prepare_request(request)
        prepared.url = str(url)
        return prepared


def new_session(pool_size: int, ca_bundle: str | None = None, authorities: str = "") -> requests.Session:
    """A session for one system: ``pool_size`` connections, no cookies, no settings of the environment.

    ``ca_bundle`` is a file of authorities in place of the usual ones; ``authorities`` are trusted besides
    (PEM, which ``pem.authorities_from`` has read).
    """
    session = _Session()
    session.trust_env = False  # else a .netrc file could replace our Authorization header
    session.verify = ca_bundle or True
    patient = _PatientAdapter(pool_connections=2, pool_maxsize=pool_size)
    session.mount("https://", _TrustingAdapter(authorities, pool_size) if authorities else patient)
    session.mount("http://", _PatientAdapter(pool_connections=2, pool_maxsize=pool_size))
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
