"""The HTTP routes of the journal: why, what was written, erasing."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, answer, parts
from shared_code.sync.history import history_api

blueprint = func.Blueprint()


@blueprint.route("why", methods=["GET"], auth_level=KEY)
def explain(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Why the fields of a record hold what they hold."""
    return answer(context, lambda: history_api.why(parts(), req.params))


@blueprint.route("journal", methods=["GET"], auth_level=KEY)
def read_journal(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What was written on a record."""
    return answer(context, lambda: history_api.journal(parts(), req.params))


@blueprint.route("journal/erase", methods=["POST"], auth_level=KEY)
def erase_values(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Remove the values of a record from the journal."""
    return answer(context, lambda: history_api.erase(parts(), req.get_body(), req.params))
