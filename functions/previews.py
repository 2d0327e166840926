"""The HTTP routes of previews."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.previewing import preview_api

blueprint = Api()


@blueprint.route("previews", methods=["POST"], auth_level=KEY)
def start_preview(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Begin a preview."""
    return answer(context, lambda: preview_api.start(parts(), req.get_body(), req.params))


@blueprint.route("previews", methods=["GET"], auth_level=KEY)
def list_previews(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The previews that are kept."""
    return answer(context, lambda: preview_api.list_all(parts(), req.params))


@blueprint.route("previews/{id}", methods=["GET"], auth_level=KEY)
def get_preview(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A preview with its counts and samples."""
    return answer(context, lambda: preview_api.get(parts(), req.route_params["id"], req.params))


@blueprint.route("previews/{id}", methods=["DELETE"], auth_level=KEY)
def remove_preview(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Forget a preview."""
    return answer(context, lambda: preview_api.remove(parts(), req.route_params["id"], req.params))


@blueprint.route("previews/{id}/writes", methods=["GET"], auth_level=KEY)
def list_planned_writes(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Every write of a preview."""
    return answer(context, lambda: preview_api.writes(parts(), req.route_params["id"], req.params))


@blueprint.route("previews/{id}/changed", methods=["GET"], auth_level=KEY)
def list_changed_since_preview(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What changed since a preview was made."""
    return answer(context, lambda: preview_api.changed(parts(), req.route_params["id"], req.params))
