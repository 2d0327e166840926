"""The HTTP routes of item availability: one item for a form, many for a script."""

from __future__ import annotations

import os
from functools import cache

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.compose import doorkeeper_of
from shared_code.sync.availability import availability_api
from shared_code.web.api_access import for_readers
from shared_code.web.messages import Asked

blueprint = Api()

_doorkeeper = cache(lambda: doorkeeper_of(os.environ))


@blueprint.route("items/{number}/availability", methods=["GET"], auth_level=KEY)
def get_availability(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What is there of an item, what is promised, and from when a quantity can be had."""
    return answer(context, lambda: availability_api.get(parts(), req.route_params["number"], req.params))


@blueprint.route("items/availability", methods=["POST"], auth_level=KEY)
def get_availabilities(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The same of many items at once."""
    return answer(context, lambda: availability_api.post(parts(), req.get_body(), req.params))


@blueprint.route("people/items/{number}/availability", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def get_availability_for_person(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The same for somebody who is signed in."""
    headers = {name.lower(): value for name, value in req.headers.items()}
    asked, number = Asked("GET", "", req.url, headers=headers), req.route_params["number"]
    return answer(
        context,
        lambda: for_readers(_doorkeeper(), asked, lambda: availability_api.get(parts(), number, req.params)),
    )
