"""Building ``$batch`` bodies and reading their answers, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulators.dataverse.support import Answer, Client

PART = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"


@dataclass(frozen=True)
class Op:
    """One operation."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] | None = None
    content_id: str | None = None

    def text(self) -> str:
        head = PART + (f"Content-ID: {self.content_id}\r\n" if self.content_id else "")
        sent = dict(self.headers or {})
        if self.body is not None:
            sent.setdefault("Content-Type", "application/json; type=entry")
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        data = "" if self.body is None else json.dumps(self.body)
        path = self.path if self.path.startswith(("/", "$", "http")) else f"/api/data/v9.2/{self.path}"
        return f"{head}\r\n{self.method} {path} HTTP/1.1\r\n{lines}\r\n{data}\r\n"


def body_of(items: Sequence[Op | Sequence[Op]], boundary: str = "batch_1") -> bytes:
    """A batch; an inner sequence is a change set."""
    text = ""
    for number, item in enumerate(items):
        text += f"--{boundary}\r\n"
        if isinstance(item, Op):
            text += item.text()
        else:
            inner = body_of(item, f"changeset_{number}").decode()
            text += f"Content-Type: multipart/mixed; boundary=changeset_{number}\r\n\r\n{inner}"
    return (text + f"--{boundary}--\r\n").encode()


def send(client: Client, items: Sequence[Op | Sequence[Op]], prefer: str | None = None) -> Answer:
    """Send a batch."""
    return send_raw(client, body_of(items), prefer)


def send_raw(client: Client, body: bytes, prefer: str | None = None, boundary: str = "batch_1") -> Answer:
    headers = {"content-type": f'multipart/mixed; boundary="{boundary}"'}
    return client.send("POST", "$batch", body, headers | ({"prefer": prefer} if prefer else {}))


def parts(answer: Answer) -> list[Answer]:
    """The answers to the operations, change sets flattened."""
    boundary = answer.headers["Content-Type"].partition("boundary=")[2].strip('"')
    return _parts(answer.raw, boundary)


def _parts(raw: bytes, boundary: str) -> list[Answer]:
    found: list[Answer] = []
    for piece in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        if b"multipart/mixed" in head:
            found += _parts(content, head.decode().partition("boundary=")[2].splitlines()[0])
            continue
        status_and_headers, _, body = content.partition(b"\r\n\r\n")
        lines = status_and_headers.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        headers |= {
            f"part {k}": v for k, v in (one.split(": ", 1) for one in head.decode().split("\r\n") if one)
        }
        found.append(Answer(int(lines[0].split()[1]), headers, body.strip()))
    return found
