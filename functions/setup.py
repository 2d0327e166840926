"""The HTTP routes of setting up.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.setup import setup_api

blueprint = Api()


@blueprint.route("setup", methods=["GET"], auth_level=KEY)
def get_setup(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """How far the setting up is, and the settings."""
    return answer(context, lambda: setup_api.get(parts(), req.params))


@blueprint.route("setup", methods=["PUT"], auth_level=KEY)
def put_setup(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Keep settings of the connection."""
    return answer(context, lambda: setup_api.put(parts(), req.get_body(), req.params))


@blueprint.route("setup/companies", methods=["GET"], auth_level=KEY)
def list_companies(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The companies of an environment."""
    return answer(context, lambda: setup_api.companies(parts(), req.params))
