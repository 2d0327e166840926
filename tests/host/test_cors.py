"""Pages of other origins: only those of the list may read answers, and a preflight reaches no function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.host.cors import SETTING, Cors, cors_from
from local.host.errors import HostError
from local.host.http_model import HttpAnswer, HttpRequest

SALES, OTHER = "https://contoso.crm4.dynamics.com", "https://evil.example"
CORS = Cors(frozenset({SALES}))


def request(method: str = "GET", **headers: str) -> HttpRequest:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpRequest(method, "http://127.0.0.1/api/items/1", "/api/items/1", sent)


def preflight(origin: str) -> HttpRequest:
    return request("OPTIONS", origin=origin, access_control_request_method="GET",
                   access_control_request_headers="x-functions-key")  # fmt: skip


def test_a_preflight_of_a_listed_origin_is_allowed_what_it_asks_for() -> None:
    answer = CORS.preflight(preflight(SALES))
    assert answer is not None
    assert answer.status == 204
    assert dict(answer.headers) == {
        "Access-Control-Allow-Origin": SALES,
        "Vary": "Origin",
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "x-functions-key",
    }


def test_a_preflight_of_another_origin_is_answered_without_leave() -> None:
    answer = CORS.preflight(preflight(OTHER))
    assert answer == HttpAnswer(204)


@pytest.mark.parametrize(
    "other", [request("OPTIONS"), request("OPTIONS", origin=SALES), request(origin=SALES)]
)
def test_what_is_no_preflight_reaches_the_app(other: HttpRequest) -> None:
    assert CORS.preflight(other) is None


def test_only_pages_of_a_listed_origin_may_read_an_answer() -> None:
    answer = HttpAnswer(200, (("Content-Type", "application/json"),), b"{}")
    shown = CORS.shown(request(origin=SALES), answer)
    assert dict(shown.headers)["Access-Control-Allow-Origin"] == SALES
    assert CORS.shown(request(origin=OTHER), answer) == CORS.shown(request(), answer) == answer


def test_without_a_list_nothing_is_answered_for_the_app() -> None:
    assert Cors().preflight(preflight(SALES)) is None


def test_the_list_comes_from_the_setting_or_from_core_tools_file(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    assert cors_from({}, file) == Cors()
    file.write_text(json.dumps({"Host": {"CORS": f"{SALES}, {OTHER}"}}), "utf-8")
    assert cors_from({}, file) == Cors(frozenset({SALES, OTHER}))
    assert cors_from({SETTING: json.dumps([SALES.upper()])}, file) == Cors(frozenset({SALES}))


@pytest.mark.parametrize("text", ["x", "{}", "[1]", '["contoso.com"]', f'["{SALES}/"]', f'["{SALES}/path"]'])
def test_what_is_no_list_of_origins_stops_the_start(text: str, tmp_path: Path) -> None:
    with pytest.raises(HostError, match=SETTING):
        cors_from({SETTING: text}, tmp_path / "local.settings.json")
