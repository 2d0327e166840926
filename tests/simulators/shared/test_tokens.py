"""Access tokens: who is let in, and who is not."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.simulators.tokens import (
    MAX_TOKEN_CHARS,
    Identity,
    StaticVerifier,
    TokenSigner,
    TokenVerifier,
    Unauthorized,
    issuer_of,
    load_or_create_key,
    signing_key,
)
from local.simulators.wire import ManualClock

KEY = signing_key()
TENANT = "11111111-1111-1111-1111-111111111111"
APP = "22222222-2222-2222-2222-222222222222"
RESOURCE = "https://org.crm4.dynamics.com"


def verifier(clock: ManualClock) -> TokenVerifier:
    return TokenVerifier(KEY, clock, [RESOURCE], [TENANT])


def claims(clock: ManualClock, **changes: Any) -> dict[str, Any]:
    now = int(clock.time())
    usual = {"aud": RESOURCE, "iss": issuer_of(TENANT), "tid": TENANT, "appid": APP}
    return usual | {"nbf": now - 1, "exp": now + 60} | changes


def test_an_application_is_identified_without_a_user() -> None:
    clock = ManualClock()
    token = TokenSigner(KEY, clock).app_token(TENANT, APP, RESOURCE)
    assert verifier(clock).verify(f"Bearer {token}") == Identity(TENANT, APP, None, RESOURCE)


def test_a_person_is_identified_by_principal_name_and_client() -> None:
    clock = ManualClock()
    token = TokenSigner(KEY, clock).person_token(TENANT, APP, "mia@example.org", RESOURCE + "/")
    assert verifier(clock).verify(f"bearer {token}") == Identity(TENANT, APP, "mia@example.org", RESOURCE)


def test_a_token_is_refused_from_the_second_it_expires_even_when_it_was_seen_before() -> None:
    clock = ManualClock()
    header = f"Bearer {TokenSigner(KEY, clock, lifetime_s=60).app_token(TENANT, APP, RESOURCE)}"
    checks = verifier(clock)
    checks.verify(header)
    clock.sleep(59)
    checks.verify(header)
    clock.sleep(1)
    with pytest.raises(Unauthorized, match="expired"):
        checks.verify(header)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "https://other.crm4.dynamics.com"}, "another resource"),
        ({"tid": "someone-else", "iss": issuer_of("someone-else")}, "another tenant"),
        ({"iss": "https://sts.windows.net/evil/"}, "another tenant"),
        ({"nbf": 1_900_000_000}, "not valid yet"),
        ({"exp": 1_700_000_000}, "expired"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(changes: dict[str, Any], reason: str) -> None:
    clock = ManualClock()
    token = jwt.encode(claims(clock, **changes), KEY.private, "RS256")
    with pytest.raises(Unauthorized, match=reason):
        verifier(clock).verify(f"Bearer {token}")


@pytest.mark.parametrize("missing", ["aud", "iss", "exp", "nbf", "tid", "appid"])
def test_a_token_that_lacks_a_claim_is_refused(missing: str) -> None:
    clock = ManualClock()
    lacking = claims(clock)
    del lacking[missing]
    with pytest.raises(Unauthorized):
        verifier(clock).verify(f"Bearer {jwt.encode(lacking, KEY.private, 'RS256')}")


def test_a_token_signed_by_anybody_else_is_refused() -> None:
    clock = ManualClock()
    token = TokenSigner(signing_key(), clock).app_token(TENANT, APP, RESOURCE)
    with pytest.raises(Unauthorized, match="InvalidSignatureError"):
        verifier(clock).verify(f"Bearer {token}")


def test_an_unsigned_token_is_refused() -> None:
    clock = ManualClock()
    token = jwt.encode(claims(clock), "", algorithm="none")
    with pytest.raises(Unauthorized):
        verifier(clock).verify(f"Bearer {token}")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic eDp5", "Bearer a.b.c", "Bearer ü"])
def test_a_header_without_a_readable_token_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthorized):
        verifier(ManualClock()).verify(header)


def test_an_overlong_token_is_refused_unread() -> None:
    with pytest.raises(Unauthorized, match="too long"):
        verifier(ManualClock()).verify("Bearer " + "a" * (MAX_TOKEN_CHARS + 1))


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.pem"
    key_ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: key_ids.append(load_or_create_key(path).key_id)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(key_ids) == 4
    assert set(key_ids) == {load_or_create_key(path).key_id}
    assert [file.name for file in path.parent.iterdir()] == ["key.pem"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_static_verifier_knows_only_what_it_was_given() -> None:
    identity = Identity(TENANT, APP, None, RESOURCE)
    trusting = StaticVerifier({"Bearer x": identity})
    assert trusting.verify("Bearer x") == identity
    with pytest.raises(Unauthorized):
        trusting.verify("Bearer y")
    with pytest.raises(Unauthorized):
        trusting.verify(None)
