"""The messages of the two queues: small JSON texts that name work and never carry values.

``detection`` carries steps of scans and nudges of full synchronisations, ``batches`` one batch each.  What a
message refers to is on file before it is sent, so a repeated or late message is harmless.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
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
    """Take the ``number``-th step of a scan."""

    connection: str
    mapping: str
    side: Side
    job: str
    kind: JobKind
    mode: ScanMode
    number: int = 0
    full_sync: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """Look whether a full synchronisation can go on.  ``nudge``: send again what may have got lost."""

    connection: str
    full_sync: str
    nudge: bool = False


@dataclass(frozen=True, slots=True)
class BatchDue:
    """Process a batch."""

    connection: str
    job: str
    batch: str


type Message = ScanStep | Advance | BatchDue

_KINDS: dict[str, type[ScanStep] | type[Advance] | type[BatchDue]] = {
    "scan": ScanStep,
    "advance": Advance,
    "batch": BatchDue,
}
_ENUMS = {"side": Side, "kind": JobKind, "mode": ScanMode}


def to_text(message: Message) -> str:
    """The message as it is sent."""
    kind = next(name for name, each in _KINDS.items() if isinstance(message, each))
    return json.dumps({"v": VERSION, "type": kind, **asdict(message)}, separators=(",", ":"))


def from_text(text: str) -> Message:
    """The message a text stands for.  Raises ``MessageInvalid`` that says what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError:
        raise MessageInvalid("the text is no JSON") from None
    if not isinstance(document, dict) or document.get("v") != VERSION or document.get("type") not in _KINDS:
        raise MessageInvalid(f"it is no message of version {VERSION}")
    kind = _KINDS[document["type"]]
    values = {name: value for name, value in document.items() if name not in ("v", "type")}
    _check_types(kind, values)
    try:
        fields: dict[str, Any] = {n: _ENUMS[n](v) if n in _ENUMS else v for n, v in values.items()}
        return kind(**fields)
    except (TypeError, ValueError) as error:
        raise MessageInvalid(f"its content does not fit: {error}") from None


_TYPES = {"number": int, "nudge": bool}


def _check_types(kind: type, values: dict[str, object]) -> None:
    for name, value in values.items():
        wanted = _TYPES.get(name, str)
        if type(value) is not wanted or (wanted is str and len(str(value)) > MAX_TEXT):
            raise MessageInvalid(f"“{name}” of a {kind.__name__} must be {wanted.__name__}")


MAX_TEXT = 1024
"""The longest text in a message; a step's key or an etag is far shorter."""
