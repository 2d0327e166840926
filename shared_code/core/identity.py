"""Ids that are derived and not drawn, so that a repeat of the same work names the same thing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

_NAMESPACE = uuid.UUID("6f2c5a0e-3f0b-5c56-9d35-4b7f2a3c1e10")


def partner_id(connection: str, mapping: str, bc_id: str, generation: int) -> str:
    """The id of the Dataverse row that is created for a BC record.

    A repeated creation meets the row of the first attempt instead of making a second one.  A deletion
    raises ``generation``, so that a late creation of the older one cannot come back.
    """
    return str(uuid.uuid5(_NAMESPACE, "|".join((connection, mapping, bc_id.lower(), str(generation)))))


def digest(parts: Iterable[str]) -> str:
    """A short text that is the same for the same parts and, for all that matters, only for them."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:24]
