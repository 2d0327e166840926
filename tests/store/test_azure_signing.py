"""How requests are signed: by a key as Microsoft describes it, by a token that is kept, by what was given."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest
from azure.core.credentials import AccessToken, AzureNamedKeyCredential, AzureSasCredential

from shared_code.store.azure_signing import ByKey, BySignature, ByToken, signing_of

KEY = base64.b64encode(b"a key of the account").decode()


class Identity:
    """Gives a token that is valid for an hour, another one each time."""

    def __init__(self) -> None:
        self.now_s, self.given = 0.0, 0

    def now(self) -> float:
        return self.now_s

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        assert scopes == ("https://storage.azure.com/.default",)
        self.given += 1
        return AccessToken(f"token {self.given}", int(self.now_s) + 3600)


def test_a_key_signs_the_moment_and_the_place_without_its_query() -> None:
    moment, now_s = "Sun, 11 Oct 2009 19:52:39 GMT", [1255290759.9]
    signing = ByKey("account", KEY, lambda: now_s[0])
    text = f"{moment}\n/account/Tables(PartitionKey='a%7Cb')"
    signature = base64.b64encode(hmac.digest(b"a key of the account", text.encode(), "sha256")).decode()
    assert signing.headers("/Tables(PartitionKey='a%7Cb')") == {
        "x-ms-date": moment,
        "Authorization": f"SharedKeyLite account:{signature}",
    }
    assert signing.headers("/Tables?$top=1") == signing.headers("/Tables") != signing.headers("/Others")
    assert signing.signed("/Tables?$top=1") == "/Tables?$top=1"
    now_s[0] += 0.2
    assert signing.headers("/Tables")["x-ms-date"] == "Sun, 11 Oct 2009 19:52:40 GMT"


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    identity = Identity()
    signing = ByToken(identity, identity.now)
    for now_s, token in ((0.0, "token 1"), (3299.0, "token 1"), (3300.0, "token 2"), (3301.0, "token 2")):
        identity.now_s = now_s
        assert signing.headers("/Tables") == {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("path", "sent"), [("/T", "/T?sv=1&sig=x"), ("/T?$top=1", "/T?$top=1&sv=1&sig=x")])
def test_a_signature_of_somebody_else_stands_in_the_address(path: str, sent: str) -> None:
    assert BySignature("?sv=1&sig=x").signed(path) == sent


def test_each_credential_has_its_way() -> None:
    identity = Identity()
    ways = [AzureNamedKeyCredential("account", KEY), AzureSasCredential("sig=x"), identity]
    kinds = [type(signing_of(each, identity.now)) for each in ways]  # type: ignore[arg-type]
    assert kinds == [ByKey, BySignature, ByToken]
