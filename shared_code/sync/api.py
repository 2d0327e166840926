"""What the HTTP functions answer: input checked, a use case called, a view or a problem returned.

Errors are problem documents (RFC 9457): bad input names the field and the reason, an unknown id is 404,
storage or a system that does not answer is 503, and a fault of Tandem's own is 500 with a reference.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from shared_code.core.dependencies import DependencyCycle
from shared_code.core.records import Side
from shared_code.store.tables import StorageRefused, StorageUnavailable, StoreError
from shared_code.sync import faults, full_sync, views
from shared_code.sync.api_input import (
    MAX_ID,
    BadInput,
    NotFound,
    connection_of,
    document_of,
    id_of,
    is_id,
    names_of,
    number_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.options import add_missing_options
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.systems.interface import AccessDenied, SystemFault, Throttled

MAX_JOBS = 200
DEFAULT_PROBLEMS, MAX_PROBLEMS = 100, 1000
"""Problems on one page."""
RETRY_AFTER_S = 30
"""When a caller may come back whom storage or a system could not serve."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status, JSON body and further headers; or a ``table`` (CSV) instead of the body."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    table: str | None = None

    @property
    def content_type(self) -> str:
        is_problem = self.status >= 400 and "title" in self.body
        if self.table is not None:
            return "text/csv"
        return "application/problem+json" if is_problem else "application/json"

    def text(self) -> str:
        """As JSON.  Half a surrogate pair, which a caller may have sent, stays as JSON's own escape of it."""
        if self.table is not None:
            return self.table.encode("utf-8", "replace").decode()
        text = json.dumps(self.body, ensure_ascii=False, default=str)
        return text.encode("utf-8", "backslashreplace").decode()


def answering(call: Callable[[], Answer], reference: str = "") -> Answer:
    """Run a handler; whatever goes wrong becomes a problem document.

    A fault of Tandem's own tells nothing but ``reference``, which its line in the log carries, too.
    """
    try:
        return call()
    except BadInput as error:
        return problem(400, "The request cannot be used.", error.reason, field=error.name)
    except NotFound as error:
        return problem(404, "There is nothing of that id.", str(error))
    except DependencyCycle as error:
        return problem(409, "The mappings wait for each other.", str(error))
    except (StorageUnavailable, StorageRefused) as error:
        return _unavailable("Storage cannot be used now.", str(error), RETRY_AFTER_S)
    except Throttled as error:
        return _unavailable("A system asked Tandem to wait.", str(error), max(1, round(error.retry_after_s)))
    except SystemFault as error:
        return _unavailable("A system cannot be used now.", str(error), RETRY_AFTER_S)
    except Exception as error:
        _log_fault(error, reference)
        return problem(500, "Tandem met a fault of its own.", _FAULT, reference=reference)


_FAULT = (
    "Try again. If it stays, look for the reference in the log of the function app and report what it says."
)


def _log_fault(error: Exception, reference: str) -> None:
    """The kind and the place of a fault.  Its text is left out: it may hold values of records."""
    steps = traceback.extract_tb(error.__traceback__)
    place = " > ".join(f"{each.name}:{each.lineno}" for each in steps[-PLACES:])
    text = "a request failed: %s at %s (reference %s)"
    logging.getLogger("tandem").error(text, type(error).__name__, place, reference)


PLACES = 6
"""The innermost calls that a logged fault names."""


def _unavailable(title: str, detail: str, retry_after_s: int) -> Answer:
    answer = problem(503, title, detail)
    return replace(answer, headers={"Retry-After": str(retry_after_s)})


def problem(status: int, title: str, detail: str, **more: str) -> Answer:
    """A problem document."""
    return Answer(status, {"type": "about:blank", "title": title, "status": status, "detail": detail, **more})


def start_full_sync(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """POST /full-synchronizations: begin one; 202 with its address."""
    refuse_unknown_parameters(query, "connection")
    document = document_of(body)
    refuse_unknown(document, {"connection", "mappings", "release", "acceptSystems"})
    at = connection_of(parts, document.get("connection", query.get("connection")))
    accept = document.get("acceptSystems", False)
    if not isinstance(accept, bool):
        raise BadInput("acceptSystems", "it must be true or false")
    request = full_sync.Request(names_of(at, document, "mappings"), names_of(at, document, "release"), accept)
    started = full_sync.start(parts, at, request)
    view = {"id": started.id, "connection": at.name, "status": "In Process"}
    return Answer(202, view, {"Location": f"/api/full-synchronizations/{started.id}?connection={at.name}"})


def get_full_sync(parts: Parts, full_sync_id: str, query: Mapping[str, str]) -> Answer:
    """GET /full-synchronizations/{id}."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    found = at.full_syncs.get(id_of(full_sync_id))
    if found is None:
        raise NotFound(f"there is no full synchronisation {full_sync_id} of connection {at.name}")
    return Answer(200, views.full_sync_view(at, *found, faults.why_not(parts, at), parts.runtime))


def list_jobs(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /jobs: the newest jobs first."""
    refuse_unknown_parameters(query, "connection", "limit")
    at = connection_of(parts, query.get("connection"))
    limit = number_of(query, "limit", 20, MAX_JOBS)
    return Answer(200, {"jobs": views.job_views(parts, at, at.jobs.newest(limit))})


def get_job(parts: Parts, job_id: str, query: Mapping[str, str]) -> Answer:
    """GET /jobs/{id}."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    job = at.jobs.get(id_of(job_id))
    if job is None:
        raise NotFound(f"there is no job {job_id} of connection {at.name}")
    return Answer(200, views.job_view(at, job))


def list_problems(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /problems: every record that is not in step, with the reason and what to do, page by page."""
    refuse_unknown_parameters(query, "connection", "limit", "cursor")
    at = connection_of(parts, query.get("connection"))
    limit = number_of(query, "limit", DEFAULT_PROBLEMS, MAX_PROBLEMS)
    shown, following = views.problems_page(at, limit, _cursor(at, query))
    link = None
    if following:
        more = {"connection": at.name, "limit": limit, "cursor": "|".join(following)}
        link = f"/api/problems?{urlencode(more)}"
    return Answer(200, {"problems": shown, "next": link})


def add_options(parts: Parts, mapping: str, query: Mapping[str, str]) -> Answer:
    """POST /mappings/{name}/options: add the options that records lack to the choice column in Sales."""
    refuse_unknown_parameters(query, "connection")
    at = connection_of(parts, query.get("connection"))
    if mapping not in at.mappings:
        raise NotFound(f"there is no mapping “{mapping[:MAX_ID]}”")
    if not at.mappings[mapping].is_option_set:
        raise BadInput("name", f"{mapping} leads to a table; only a choice column takes options")
    try:
        added = add_missing_options(parts, at, at.mappings[mapping])
    except AccessDenied as denied:
        return problem(403, "Tandem's user may not change customisations.", f"{denied} {BY_HAND}")
    return Answer(200, {"mapping": mapping, "added": added.labels, "job": added.job})


BY_HAND = (
    "Add the options in Sales by hand (each problem of the mapping names one), or give the user the role "
    "System Customizer for this request."
)


def get_health(parts: Callable[[], Parts], query: Mapping[str, str]) -> Answer:
    """GET /health: 200 while work can be done, 503 while storage does not answer.

    ``parts`` is a call, because composing them asks storage already.
    """
    refuse_unknown_parameters(query)
    try:
        view = views.health_view(parts())
    except StoreError as error:
        view = views.unavailable_view(error)
    unavailable = view["status"] == views.UNAVAILABLE
    headers = {"Retry-After": str(RETRY_AFTER_S)} if unavailable else {}
    return Answer(503 if unavailable else 200, view, headers)


def _cursor(at: ConnectionParts, query: Mapping[str, str]) -> views.Place | None:
    """Where a page begins, as the page before named it."""
    if "cursor" not in query:
        return None
    mapping, _, record = query["cursor"].partition("|")
    side, _, record_id = record.partition("|")
    if mapping not in at.mappings or side not in tuple(Side) or not is_id(record_id):
        raise BadInput("cursor", "it is none of ours: follow the link “next” of the page before")
    return mapping, Side(side), record_id
