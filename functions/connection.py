"""HTTP routes of a connection as a whole.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync import connection_api

blueprint = Api()


@blueprint.route("connection/switch", methods=["POST"], auth_level=KEY)
def switch_connection(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Switch a connection off or on."""
    return answer(context, lambda: connection_api.switch(parts(), req.get_body(), req.params))


@blueprint.route("connection/uncouple", methods=["POST"], auth_level=KEY)
def uncouple_connection(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """End every pair of a connection."""
    return answer(context, lambda: connection_api.uncouple(parts(), req.get_body(), req.params))
