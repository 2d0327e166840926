"""The HTTP routes of compares."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.comparing import compare_api

blueprint = Api()


@blueprint.route("compares", methods=["POST"], auth_level=KEY)
def start_compare(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Begin a compare."""
    return answer(context, lambda: compare_api.begin(parts(), req.get_body(), req.params))


@blueprint.route("compares", methods=["GET"], auth_level=KEY)
def list_compares(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The compares that are kept."""
    return answer(context, lambda: compare_api.list_all(parts(), req.params))


@blueprint.route("compares/{id}", methods=["GET"], auth_level=KEY)
def get_compare(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A compare with its sums."""
    return answer(context, lambda: compare_api.get(parts(), req.route_params["id"], req.params))


@blueprint.route("compares/{id}/findings", methods=["GET"], auth_level=KEY)
def list_findings(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The records that drifted."""
    return answer(context, lambda: compare_api.findings(parts(), req.route_params["id"], req.params))


@blueprint.route("compares/{id}/repair", methods=["POST"], auth_level=KEY)
def repair_findings(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Synchronise the records that drifted."""
    found = req.route_params["id"]
    return answer(context, lambda: compare_api.repair_findings(parts(), found, req.get_body(), req.params))
