"""The token endpoint's rules, by calling it directly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.entra.credentials import ASSERTION_TYPE
from local.simulators.entra.directory import Directory, thumbprints
from local.simulators.entra.service import DEVICE_CODE, EntraSimulator
from local.simulators.tokens import EXCHANGE_AUDIENCE, Identity, TokenVerifier
from local.simulators.wire import ManualClock, Request
from tests.simulators.entra.conftest import (
    APP,
    HEADER,
    OUTSIDE_ISSUER,
    OUTSIDE_SUBJECT,
    RESOURCE,
    SECRET,
    TENANT,
    Material,
    self_signed,
)

HOST = "login.test:8443"
TOKEN_PATH = f"/{TENANT}/oauth2/v2.0/token"
AUDIENCE = f"https://{HOST}{TOKEN_PATH}"
FORM = {"content-type": "application/x-www-form-urlencoded", "host": HOST}
GOOD = {
    "grant_type": "client_credentials",
    "client_id": APP,
    "client_secret": SECRET,
    "scope": f"{RESOURCE}/.default",
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def entra(directory: Directory, material: Material, clock: ManualClock) -> EntraSimulator:
    return EntraSimulator(directory, material.own, clock, lifetime_s=600, control=True)


def post(entra: EntraSimulator, form: dict[str, str], path: str = TOKEN_PATH) -> tuple[int, dict[str, Any]]:
    response = entra.handle(Request("POST", path, FORM, urlencode(form).encode()))
    return response.status, json.loads(response.body)


def control(entra: EntraSimulator, path: str, body: object) -> tuple[int, dict[str, Any]]:
    response = entra.handle(Request("POST", f"/_control/{path}", {}, json.dumps(body).encode()))
    return response.status, json.loads(response.body)


def assertion_form(assertion: str) -> dict[str, str]:
    form = GOOD | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    del form["client_secret"]
    return form


def certificate_assertion(
    material: Material, clock: ManualClock, *, key: rsa.RSAPrivateKey | None = None,
    header: dict[str, str] | None = None, **changes: Any,
) -> str:  # fmt: skip
    digest = thumbprints(material.certificate)["x5t#S256"]
    if header is None:
        header = {"x5t#S256": jwt.utils.base64url_encode(digest).decode()}
    now = clock.time()
    claims = {"iss": APP, "sub": APP, "aud": AUDIENCE, "nbf": now, "exp": now + 600} | changes
    return jwt.encode(claims, key or material.certificate_key, "PS256", headers=header)


def federated_assertion(
    material: Material, clock: ManualClock, *, key: rsa.RSAPrivateKey | None = None, **changes: Any
) -> str:
    usual = {"iss": OUTSIDE_ISSUER, "sub": OUTSIDE_SUBJECT, "aud": EXCHANGE_AUDIENCE}
    claims = usual | {"exp": clock.time() + 600} | changes
    return jwt.encode(claims, key or material.outside, "RS256")


def test_a_token_lasts_as_long_as_configured(
    entra: EntraSimulator, material: Material, clock: ManualClock
) -> None:
    status, body = post(entra, GOOD)
    assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 600)
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["exp"] == clock.time() + 600
    assert claims["idtyp"] == "app"


def test_an_answer_with_a_token_may_not_be_cached(entra: EntraSimulator) -> None:
    response = entra.handle(Request("POST", TOKEN_PATH, FORM, urlencode(GOOD).encode()))
    assert "no-store" in response.headers["Cache-Control"]


def test_the_published_keys_verify_the_tokens(entra: EntraSimulator) -> None:
    keys = entra.handle(Request("GET", f"/{TENANT}/discovery/v2.0/keys", {"host": HOST}))
    token = post(entra, GOOD)[1]["access_token"]
    key = jwt.PyJWKSet.from_dict(json.loads(keys.body))[jwt.get_unverified_header(token)["kid"]]
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    assert jwt.decode(token, key, ["RS256"], audience=RESOURCE, options=options)["appid"] == APP


def test_discovery_names_endpoints_at_the_address_the_caller_used(entra: EntraSimulator) -> None:
    path = f"/{TENANT.upper()}/v2.0/.well-known/openid-configuration"
    found = json.loads(entra.handle(Request("GET", path, {"host": HOST})).body)
    assert found["token_endpoint"] == AUDIENCE
    instance = json.loads(entra.handle(Request("GET", "/common/discovery/instance?x=y", {"host": HOST})).body)
    assert instance["tenant_discovery_endpoint"].startswith(f"https://{HOST}/{TENANT}/v2.0/")


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000216),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"scope": "https://nobody.example.org/.default"}, 400, "invalid_resource", 500011),
        ({"scope": RESOURCE}, 400, "invalid_scope", 1002012),
        ({"scope": f"{RESOURCE}/.default https://b/.default"}, 400, "invalid_scope", 1002012),
        ({"client_secret": None, "client_assertion": "x"}, 400, "invalid_request", 900144),
    ],
)
def test_a_wrong_request_is_refused_with_its_code(
    entra: EntraSimulator, changes: dict[str, str | None], status: int, error: str, code: int
) -> None:
    form = {name: value for name, value in (GOOD | changes).items() if value is not None}
    got_status, body = post(entra, form)
    assert (got_status, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert SECRET not in json.dumps(body)


def test_an_unknown_tenant_is_refused(entra: EntraSimulator) -> None:
    for method, path in (("POST", "oauth2/v2.0/token"), ("GET", "v2.0/.well-known/openid-configuration")):
        response = entra.handle(Request(method, f"/contoso/{path}", FORM, urlencode(GOOD).encode()))
        assert response.status == 400
        assert json.loads(response.body)["error_codes"] == [90002]


def test_an_error_carries_the_caller_s_correlation_id(entra: EntraSimulator) -> None:
    headers = FORM | {"client-request-id": "abc"}
    body = json.loads(entra.handle(Request("POST", TOKEN_PATH, headers, b"")).body)
    assert body["correlation_id"] == "abc"


@pytest.mark.parametrize(
    "body",
    [
        urlencode(GOOD).encode() + b"&scope=b",
        urlencode(GOOD).encode() + b"&x=%ff",
        b"\xff",
        b"&".join(b"a%d=1" % n for n in range(60)),
    ],
)
def test_a_malformed_form_is_refused(entra: EntraSimulator, body: bytes) -> None:
    response = entra.handle(Request("POST", TOKEN_PATH, FORM, body))
    assert json.loads(response.body)["error_codes"] == [9002313]


def test_only_posted_forms_are_read(entra: EntraSimulator) -> None:
    response = entra.handle(Request("GET", TOKEN_PATH, FORM, urlencode(GOOD).encode()))
    assert json.loads(response.body)["error_codes"] == [900561]
    as_json = Request("POST", TOKEN_PATH, {"content-type": "application/json"}, json.dumps(GOOD).encode())
    assert json.loads(entra.handle(as_json).body)["error_codes"] == [900144]


def test_a_certificate_assertion_is_accepted(
    entra: EntraSimulator, material: Material, clock: ManualClock
) -> None:
    assert post(entra, assertion_form(certificate_assertion(material, clock)))[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://elsewhere/token"}, 700023),
        ({"aud": [AUDIENCE]}, 700023),
        ({"exp": 1_700_000_000}, 700024),
        ({"nbf": 1_900_000_000}, 700024),
        ({"exp": "soon"}, 50027),
        ({"sub": "other"}, 700027),
        ({"header": {}}, 700027),
        ({"header": {"x5t": "AAAA"}}, 700027),
    ],
)
def test_a_wrong_certificate_assertion_is_refused(
    entra: EntraSimulator, material: Material, clock: ManualClock, changes: dict[str, Any], code: int
) -> None:
    status, body = post(entra, assertion_form(certificate_assertion(material, clock, **changes)))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [code])


def test_a_certificate_assertion_of_another_key_is_refused(
    entra: EntraSimulator, material: Material, clock: ManualClock
) -> None:
    forged = certificate_assertion(material, clock, key=material.outside)
    assert post(entra, assertion_form(forged))[1]["error_codes"] == [700027]
    stranger = thumbprints(self_signed(material.outside))["x5t#S256"]
    header = {"x5t#S256": jwt.utils.base64url_encode(stranger).decode()}
    unregistered = certificate_assertion(material, clock, key=material.outside, header=header)
    assert post(entra, assertion_form(unregistered))[1]["error_codes"] == [700027]


@pytest.mark.parametrize("assertion", ["x", "a.b.c", "", "x" * 20_000])
def test_an_unreadable_assertion_is_refused(entra: EntraSimulator, assertion: str) -> None:
    assert post(entra, assertion_form(assertion))[1]["error_codes"] == [50027]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://ci.example.org/"}, 700211),
        ({"aud": AUDIENCE}, 700212),
        ({"sub": OUTSIDE_SUBJECT.upper()}, 700213),
        ({"exp": 1_700_000_000}, 700024),
    ],
)
def test_a_federated_assertion_must_match_exactly(
    entra: EntraSimulator, material: Material, clock: ManualClock, changes: dict[str, Any], code: int
) -> None:
    assert post(entra, assertion_form(federated_assertion(material, clock)))[0] == 200
    status, body = post(entra, assertion_form(federated_assertion(material, clock, **changes)))
    assert (status, body["error_codes"]) == (401, [code])


def test_a_federated_assertion_signed_by_another_is_refused(
    entra: EntraSimulator, material: Material, clock: ManualClock
) -> None:
    forged = federated_assertion(material, clock, key=material.certificate_key)
    assert post(entra, assertion_form(forged))[1]["error_codes"] == [700027]


def begin_device_sign_in(entra: EntraSimulator) -> tuple[dict[str, Any], dict[str, str]]:
    form = {"client_id": APP, "scope": f"openid offline_access {RESOURCE}/user_impersonation"}
    status, begun = post(entra, form, f"/{TENANT}/oauth2/v2.0/devicecode")
    assert status == 200
    return begun, {"grant_type": DEVICE_CODE, "client_id": APP, "device_code": begun["device_code"]}


def test_a_device_sign_in_is_pending_until_decided_and_then_redeemed_once(
    entra: EntraSimulator, clock: ManualClock
) -> None:
    begun, poll = begin_device_sign_in(entra)
    assert post(entra, poll)[1]["error"] == "authorization_pending"
    assert post(entra, poll)[1]["error"] == "slow_down"
    clock.sleep(10)
    assert post(entra, poll)[1]["error"] == "authorization_pending"
    assert control(entra, "device", {"user_code": begun["user_code"], "user": "mia@example.org"})[0] == 200
    assert post(entra, poll)[0] == 200
    assert post(entra, poll)[1]["error"] == "bad_verification_code"


def test_a_device_sign_in_can_be_declined_or_expire(entra: EntraSimulator, clock: ManualClock) -> None:
    begun, poll = begin_device_sign_in(entra)
    control(entra, "device", {"user_code": begun["user_code"], "user": None})
    assert post(entra, poll)[1]["error"] == "authorization_declined"
    _, poll = begin_device_sign_in(entra)
    clock.sleep(900)
    assert post(entra, poll)[1]["error"] == "expired_token"


def msi(entra: EntraSimulator, query: dict[str, str], header: str | None = HEADER) -> tuple[int, Any]:
    headers = {} if header is None else {"x-identity-header": header}
    response = entra.handle(Request("GET", f"/msi/token?{urlencode(query)}", headers))
    return response.status, json.loads(response.body)


def test_the_managed_identity_endpoint_tells_the_expiry_as_text(
    entra: EntraSimulator, clock: ManualClock
) -> None:
    status, body = msi(entra, {"api-version": "2019-08-01", "resource": RESOURCE})
    assert (status, body["expires_on"]) == (200, str(int(clock.time()) + 600))


@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        ({"api-version": "2019-08-01", "resource": RESOURCE}, None, 401),
        ({"api-version": "2019-08-01", "resource": RESOURCE}, "wrong", 401),
        ({"resource": RESOURCE}, HEADER, 400),
        ({"api-version": "2019-08-01", "resource": RESOURCE, "client_id": APP}, HEADER, 400),
        ({"api-version": "2019-08-01", "resource": "https://nobody/"}, HEADER, 500),
        ({"api-version": "2019-08-01"}, HEADER, 500),
    ],
)
def test_the_managed_identity_endpoint_refuses(
    entra: EntraSimulator, query: dict[str, str], header: str | None, status: int
) -> None:
    got_status, body = msi(entra, query, header)
    assert (got_status, body["statusCode"]) == (status, status)


def test_the_control_route_mints_a_person_s_token(
    entra: EntraSimulator, material: Material, clock: ManualClock
) -> None:
    status, body = control(
        entra, "token", {"audience": RESOURCE, "user": "mia@example.org", "client_id": APP}
    )
    assert status == 200
    identity = TokenVerifier(material.own, clock, [RESOURCE], [TENANT]).verify(
        f"Bearer {body['access_token']}"
    )
    assert identity == Identity(TENANT, APP, "mia@example.org", RESOURCE)


@pytest.mark.parametrize("body", [{}, [], {"audience": "https://nobody"}, {"audience": RESOURCE, "user": 5}])
def test_the_control_route_refuses_what_it_cannot_understand(entra: EntraSimulator, body: object) -> None:
    assert control(entra, "token", body)[0] == 400


def test_without_control_no_token_is_minted(
    directory: Directory, material: Material, clock: ManualClock
) -> None:
    closed = EntraSimulator(directory, material.own, clock)
    assert control(closed, "token", {"audience": RESOURCE, "user": "mia@example.org"})[0] == 404


def test_people_sign_in_through_a_public_client_only(
    directory: Directory, material: Material, clock: ManualClock
) -> None:
    own = replace(directory, applications=(replace(directory.applications[0], public=False),))
    entra = EntraSimulator(own, material.own, clock)
    _, poll = begin_device_sign_in(entra)
    status, answer = post(entra, poll)
    assert status == 401
    assert "AADSTS7000218" in answer["error_description"]


def test_a_person_enters_the_code_on_the_page_that_the_answer_names(entra: EntraSimulator) -> None:
    begun, poll = begin_device_sign_in(entra)
    page = begun["verification_uri"].partition(HOST)[2]
    asked = entra.handle(Request("GET", page, {"host": HOST}, b""))
    assert b'name="code"' in asked.body
    wrong = urlencode({"code": "ABC", "user": "ada@contoso.com"}).encode()
    assert entra.handle(Request("POST", page, FORM, wrong)).status == 404
    right = urlencode({"code": begun["user_code"], "user": "ada@contoso.com"}).encode()
    assert entra.handle(Request("POST", page, FORM, right)).status == 200
    assert "access_token" in post(entra, poll)[1]
