"""What the HTTP functions for mapping files answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared_code.core.mapping_file import MAX_BYTES, FileRefused
from shared_code.core.mapping_schema import mapping_schema
from shared_code.sync.api import Answer
from shared_code.sync.api_input import MAX_ID, BadInput, NotFound, refuse_unknown_parameters
from shared_code.sync.filter_counts import TakenIn
from shared_code.sync.mapping_files import (
    FileView,
    all_files,
    file_of,
    filters_take_in,
    put_file,
    remove_file,
)
from shared_code.sync.parts import Parts
from shared_code.sync.views import View, instant


def list_files(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /mapping-files: every mapping's file, without its text."""
    refuse_unknown_parameters(query)
    return Answer(200, {"mappingFiles": [_view(each) for each in all_files(parts)]})


def get_file(parts: Parts, name: str, query: Mapping[str, str]) -> Answer:
    """GET /mapping-files/{name}: the file as it is in force."""
    refuse_unknown_parameters(query)
    found = _found(parts, name)
    return Answer(200, {**_view(found), "text": found.text})


def put(parts: Parts, name: str, body: bytes, query: Mapping[str, str]) -> Answer:
    """PUT /mapping-files/{name}: store the file, or with ``check=true`` only say what is wrong with it."""
    refuse_unknown_parameters(query, "check")
    check = query.get("check", "false")
    if check not in ("true", "false"):
        raise BadInput("check", "it must be true or false")
    text = _text(body)
    only_check = check == "true"
    refused = refusal(lambda: put_file(parts, name, text, only_check=only_check))
    view: View = {"name": name, "stored": not only_check}
    if only_check and not refused:
        view["takesIn"] = [_count_view(each) for each in filters_take_in(parts, text)]
    return refused or Answer(200, view)


def delete(parts: Parts, name: str, query: Mapping[str, str]) -> Answer:
    """DELETE /mapping-files/{name}: take people's own file back."""
    refuse_unknown_parameters(query)
    done: list[bool] = []
    refused = refusal(lambda: done.append(remove_file(parts, name)))
    if refused is None and not done[0]:
        raise NotFound(f"there is no file of your own for a mapping “{name[:MAX_ID]}”")
    return refused or Answer(200, {"name": name, "stored": False})


def schema(query: Mapping[str, str]) -> Answer:
    """GET /mapping-schema: the JSON Schema of mapping files."""
    refuse_unknown_parameters(query)
    return Answer(200, mapping_schema())


def refusal(call: Callable[[], None], field: str = "body") -> Answer | None:
    """Why a mapping's file, which was sent as ``field``, cannot be used; nothing where it can."""
    try:
        call()
    except FileRefused as refused:
        title = "The mapping's file cannot be used."
        faults = [
            {"line": each.line, "reason": each.reason, "suggestion": each.suggestion}
            for each in refused.faults
        ]
        detail = "; ".join(each.reason for each in refused.faults[:3])
        return Answer(
            400,
            {
                "type": "about:blank",
                "title": title,
                "status": 400,
                "detail": detail,
                "field": field,
                "faults": faults,
            },
        )
    return None


def _count_view(each: TakenIn) -> View:
    return {
        "connection": each.connection,
        "side": each.side.value,
        "filter": each.filter,
        "records": each.count.number if each.count else None,
        "of": each.of.number if each.of else None,
        "orMore": bool((each.count and each.count.capped) or (each.of and each.of.capped)),
        "onlyInTandem": list(each.told),
    }


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise BadInput("body", f"it is longer than {MAX_BYTES} bytes")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("body", "it is no text in UTF-8") from None


def _found(parts: Parts, name: str) -> FileView:
    found = file_of(parts, name)
    if found is None:
        raise NotFound(f"there is no mapping “{name[:MAX_ID]}”")
    return found


def _view(each: FileView) -> View:
    return {
        "name": each.name,
        "title": each.title,
        "origin": each.origin,
        "storedAt": instant(each.stored_at_s),
        "inUse": each.in_use,
        "setAside": each.set_aside,
    }
