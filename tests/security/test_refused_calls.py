"""Calls without the key, or with a method that a route does not take, are refused and change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.conftest import App
from tests.security.test_credentials import DECISIONS, WITH_KEY, made_up

pytestmark = [pytest.mark.host, pytest.mark.storage]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@pytest.fixture(scope="module", autouse=True)
def storage_stays_as_it_is(app: App) -> Iterator[None]:
    """All calls of this module together change nothing.  ``-k`` with a path tells which does."""
    before = app.stored.tables(), app.stored.lengths()
    yield
    assert (app.stored.tables(), app.stored.lengths()) == before


def wrong_keys(app: App) -> Iterator[dict[str, Any]]:
    """Calls that do not carry the key where it belongs."""
    for text in ("", "x", app.key[:-1], app.key + "x", app.key.swapcase(), app.secret, "' or 1 eq 1", "ключ"):
        yield {"headers": {"x-functions-key": text.encode()}}
        yield {"params": {"code": text}}
    yield {}
    yield {"headers": {"x-functions-key": ""}, "params": {"code": app.key}}
    yield {"headers": {"Authorization": f"Bearer {app.key}"}}
    yield {"headers": {"x-functions-clientid": "admin", "X-MS-CLIENT-PRINCIPAL": "e30="}}
    yield {"cookies": {"x-functions-key": app.key}}
    yield {"params": {"x-functions-key": app.key}}


@pytest.mark.parametrize(("method", "path"), WITH_KEY)
def test_without_the_key_a_route_answers_401_and_nothing_else(app: App, method: str, path: str) -> None:
    for credentials in wrong_keys(app):
        answer = app.call(method, made_up(path), **credentials)
        assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("path", sorted({path for _, path in DECISIONS}))
def test_another_method_than_a_routes_own_does_nothing(app: App, path: str) -> None:
    for method in METHODS:
        if (method, path) not in DECISIONS:
            answer = app.with_key(method, made_up(path), params={"code": app.secret})
            assert (answer.status_code, answer.content) in ((404, b""), (405, b""))
