"""The receivers of notifications.

Both are anonymous for the platform and believe nothing that does not carry the secret.  Business
Central deletes every subscription of an address that answers anything but 2xx, and gives up an answer
after 30 seconds (Microsoft docs: api-reference/v2.0/dynamics-subscriptions.md).  So its receiver answers
200 to every call, in time, whatever becomes of the work: what is lost here polling finds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import BoundedSemaphore

import azure.functions as func

from functions import GUARDS, Api, parts
from shared_code.sync.webhooks import is_ours, note_business_central, note_sales

blueprint = Api()

ANYBODY = func.AuthLevel.ANONYMOUS
MAX_TOKEN = 1024
"""The longest handshake token that is echoed."""
PATIENCE_S = 3.0
"""How long an answer waits for the work, which goes on afterwards."""
WORKERS, PLACES = 4, 64
"""Notifications that are worked on at the same time, and those that may wait or be worked on."""

_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="webhook")
_places = BoundedSemaphore(PLACES)


@blueprint.route("webhooks/business-central", methods=["POST"], auth_level=ANYBODY)
def business_central_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Echo the handshake's token at once, else queue a look for what changed."""
    token = req.params.get("validationToken")
    if token:
        return _plain(200, token[:MAX_TOKEN])
    body = req.get_body()
    do_in_time(lambda: note_business_central(parts(), body))
    return _plain(200)


@blueprint.route("webhooks/sales", methods=["POST"], auth_level=ANYBODY)
def sales_webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Queue a look for the table that changed.

    A wrong code is 401: the service notes a failed call and neither repeats it nor removes the step.
    """
    if not is_ours(parts().hooks.secret, req.params.get("code", "")):
        return _plain(401)
    table = req.headers.get("x-ms-dynamics-entity-name", "")
    do_in_time(lambda: note_sales(parts(), table))
    return _plain(200)


def _plain(status: int, text: str = "") -> func.HttpResponse:
    """Whatever a stranger sent comes back as plain text, never as a page."""
    return func.HttpResponse(text, status_code=status, mimetype="text/plain", headers=GUARDS)


def do_in_time(work: Callable[[], int]) -> None:
    """Do the work; return when it is done, has failed, or ``PATIENCE_S`` are over."""
    places = _places
    if not places.acquire(blocking=False):
        logging.getLogger("tandem").warning("a notification was dropped: too many wait already")
        return
    wait([_workers.submit(_guarded, work, places)], PATIENCE_S)


def _guarded(work: Callable[[], int], places: BoundedSemaphore) -> None:
    """The text of a failure is not logged: it may quote what a stranger sent."""
    try:
        work()
    except Exception as error:
        reason = type(error).__name__
        logging.getLogger("tandem").warning("a notification was dropped", extra={"reason": reason})
    finally:
        places.release()
