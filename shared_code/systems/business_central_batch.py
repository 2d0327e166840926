"""Business Central's JSON ``$batch``: several operations in one HTTP request.

At most 100 operations, run in order; with ``odata.continue-on-error`` a failing one does not stop the
rest.  ``Isolation: snapshot`` is never sent: after a failure it still reports ids that were rolled back.
Source: Microsoft docs webservices/use-odata-batch.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared_code.systems import odata
from shared_code.systems.errors import ServiceError, describe, fault, service_error
from shared_code.systems.http import Answer, AnswerLost, Call, Client
from shared_code.systems.interface import SystemUnavailable

MAX_PARTS = 100
JSON_HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Language": "en-US",
    "Content-Type": "application/json",
}
READ_PRIMARY: Mapping[str, str] = {"Data-Access-Intent": "ReadWrite"}
READ_REPLICA: Mapping[str, str] = {"Data-Access-Intent": "ReadOnly"}


@dataclass(frozen=True, slots=True)
class Part:
    """One operation; ``url`` is relative to the API root.  ``body`` is data, or ``None`` for a GET."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one operation."""

    status: int
    data: object
    error: ServiceError | None


def build(parts: Sequence[Part]) -> bytes:
    """The request body.  Raises ValueError for too many parts or values JSON cannot carry."""
    if not 0 < len(parts) <= MAX_PARTS:
        raise ValueError(f"a batch has 1 to {MAX_PARTS} parts, not {len(parts)}")
    requests = [_request(str(number), part) for number, part in enumerate(parts)]
    return odata.dumps({"requests": requests}).encode("ascii")


def _request(number: str, part: Part) -> dict[str, object]:
    headers = {**JSON_HEADERS, **part.headers}
    request: dict[str, object] = {"id": number, "method": part.method, "url": part.url, "headers": headers}
    return request if part.body is None else {**request, "body": part.body}


def parse(data: object, count: int) -> list[PartAnswer | None]:
    """The answers in request order; ``None`` where there is none.  Raises ValueError."""
    responses = odata.mapping(data).get("responses")
    if not isinstance(responses, list):
        raise ValueError("a batch answer without responses")
    by_id = {str(part.get("id")): part for part in map(odata.mapping, responses)}
    return [_part_answer(by_id.get(str(number))) for number in range(count)]


def _part_answer(part: Mapping[str, object] | None) -> PartAnswer | None:
    if part is None:
        return None
    status = part.get("status")
    if not isinstance(status, int):
        raise ValueError("a batch answer's part without status")
    given = part.get("headers")
    pairs = given.items() if isinstance(given, dict) else ()
    headers = {str(key).lower(): str(value) for key, value in pairs}
    body = part.get("body")
    error = None if 200 <= status < 300 else service_error(status, headers, body)
    return PartAnswer(status, body, error)


def send(client: Client, root: str, kind: str, parts: Sequence[Part], *, repeatable: bool) -> Answer:
    """Send a batch.  The answer's ``data`` is still unparsed; raises what ``Client.send`` raises."""
    headers = {**JSON_HEADERS, "Prefer": "odata.continue-on-error"}
    url = f"{root}/$batch"
    answer = client.send(Call(kind, "POST", url, headers, build(parts), repeatable))
    if answer.status >= 500 and not repeatable:  # it may have broken down half-way
        raise AnswerLost(describe(answer.error, f"Business Central's batch ({kind})"))
    if not answer.ok:
        raise fault(answer.error, f"Business Central's batch ({kind})")
    return answer


def get(client: Client, root: str, kind: str, parts: Sequence[Part]) -> tuple[Answer, list[object]]:
    """Read all parts; their bodies in order.  A part that failed raises its fault."""
    answer = send(client, root, kind, parts, repeatable=True)
    try:
        answers = parse(answer.data, len(parts))
    except ValueError as error:
        raise SystemUnavailable(f"Business Central's batch ({kind}): {error}. Try again later.") from error
    return answer, [_data_of(one, part) for one, part in zip(answers, parts, strict=True)]


def _data_of(answer: PartAnswer | None, part: Part) -> object:
    what = f"Business Central's {part.url.split('?')[0]}"
    if answer is None:
        raise SystemUnavailable(f"{what} was not answered within its batch. Try again later.")
    if answer.error is not None:
        raise fault(answer.error, what)
    return answer.data
