"""The HTTP routes of setting up.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.setup import preparing_api, setup_api

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


@blueprint.route("setup/sign-in", methods=["POST"], auth_level=KEY)
def begin_sign_in(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A code with which an administrator of Sales signs in."""
    return answer(context, lambda: preparing_api.sign_in(parts(), req.get_body(), req.params))


@blueprint.route("setup/preparation", methods=["POST"], auth_level=KEY)
def prepare_sales(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Prepare Sales as the administrator who signed in."""
    return answer(context, lambda: preparing_api.preparation(parts(), req.get_body(), req.params))
