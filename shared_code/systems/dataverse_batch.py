"""Dataverse's ``$batch`` and the request headers every call needs.

Source: Microsoft docs webapi/compose-http-requests-handle-errors.md and
webapi/execute-batch-operations-using-web-api.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from shared_code.systems import errors, multipart, odata
from shared_code.systems.errors import ServiceError, fault, service_error
from shared_code.systems.http import Answer, Call, Client
from shared_code.systems.multipart import ChangeSet, Part, PartAnswer

HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "If-None-Match": "null",
}
JSON_BODY: Mapping[str, str] = {**HEADERS, "Content-Type": "application/json; charset=utf-8"}
API_PATH = "/api/data/v9.2"


def get(client: Client, url: str, kind: str, what: str, prefer: str = "", **headers: str) -> Answer:
    """GET data.  Raises the fault that a refusal is; ``what`` names the thing asked for."""
    given = {**HEADERS, **headers, **({"Prefer": prefer} if prefer else {})}
    answer = client.send(Call(kind, "GET", url, given))
    if not answer.ok:
        raise fault(answer.error, f"Sales' {what}")
    return answer


def send(
    client: Client, root: str, kind: str, parts: Sequence[Part | ChangeSet], *, ahead: bool = False
) -> list[PartAnswer | None]:
    """Write with independent parts, all of them tried; the answers in order, ``None`` where there is none.

    ``ahead`` as in ``Call``.

    Raises ``AnswerLost`` and the faults of a refusal as a whole.
    """
    boundary = f"batch_{client.runtime.new_id()}"
    headers = {
        **HEADERS,
        "Content-Type": f'multipart/mixed; boundary="{boundary}"',
        "Prefer": "odata.continue-on-error",
    }
    parse = partial(_parse, len(parts))
    body = multipart.build(parts, boundary)
    url = f"{root}/$batch"
    answer = client.send(Call(kind, "POST", url, headers, body, repeatable=False, parse=parse, ahead=ahead))
    if not answer.ok:
        raise fault(answer.error, f"Sales' batch ({kind})")
    answers = answer.data
    assert isinstance(answers, list)
    _tell_throttling(client, answers)
    return answers


def _parse(count: int, content_type: str, body: bytes) -> object:
    answers: list[PartAnswer | None] = [*multipart.parse(content_type, body)[:count]]
    return answers + [None] * (count - len(answers))


def _tell_throttling(client: Client, answers: Sequence[PartAnswer | None]) -> None:
    refused = [error_of(one) for one in answers if one is not None and one.status == 429]
    if refused:
        used_up = all(each.code in errors.USED_UP for each in refused)
        client.permits.throttled(max(map(errors.wait_of, refused)), used_up=used_up)


def error_of(answer: PartAnswer) -> ServiceError:
    """What a failed part says."""
    return service_error(answer.status, answer.headers, answer.body)


def data_of(answer: PartAnswer) -> Mapping[str, object]:
    """The row in a part's answer.  Raises ValueError."""
    return odata.mapping(odata.loads(answer.body))
