"""Who is believed to be who."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from shared_code.settings import SettingError, read_settings
from shared_code.web.people import APP_ROLES, COOKIE, PRINCIPAL, Doorkeeper, Person, Role, SignIn
from tests.unit.test_settings import GOOD

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
ENTRA = Doorkeeper(SignIn.APP_SERVICE, True, TENANT)


def principal(*roles: str, tenant: str = TENANT, **more: Any) -> dict[str, str]:
    """The header that App Service authentication adds."""
    claims = [{"typ": "name", "val": "Pat Miller"}, {"typ": "tid", "val": tenant}]
    claims += [{"typ": "roles", "val": each} for each in roles]
    content = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": claims, **more}
    return {PRINCIPAL: base64.b64encode(json.dumps(content).encode()).decode()}


@pytest.mark.parametrize(("value", "role"), APP_ROLES.items())
def test_an_app_role_of_entra_is_a_role_here(value: str, role: Role) -> None:
    assert ENTRA.person(principal(value), {}) == Person("Pat Miller", role)


def test_of_several_roles_the_highest_counts_and_foreign_ones_do_not() -> None:
    found = ENTRA.person(principal("Tandem.Reader", "Tandem.Operator", "Other.Administrator"), {})
    assert found == Person("Pat Miller", Role.OPERATOR)


def test_somebody_without_a_role_is_known_and_may_nothing() -> None:
    found = ENTRA.person(principal(), {})
    assert found == Person("Pat Miller", None)
    assert not any(found.may(each) for each in Role)


@pytest.mark.parametrize("sign_in", [SignIn.OFF, SignIn.LOCAL])
def test_the_header_counts_only_where_app_service_signs_in(sign_in: SignIn) -> None:
    assert Doorkeeper(sign_in, True, TENANT).person(principal("Tandem.Administrator"), {}) is None


def test_the_header_counts_only_where_the_platform_confirms_its_authentication() -> None:
    unconfirmed = Doorkeeper(SignIn.APP_SERVICE, False, TENANT)
    assert unconfirmed.person(principal("Tandem.Administrator"), {}) is None


def test_a_person_of_another_tenant_is_nobody() -> None:
    assert ENTRA.person(principal("Tandem.Administrator", tenant="x"), {}) is None


@pytest.mark.parametrize(
    "text",
    ["", "e30=", "bm8=", "%%%", "W10=", base64.b64encode(b"[" * 50_000).decode(), "eyJjbGFpbXMiOls1XX0="],
)
def test_an_unreadable_header_is_nobody(text: str) -> None:
    assert ENTRA.person({PRINCIPAL: text}, {}) is None


@pytest.mark.parametrize("doorkeeper", [ENTRA, Doorkeeper(SignIn.OFF, True, TENANT), Doorkeeper()])
def test_the_cookie_of_the_stand_in_counts_nowhere_but_locally(doorkeeper: Doorkeeper) -> None:
    assert doorkeeper.person({}, {COOKIE: "administrator"}) is None
    assert Doorkeeper(SignIn.LOCAL).person({}, {COOKIE: "operator"}) == Person("operator", Role.OPERATOR)


@pytest.mark.parametrize("variable", ["WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_OWNER_NAME"])
def test_the_stand_in_cannot_be_switched_on_in_azure(variable: str) -> None:
    assert read_settings({**GOOD, "SIGN_IN": "local"}).sign_in == "local"
    with pytest.raises(SettingError, match="SIGN_IN"):
        read_settings({**GOOD, "SIGN_IN": "local", variable: "x"})
