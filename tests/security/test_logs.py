"""What the app logs at the level that Azure's host has on: it can be logged, and it is figures alone."""

from __future__ import annotations

import json
import logging

import pytest
from msal.oauth2cli import oauth2

import functions
from functions.timers import _tell
from shared_code.sync.registration import Renewal


def test_the_result_of_a_renewal_is_told_in_figures(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tandem"):
        _tell(Renewal(created=1, renewed=2, removed=3, problems=("a problem that names an address",)))
    [record] = caplog.records
    told = {name: value for name, value in record.__dict__.items() if name.startswith("webhooks_")}
    assert told == {
        "webhooks_created": 1, "webhooks_renewed": 2, "webhooks_removed": 3, "webhooks_problems": 1
    }  # fmt: skip
    assert "address" not in str(record.__dict__)


class Cut:
    """Answers every request with 200 and this text."""

    status_code = 200

    def __init__(self, text: str) -> None:
        self.text = text

    def post(self, *_: object, **__: object) -> Cut:
        return self

    def raise_for_status(self) -> None:
        """All is well."""


def test_an_answer_with_a_token_that_was_cut_off_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    cut_off = '{"token_type": "Bearer", "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOi'
    where = {"token_endpoint": "https://entra.example/token"}
    entra = oauth2.BaseClient(where, "client", http_client=Cut(cut_off))
    with caplog.at_level(logging.DEBUG), pytest.raises(json.JSONDecodeError):
        entra._obtain_token("client_credentials")
    assert "eyJ0" not in caplog.text


@pytest.mark.parametrize("name", functions.TALKATIVE)
def test_libraries_that_log_addresses_are_silent_also_where_every_log_is_on(name: str) -> None:
    root = logging.getLogger()
    level = root.level
    try:
        root.setLevel(logging.DEBUG)
        assert not logging.getLogger(f"{name}.of.any.part").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(level)
