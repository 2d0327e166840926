"""Signing in by a code: the real msal library against the simulated Entra in this process."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from local.simulators.adapter import InProcessAdapter
from local.simulators.entra.directory import Application, Directory
from local.simulators.entra.service import EntraSimulator
from local.simulators.tokens import TokenVerifier
from local.simulators.wire import ManualClock
from shared_code.systems.device_sign_in import Begun, DeviceSignIn
from shared_code.systems.interface import AccessDenied
from shared_code.systems.session import new_session
from tests.systems.test_auth import APP, KEY, RESOURCE, TENANT


@dataclass
class Made:
    entra: EntraSimulator
    sign_in: DeviceSignIn
    clock: ManualClock

    def decide(self, begun: Begun, user: str | None) -> None:
        assert self.entra._device_codes.decide(begun.user_code, user)


def made(*, public: bool = True) -> Made:
    clock = ManualClock()
    directory = Directory(TENANT, (Application(APP, public=public),), (RESOURCE,))
    entra = EntraSimulator(directory, KEY, clock)
    session = new_session(2)
    session.mount("https://", InProcessAdapter(entra, clock))
    return Made(entra, DeviceSignIn(f"https://localhost/{TENANT}", APP, session, well_known=False), clock)


def test_a_person_signs_in_elsewhere_and_the_code_is_worth_a_token_once() -> None:
    found = made()
    begun = found.sign_in.begin(RESOURCE)
    assert found.sign_in.redeem(begun.device_code) is None
    found.decide(begun, "admin@contoso.com")
    token = found.sign_in.redeem(begun.device_code)
    identity = TokenVerifier(KEY, found.clock, [RESOURCE], [TENANT]).verify(f"Bearer {token}")
    assert (identity.user, identity.audience) == ("admin@contoso.com", RESOURCE)
    with pytest.raises(AccessDenied, match="Begin again"):
        found.sign_in.redeem(begun.device_code)


def test_asking_too_soon_is_no_fault() -> None:
    found = made()
    begun = found.sign_in.begin(RESOURCE)
    assert [found.sign_in.redeem(begun.device_code) for _ in range(3)] == [None, None, None]


def test_a_declined_and_an_expired_sign_in_say_what_to_do() -> None:
    found = made()
    begun = found.sign_in.begin(RESOURCE)
    found.decide(begun, None)
    with pytest.raises(AccessDenied, match="declined"):
        found.sign_in.redeem(begun.device_code)
    late = found.sign_in.begin(RESOURCE)
    found.clock.sleep(late.expires_in_s + 1)
    with pytest.raises(AccessDenied, match="not valid any more"):
        found.sign_in.redeem(late.device_code)


def test_a_registration_without_public_flows_is_told_where_to_switch_them_on() -> None:
    found = made(public=False)
    begun = found.sign_in.begin(RESOURCE)
    found.decide(begun, "admin@contoso.com")
    with pytest.raises(AccessDenied, match="Allow public client flows"):
        found.sign_in.redeem(begun.device_code)


def test_an_organisation_that_the_directory_does_not_know_is_told() -> None:
    with pytest.raises(AccessDenied, match="began no sign-in"):
        made().sign_in.begin("https://other.crm4.dynamics.com")


def test_a_code_worth_a_token_is_never_shown() -> None:
    begun = made().sign_in.begin(RESOURCE)
    assert begun.device_code not in repr(begun)
