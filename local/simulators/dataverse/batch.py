"""Running ``$batch``: order, stopping, change sets, references.

Microsoft docs: webapi/execute-batch-operations-using-web-api.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from local.simulators.dataverse.errors import Refused, bad_request
from local.simulators.dataverse.multipart import (
    ChangeSet,
    PartRequest,
    PartResponse,
    count_of,
    read_batch,
    write_batch,
)
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.preferences import Preferences
from local.simulators.wire import Request, Response

PART_URL_LIMIT = 65_536
API_PATH = "/api/data/v9.2/"
_REFERENCE = re.compile(r"\$(?P<id>[\w-]+)(?P<rest>.*)", re.DOTALL)
_RESERVED = frozenset({"$batch", "$metadata"})

RunPart = Callable[[Request], Response]
"""Runs one operation; raises ``Refused``."""
Refuse = Callable[[Refused], Response]


@dataclass
class _Run:
    """One batch under way; ``addresses`` holds what ``$n`` stands for."""

    org: Organisation
    run_part: RunPart
    refuse: Refuse
    addresses: dict[str, str] = field(default_factory=dict)


def run_batch(
    org: Organisation, request: Request, wants: Preferences, run_part: RunPart, refuse: Refuse
) -> Response:
    """Run all operations of a batch request.  Raises ``Refused`` when the batch itself is wrong."""
    items = read_batch(request.headers.get("content-type", ""), request.body)
    number, limit = count_of(items), org.options.max_batch_operations
    if number > limit:
        raise bad_request(f"The batch has {number} operations; the maximum is {limit}.")
    run = _Run(org, run_part, refuse)
    answers: list[PartResponse] = []
    failure: Response | None = None
    for item in items:
        answer = _run_change_set(run, item) if isinstance(item, ChangeSet) else _run_single(run, item)
        answers.append(answer)
        failed = answer.response is not None and answer.response.status >= 400
        if failed and not wants.continue_on_error:
            failure = answer.response
            break
    return _answer(org, answers, wants, failure)


def _answer(
    org: Organisation, answers: list[PartResponse], wants: Preferences, failure: Response | None
) -> Response:
    boundary = f"batchresponse_{org.new_id()}"
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary}", "OData-Version": "4.0"}
    if wants.continue_on_error:
        headers["Preference-Applied"] = "odata.continue-on-error"
    if failure is not None and "Retry-After" in failure.headers:
        headers["Retry-After"] = failure.headers["Retry-After"]
    return Response(200 if failure is None else failure.status, headers, write_batch(answers, boundary))


def _run_single(run: _Run, part: PartRequest) -> PartResponse:
    try:
        return PartResponse(_run_part(run, part), part.content_id)
    except Refused as error:
        return PartResponse(run.refuse(error), part.content_id)


def _run_change_set(run: _Run, change_set: ChangeSet) -> PartResponse:
    try:
        with run.org.transaction():
            return PartResponse(None, inner=[_run_in_change_set(run, part) for part in change_set.parts])
    except Refused as error:
        return PartResponse(run.refuse(error))


def _run_in_change_set(run: _Run, part: PartRequest) -> PartResponse:
    if part.method == "GET":
        raise bad_request("A GET operation cannot be in a change set.")
    if not part.content_id:
        raise bad_request("Each operation in a change set needs a Content-ID header.")
    return PartResponse(_run_part(run, part), part.content_id)


def _run_part(run: _Run, part: PartRequest) -> Response:
    if len(part.target) > PART_URL_LIMIT:
        raise bad_request(f"The address of an operation is longer than {PART_URL_LIMIT} characters.")
    target = _absolute(_resolved(run, part.target), run.org)
    body = _resolved_binds(run, part.body) if b'"$' in part.body else part.body
    response = run.run_part(Request(part.method, target, part.headers, body))
    address = response.headers.get("OData-EntityId")
    if address is None:
        return response
    if part.content_id:
        run.addresses[part.content_id] = address
    return replace(response, headers={"Location": address, **response.headers})


def _resolved(run: _Run, target: str) -> str:
    match = _REFERENCE.fullmatch(target)
    if match is None or target in _RESERVED:
        return target
    return _address_of(run, match["id"]) + match["rest"]


def _address_of(run: _Run, content_id: str) -> str:
    if content_id not in run.addresses:
        raise bad_request(f"Content-ID Reference: '${content_id}' does not exist in the batch context.")
    return run.addresses[content_id]


def _resolved_binds(run: _Run, body: bytes) -> bytes:
    try:
        data = json.loads(body)
    except ValueError:
        return body  # whoever reads the part says what is wrong with it
    if not isinstance(data, dict):
        return body
    return json.dumps({name: _resolved_bind(run, name, value) for name, value in data.items()}).encode()


def _resolved_bind(run: _Run, name: str, value: Any) -> Any:
    is_reference = name.endswith("@odata.bind") or name == "@odata.id"
    return _resolved(run, value) if is_reference and isinstance(value, str) else value


def _absolute(target: str, org: Organisation) -> str:
    if target.startswith(("http://", "https://")):
        path = target.split("/", 3)
        return "/" + (path[3] if len(path) > 3 else "")
    return target if target.startswith("/") else API_PATH + target
