"""The HTTP routes of the journal: why, what was written, erasing."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync.history import history_api, undo_api

blueprint = Api()


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


@blueprint.route("undos", methods=["POST"], auth_level=KEY)
def start_undo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Preview the undo of a job, a full synchronisation or a record's part of a job."""
    return answer(context, lambda: undo_api.start(parts(), req.get_body(), req.params))


@blueprint.route("undos/{id}", methods=["GET"], auth_level=KEY)
def get_undo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """How far an undo is."""
    return answer(context, lambda: undo_api.get(parts(), req.route_params["id"], req.params))


@blueprint.route("undos/{id}/records", methods=["GET"], auth_level=KEY)
def list_undone_records(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What would become, or became, of each record."""
    return answer(context, lambda: undo_api.records(parts(), req.route_params["id"], req.params))


@blueprint.route("undos/{id}/run", methods=["POST"], auth_level=KEY)
def run_undo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Do what the preview told."""
    found = req.route_params["id"]
    return answer(context, lambda: undo_api.run(parts(), found, req.get_body(), req.params))
