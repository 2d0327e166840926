"""Dataverse's ``$batch`` bodies: requests and change sets in ``multipart/mixed``, CRLF everywhere.  Pure.

Source: Microsoft docs webapi/execute-batch-operations-using-web-api.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MAX_PARTS = 1000
_CRLF = b"\r\n"
_BOUNDARY = re.compile(r'boundary="?([^";\s]+)"?', re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch; ``target`` is absolute or starts with ``/``.  ``body`` is JSON text."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Writes that succeed or fail together."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """One answer of a batch; header names are lower-case.  That of a change set is its last part's, or the
    refusal of the whole."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def build(parts: Sequence[Part | ChangeSet], boundary: str) -> bytes:
    """The body of a batch.  Raises ValueError for too many parts or a line break inside a header."""
    count = sum(len(each.parts) if isinstance(each, ChangeSet) else 1 for each in parts)
    if not 0 < count <= MAX_PARTS:
        raise ValueError(f"a batch has 1 to {MAX_PARTS} parts, not {count}")
    lines: list[str] = []
    for number, each in enumerate(parts):
        inner = f"changeset_{number}_{boundary}"
        lines += [f"--{boundary}"]
        lines += _set_lines(each, inner) if isinstance(each, ChangeSet) else _part_lines(each)
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("utf-8")


def _set_lines(changes: ChangeSet, boundary: str) -> list[str]:
    lines = [f'Content-Type: multipart/mixed; boundary="{boundary}"', ""]
    for number, part in enumerate(changes.parts, start=1):
        outer, *rest = _part_lines(part)
        lines += [f"--{boundary}", outer, f"Content-ID: {number}", *rest]
    return [*lines, f"--{boundary}--", ""]


def _part_lines(part: Part) -> list[str]:
    headers = [f"{key}: {value}" for key, value in part.headers.items()]
    if part.body is not None:
        headers.append("Content-Type: application/json; type=entry")
    head = [f"{part.method} {part.target} HTTP/1.1", *headers]
    if any("\r" in line or "\n" in line for line in head):
        raise ValueError("a line break inside a request line or header")
    outer = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
    return [*outer, *head, "", part.body or ""]


def parse(content_type: str, body: bytes) -> list[PartAnswer]:
    """The answers of a batch, in request order.  Raises ValueError when the body is not whole."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ValueError("a batch answer without boundary")
    mark = b"--" + found[1].encode("latin-1")
    head, *sections = (_CRLF + body).split(_CRLF + mark)
    if head.strip() or not sections or not sections[-1].startswith(b"--"):
        raise ValueError("a batch answer that is not whole")
    return [_answer(section) for section in sections[:-1]]


def _answer(section: bytes) -> PartAnswer:
    outer, outer_end, inner = section.partition(_CRLF * 2)
    if _BOUNDARY.search(told := outer.decode("latin-1")):
        return parse(told, inner)[-1]
    head, _, body = inner.partition(_CRLF * 2)
    status_line, *lines = head.split(_CRLF)
    status = _STATUS.match(status_line)
    if not outer_end or status is None:
        raise ValueError("a batch answer's part without status")
    pairs = (line.decode("latin-1").partition(":") for line in lines if line)
    return PartAnswer(int(status[1]), {key.strip().lower(): value.strip() for key, _, value in pairs}, body)
