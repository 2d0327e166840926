"""The API for people: a reader is answered, nobody and somebody without a role are not."""

from __future__ import annotations

import pytest

from shared_code.sync.api import Answer
from shared_code.web.api_access import for_readers
from shared_code.web.messages import Asked
from shared_code.web.people import APP_ROLES, Doorkeeper, SignIn
from tests.web.test_people import ENTRA, principal

ANSWER = Answer(200, {"it": "is"})


def asked(**headers: str) -> Asked:
    return Asked("GET", "", "https://tandem.example/api/people/items/1/availability", {}, headers)


@pytest.mark.parametrize("role", APP_ROLES)
def test_whoever_has_a_role_is_answered(role: str) -> None:
    assert for_readers(ENTRA, asked(**principal(role)), lambda: ANSWER) is ANSWER


@pytest.mark.parametrize(
    ("doorkeeper", "headers", "status"),
    [
        (ENTRA, {}, 401),
        (ENTRA, principal("Tandem.Reader", tenant="another"), 401),
        (ENTRA, principal(), 403),
        (ENTRA, principal("Other.Reader"), 403),
        (Doorkeeper(SignIn.APP_SERVICE, False, ENTRA.tenant_id), principal("Tandem.Reader"), 401),
        (Doorkeeper(), principal("Tandem.Reader"), 401),
    ],
)
def test_nobody_else_is_and_nothing_is_asked(
    doorkeeper: Doorkeeper, headers: dict[str, str], status: int
) -> None:
    def never() -> Answer:
        raise AssertionError("it was asked")

    refused = for_readers(doorkeeper, asked(**headers), never)
    assert (refused.status, refused.content_type) == (status, "application/problem+json")
