"""Whether account and contact take bulk messages, in a world whose maker leaves that open.

Microsoft's documentation leaves it open, too.  ``TANDEM_BULK=0`` in the environment says no.
"""

from __future__ import annotations

import os
import re
from typing import ClassVar

from local.simulators.dataverse import Dataverse
from local.simulators.faults import FaultyService
from local.simulators.wire import Request, Response

BULK = "TANDEM_BULK"
TABLES = ("account", "contact")
_FILTERS = "sdkmessagefilter"
_MESSAGE = re.compile(r"/(account|contact)s/Microsoft\.Dynamics\.CRM\.\w+Multiple")
_QUESTION = re.compile(r"/sdkmessagefilters\?.*Multiple.*\b(account|contact)\b")
_BATCH = "/$batch"


def tells_apart(request: Request) -> bool:
    """Whether it is a bulk message for these tables, alone or in a batch, or asks whether there are any."""
    target = request.target
    if target.endswith(_BATCH):
        return b"Multiple" in request.body and bool(_MESSAGE.search(request.body.decode("utf-8", "replace")))
    return bool(_MESSAGE.search(target) or _QUESTION.search(target))


def by_default() -> bool:
    """Whether there are bulk messages where nobody says so."""
    return os.environ.get(BULK) != "0"


def take_away(sales: Dataverse) -> None:
    """Account and contact take no bulk messages and never did; all else is as it would be with them."""
    sales.org.options.bulk = dict.fromkeys(TABLES, False)
    for message in ("CreateMultiple", "UpdateMultiple", "UpsertMultiple"):
        for table in TABLES:
            sales.org.store.forget(_FILTERS, sales.org.fixed_id(f"filter {message} {table}"))


class LeftOpen(FaultyService):
    """Sales of such a world."""

    depended: ClassVar[bool] = False
    """Whether a world did what it does otherwise without bulk messages; whoever asks sets it back."""

    def handle(self, request: Request) -> Response:
        """As without this; the request is looked at before anything can happen to it."""
        if not LeftOpen.depended and tells_apart(request):
            LeftOpen.depended = True
        return super().handle(request)
