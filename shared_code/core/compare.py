"""Comparing: whether both sides of a mapping still are what is on file, proved by sums and told by lists."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from shared_code.core.records import Version


class Finding(StrEnum):
    """What is wrong with a record that a compare lists.

    ``differs``: it changed and nobody carried that over.  ``missing``: it is coupled and not there any more.
    ``not_created``: it should have a partner, and no problem tells why it has none.
    """

    DIFFERS = "differs"
    MISSING = "missing"
    NOT_CREATED = "not_created"


@dataclass(frozen=True, slots=True)
class Sums:
    """A number of records and digests of their ids and versions, in whatever order they are added.

    Equal sums of what was seen and what is on file prove that they are the same, but for a chance of one in
    2 to the 64.
    """

    count: int = 0
    ids: int = 0
    versions: int = 0

    def plus(self, record_id: str, version: Version | None) -> Sums:
        of_version = _hash(f"{record_id}|{version.etag if version else ''}")
        return Sums(
            self.count + 1,
            (self.ids + _hash(record_id)) % _MODULUS,
            (self.versions + of_version) % _MODULUS,
        )

    def as_texts(self) -> dict[str, object]:
        """The count, and the digests as text: they are too large for many readers of numbers."""
        return {"count": self.count, "ids": f"{self.ids:016x}", "versions": f"{self.versions:016x}"}

    @classmethod
    def of_texts(cls, given: dict[str, object]) -> Sums:
        """What ``as_texts`` made."""
        return cls(int(str(given["count"])), int(str(given["ids"]), 16), int(str(given["versions"]), 16))

    def same_records(self, other: Sums) -> bool:
        """Whether both are sums of the same records, at whatever versions."""
        return (self.count, self.ids) == (other.count, other.ids)


_MODULUS = 2**64


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])
