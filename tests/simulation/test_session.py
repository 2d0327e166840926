"""The simulation's session sends what ``requests`` sends, and hands on what ``requests`` hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from local.simulation.session import DirectSession
from local.simulators.adapter import InProcessAdapter
from local.simulators.wire import ConnectionLost, ManualClock, Request, Response
from shared_code.systems.session import new_session
from shared_code.systems.wire import Authorized, body_of

CLOCK = ManualClock()


@dataclass
class Recorder:
    """Answers as told and keeps what arrived; ``None`` loses the connection."""

    answer: Response | None = field(default_factory=lambda: Response(200, {"Content-Type": "a/b"}, b"{}"))
    seen: list[Request] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        if self.answer is None:
            raise ConnectionLost
        return self.answer


def _sent(session: requests.Session, method: str, url: str, headers: Any, body: bytes | None) -> Any:
    return session.request(
        method, url, data=body, headers=headers, auth=Authorized("Bearer", "token"), timeout=(1, 2),
        allow_redirects=False, stream=True,
    )  # fmt: skip


def _both(service: Recorder) -> tuple[requests.Session, requests.Session]:
    ordinary = new_session(1)
    ordinary.mount("https://", InProcessAdapter(service, CLOCK))
    return ordinary, DirectSession(service, CLOCK)


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
_plain = st.text("aZ0/.-_~$(),&='?%", max_size=20)
_encoded = st.lists(
    st.sampled_from("a / . %20 %27 %C3%A9 %41 %2E %2F %7e %zz % %5B %60".split()), max_size=6
).map("".join)
_words = st.text("abcxyzABC019-", min_size=1, max_size=8)
_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)


@given(
    method=st.sampled_from(("GET", "POST", "PATCH", "DELETE")),
    path=st.one_of(_texts, _plain, _encoded),
    query=st.one_of(_texts, _plain, _encoded),
    headers=st.dictionaries(_words, st.one_of(_values, _values.map(str.encode)), max_size=4),
    body=st.one_of(st.none(), st.binary(max_size=30)),
)
def test_the_same_request_goes_out(
    method: str, path: str, query: str, headers: dict[str, str | bytes], body: bytes | None
) -> None:
    service = Recorder()
    url = f"https://service.example/{path}?{query}"
    outcomes = []
    for session in _both(service):
        try:
            outcomes.append(_sent(session, method, url, {"User-Agent": "Tandem", **headers}, body).url and "")
        except requests.RequestException as error:
            outcomes.append(type(error).__name__)
    assert outcomes[0] == outcomes[1]
    assert len(service.seen) in (0, 2)
    assert service.seen[:1] == service.seen[1:]


@pytest.mark.parametrize("status", [200, 204, 404, 429, 503])
@pytest.mark.parametrize("headers", [{}, {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"Retry-After": "4"}])
def test_the_same_answer_comes_back(status: int, headers: dict[str, str]) -> None:
    service = Recorder(Response(status, headers, b"" if status == 204 else b"x" * 200_000))
    got = []
    for session in _both(service):
        with _sent(session, "GET", "https://service.example/a", {}, None) as answer:
            shown = {name.lower(): value for name, value in answer.headers.items()}
            got.append((answer.status_code, shown, body_of(answer), answer.ok))
    assert got[0] == got[1]


def test_a_lost_connection_is_the_same_fault() -> None:
    for session in _both(Recorder(None)):
        with pytest.raises(requests.exceptions.ConnectionError):
            _sent(session, "GET", "https://service.example/a", {}, None)


def test_a_body_where_none_may_be_is_the_same_fault() -> None:
    for session in _both(Recorder(Response(204, {}, b"body"))):
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            body_of(_sent(session, "GET", "https://service.example/a", {}, None))


@pytest.mark.parametrize("bad", ["a\r\nb", "a\nb"])
def test_a_header_that_would_split_the_request_is_refused(bad: str) -> None:
    service = Recorder()
    for session in _both(service):
        with pytest.raises(requests.exceptions.InvalidHeader):
            _sent(session, "GET", "https://service.example/a", {"Prefer": bad}, None)
    assert service.seen == []


def test_what_the_session_does_not_heed_is_refused() -> None:
    session = DirectSession(Recorder(), CLOCK)
    with pytest.raises(TypeError):
        session.request(
            "GET", "https://a.example", headers={}, data=None, auth=Authorized("Bearer", "t"), timeout=None,
            allow_redirects=False, stream=True, params={"a": "b"},
        )  # fmt: skip
