"""The messages of the two queues: small JSON texts that name work and never carry values.

``detection`` carries steps of scans and nudges of full synchronisations, ``batches`` one batch each.  What a
message refers to is on file before it is sent, so a repeated or late message is harmless.  ``preview`` names
the preview that the work belongs to: it is done on paper.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared_code.core.jobs import JobKind
from shared_code.core.records import Side

DETECTION_QUEUE = "tandem-detection"
BATCH_QUEUE = "tandem-batches"
QUEUES = (DETECTION_QUEUE, BATCH_QUEUE)

VERSION = 1


class MessageInvalid(ValueError):
    """A message that is not one of ours; it ends in the poison table and harms nothing."""


class ScanMode(StrEnum):
    """``changes``: from the watermark.  ``full``: every record from the beginning."""

    CHANGES = "changes"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class ScanStep:
    """Take the ``number``-th step of a scan, which was planned under ``rules`` (``rules_digest``)."""

    connection: str
    mapping: str
    side: Side
    job: str
    kind: JobKind
    mode: ScanMode
    number: int = 0
    full_sync: str = ""
    rules: str = ""
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """Look whether a full synchronisation can go on.  ``nudge``: send again what may have got lost."""

    connection: str
    full_sync: str
    nudge: bool = False
    preview: str = ""


@dataclass(frozen=True, slots=True)
class BatchDue:
    """Process a batch."""

    connection: str
    job: str
    batch: str
    preview: str = ""


@dataclass(frozen=True, slots=True)
class DeletionsDue:
    """Look at what was deleted in Business Central."""

    connection: str
    preview: str = ""


@dataclass(frozen=True, slots=True)
class WalkStep:
    """Take the ``number``-th step of a walk over what is on file."""

    connection: str
    mapping: str
    job: str
    number: int = 0
    preview: str = ""


@dataclass(frozen=True, slots=True)
class MatchStep:
    """Take the ``number``-th step of the making of a matching report."""

    connection: str
    report: str
    number: int = 0
    preview: str = ""


type Message = ScanStep | Advance | BatchDue | DeletionsDue | WalkStep | MatchStep

type Kind = (
    type[ScanStep] | type[Advance] | type[BatchDue] | type[DeletionsDue] | type[WalkStep] | type[MatchStep]
)

_KINDS: dict[str, Kind] = {
    "scan": ScanStep,
    "advance": Advance,
    "batch": BatchDue,
    "deletions": DeletionsDue,
    "walk": WalkStep,
    "match": MatchStep,
}
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_ENUMS = {"side": Side, "kind": JobKind, "mode": ScanMode}


def to_text(message: Message) -> str:
    """The message as it is sent."""
    kind = next(name for name, each in _KINDS.items() if isinstance(message, each))
    values = {each: getattr(message, each) for each in message.__slots__}
    return _ENCODER.encode({"v": VERSION, "type": kind, **values})


def from_text(text: str) -> Message:
    """The message a text stands for.  Raises ``MessageInvalid`` that says what is wrong with it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise MessageInvalid("the text is no JSON, or nested too deeply") from None
    kind = _kind(document)
    values = {name: value for name, value in document.items() if name not in ("v", "type")}
    _check_types(kind, values)
    try:
        fields: dict[str, Any] = {n: _ENUMS[n](v) if n in _ENUMS else v for n, v in values.items()}
        return kind(**fields)
    except (TypeError, ValueError) as error:
        raise MessageInvalid(f"its content does not fit: {str(error)[:200]}") from None


def _kind(document: object) -> Kind:
    if isinstance(document, dict) and type(version := document.get("v")) is int and version == VERSION:
        name = document.get("type")
        if isinstance(name, str) and name in _KINDS:
            return _KINDS[name]
    raise MessageInvalid(f"it is no message of version {VERSION}")


_TYPES = {"number": int, "nudge": bool}


def _check_types(kind: type, values: dict[str, object]) -> None:
    for name, value in values.items():
        wanted = _TYPES.get(name, str)
        if type(value) is not wanted or not _is_fit(value):
            raise MessageInvalid(f"“{name[:40]!a}” of a {kind.__name__} must be {wanted.__name__} that fits")


def _is_fit(value: object) -> bool:
    """Numbers count steps; texts are parts of keys in storage."""
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and value.isprintable() and not FORBIDDEN & set(value)
    return not isinstance(value, int) or 0 <= value <= MAX_STEPS


FORBIDDEN = frozenset("/\\#?")
"""Characters that no key in storage may hold."""

MAX_STEPS = 99_999
"""Steps of one scan: their keys have five digits."""


MAX_TEXT = 1024
"""The longest text in a message; a step's key or an etag is far shorter."""
