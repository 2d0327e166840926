"""Webhook subscriptions against the strict simulator, whose handshake the test answers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from local.simulators import business_central as simulated
from local.simulators.faults import AimedFault, Fault, FaultPlan, FaultyService, Scope
from local.simulators.webhook_sender import Answer
from shared_code.systems.business_central import api_root
from shared_code.systems.business_central_webhooks import Subscriptions
from shared_code.systems.interface import SettingWrong, SystemFault, SystemUnavailable
from tests.systems.companies import TENANT, AnyToken
from tests.systems.conftest import Surroundings

GOOD = "https://hooks.example/good"
ROOT = api_root("https://api.example", TENANT, "production")


def receive(url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Answer:
    """A receiver that echoes the handshake's token, but not at ``/bad``."""
    token = parse_qs(urlsplit(url).query).get("validationToken", [""])[0]
    return Answer(200, b"" if "/bad" in url else token.encode())


class Environment:
    """A simulated environment with one company, and the subscriptions client."""

    def __init__(self, surroundings: Surroundings) -> None:
        options = simulated.Options(tenant_id=TENANT)
        service = simulated.BusinessCentral(surroundings.clock, AnyToken(), options, receive)
        self.company = service.load_company("One", {}).id
        self.faulty = FaultyService(service, FaultPlan(), surroundings.clock)
        self.clock = surroundings.clock
        self.subscriptions = Subscriptions(surroundings.client(self.faulty), ROOT)


@pytest.fixture
def environment(surroundings: Surroundings) -> Environment:
    return Environment(surroundings)


def test_a_subscription_is_listed_renewed_and_deleted(environment: Environment) -> None:
    made = environment.subscriptions.create(environment.company, "customers", GOOD, "state")
    assert made.resource.endswith(f"companies({environment.company})/customers")
    assert environment.subscriptions.list() == [made]
    environment.clock.now += 86_400
    renewed = environment.subscriptions.renew(made)
    assert renewed.expires > made.expires
    environment.subscriptions.delete(renewed)
    environment.subscriptions.delete(renewed)
    assert environment.subscriptions.list() == []


def test_a_receiver_that_fails_the_handshake_is_told(environment: Environment) -> None:
    with pytest.raises(SystemFault):
        environment.subscriptions.create(environment.company, "customers", "https://hooks.example/bad", "x")


def test_an_expired_subscription_cannot_be_renewed(environment: Environment) -> None:
    made = environment.subscriptions.create(environment.company, "customers", GOOD, "state")
    environment.clock.now += 4 * 86_400
    with pytest.raises(SettingWrong):
        environment.subscriptions.renew(made)


def test_a_lost_answer_is_not_repeated_and_says_what_to_do(environment: Environment) -> None:
    environment.faulty.aim(AimedFault(Fault.ANSWER_LOST, Scope("POST")))
    with pytest.raises(SystemUnavailable, match="List the subscriptions"):
        environment.subscriptions.create(environment.company, "customers", GOOD, "state")
    assert len(environment.subscriptions.list()) == 1


def test_a_secret_that_the_service_cannot_keep_is_a_wrong_setting_and_not_repeated(
    surroundings: Surroundings,
) -> None:
    environment = Environment(surroundings)
    with pytest.raises(SettingWrong, match="WEBHOOK_SECRET") as caught:
        environment.subscriptions.create(environment.company, "customers", GOOD, "s3cr3t" * 400)
    assert "s3cr3t" not in str(caught.value)
