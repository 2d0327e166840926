"""The Azure entry points: one blueprint per concern, a few lines per trigger, no logic."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import azure.functions as func

from shared_code.compose import parts_of_process
from shared_code.sync.api import Answer, answering
from shared_code.sync.parts import Parts

GUARDS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer: nothing of it may be kept on the way, or taken for a page."""

TALKATIVE = {
    "azure.core": "WARNING", "azure.identity": "WARNING", "azure.storage": "WARNING", "msal": "CRITICAL",
    "urllib3": "ERROR",
}  # fmt: skip
"""Libraries that would log a line or more per request, with addresses: keys and the values of filters.

msal logs an answer that it cannot read as an error with all of its text, and that may hold an access token.
"""

for name, level in TALKATIVE.items():
    logging.getLogger(name).setLevel(level)


def parts() -> Parts:
    """The parts of this process."""
    return parts_of_process(os.environ)


def respond(answer: Answer) -> func.HttpResponse:
    """An answer as Azure sends it."""
    headers = {**GUARDS, **answer.headers}
    return func.HttpResponse(
        answer.text(), status_code=answer.status, headers=headers, mimetype=answer.content_type
    )


KEY = func.AuthLevel.FUNCTION


class Api(func.Blueprint):
    """Functions below ``/api``.  The app itself has no prefix, so that its pages are not below it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def route(self, route: str | None = None, *args: Any, **more: Any) -> Callable[..., Any]:
        return super().route(f"api/{route}", *args, **more)


def answer(context: func.Context, call: Callable[[], Answer]) -> func.HttpResponse:
    """What a call answers, or the problem that became of it.

    A fault refers to the id that the platform gives an invocation and writes on each of its log lines.
    """
    return respond(answering(call, context.invocation_id))
