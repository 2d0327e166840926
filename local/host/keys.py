"""Access keys: who may call which function.

The header ``x-functions-key`` wins over ``?code=``, even when it is empty (functions-host,
AuthenticationLevelHandler).  In Azure the keys lie in storage; here they come from the environment
(``LOCAL_FUNCTIONS_KEY``, ``LOCAL_MASTER_KEY``) or are random for each start.
"""

from __future__ import annotations

import enum
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass


class Level(enum.IntEnum):
    """What a caller may do, and what a function asks for."""

    ANONYMOUS = 0
    FUNCTION = 1
    ADMIN = 2


@dataclass(frozen=True, slots=True)
class Keys:
    """The host key (for all functions of level ``function``) and the master key (for everything)."""

    functions: str
    master: str

    def level_of(self, headers: Mapping[str, str], query: Mapping[str, str]) -> Level:
        """The level that the key of a request grants; header names are lower-case."""
        given = headers["x-functions-key"] if "x-functions-key" in headers else query.get("code", "")
        if _equal(given, self.master):
            return Level.ADMIN
        return Level.FUNCTION if _equal(given, self.functions) else Level.ANONYMOUS


def keys_from(environment: Mapping[str, str]) -> Keys:
    """The keys of this start."""
    return Keys(
        functions=environment.get("LOCAL_FUNCTIONS_KEY") or secrets.token_urlsafe(24),
        master=environment.get("LOCAL_MASTER_KEY") or secrets.token_urlsafe(24),
    )


def required_level(name: str) -> Level:
    """The level of a binding's ``authLevel``; the default is ``function``.  ValueError for another word."""
    try:
        return Level[(name or "function").upper()]
    except KeyError:
        raise ValueError(f"the auth level {name} is not known") from None


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
