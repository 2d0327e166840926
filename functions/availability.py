"""The HTTP routes of item availability: one item for a form, many for a script."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.availability import availability_api

blueprint = Api()


@blueprint.route("items/{number}/availability", methods=["GET"], auth_level=KEY)
def get_availability(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What is there of an item, what is promised, and from when a quantity can be had."""
    return answer(context, lambda: availability_api.get(parts(), req.route_params["number"], req.params))


@blueprint.route("items/availability", methods=["POST"], auth_level=KEY)
def get_availabilities(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The same of many items at once."""
    return answer(context, lambda: availability_api.post(parts(), req.get_body(), req.params))
