"""The HTTP routes of conflicts."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.conflicts import conflict_api

blueprint = Api()


@blueprint.route("conflicts", methods=["GET"], auth_level=KEY)
def list_conflicts(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Every conflict with both sides' values."""
    return answer(context, lambda: conflict_api.list_conflicts(parts(), req.params))


@blueprint.route("conflicts/decide", methods=["POST"], auth_level=KEY)
def decide_conflicts(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Say whose value counts."""
    return answer(context, lambda: conflict_api.decide(parts(), req.get_body(), req.params))
