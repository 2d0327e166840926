"""Ids that are derived and not drawn, so that a repeat of the same work names the same thing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from functools import lru_cache

_NAMESPACE = uuid.UUID("6f2c5a0e-3f0b-5c56-9d35-4b7f2a3c1e10").bytes


@lru_cache(4_096)
def partner_id(connection: str, mapping: str, bc_id: str, generation: int) -> str:
    """The id of the Dataverse row that is created for a BC record.

    A repeated creation meets the row of the first attempt instead of making a second one.  A deletion
    raises ``generation``, so that a late creation of the older one cannot come back.
    """
    name = "|".join((connection, mapping, bc_id.lower(), str(generation)))
    # A UUID of version 5 (RFC 9562, 5.5), without an object on the way.
    found = hashlib.sha1(_NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(found[16], 16) & 3]
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-{variant}{found[17:20]}-{found[20:32]}"


_OF_LINES = 0x7D1A53C60B9F0E4803A5C2F18E6D94B7 & ~(0xF000 << 64) & ~(0xC000 << 48)


def line_partner(line_id: str) -> str:
    """The id that a line of an order has on the other side; applied twice it is the first one again.

    Two lines are partners by their ids alone, whatever is lost of what is kept.  What tells the kind of the
    id (RFC 9562, version and variant) stays.
    """
    return str(uuid.UUID(int=uuid.UUID(line_id).int ^ _OF_LINES))


def digest(parts: Iterable[str]) -> str:
    """A short text that is the same for the same parts and, for all that matters, only for them."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:24]
