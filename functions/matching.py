"""HTTP routes of matching reports.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync import match_api

blueprint = Api()


@blueprint.route("match-reports", methods=["POST"], auth_level=KEY)
def begin_match_report(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Begin a matching report."""
    return answer(context, lambda: match_api.begin(parts(), req.get_body(), req.params))


@blueprint.route("match-reports", methods=["GET"], auth_level=KEY)
def list_match_reports(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The newest matching reports."""
    return answer(context, lambda: match_api.list_reports(parts(), req.params))


@blueprint.route("match-reports/{id}", methods=["GET"], auth_level=KEY)
def get_match_report(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """One matching report: how far it is, and its counts."""
    return answer(context, lambda: match_api.get(parts(), req.route_params["id"], req.params))


@blueprint.route("match-reports/{id}/lines", methods=["GET"], auth_level=KEY)
def list_match_lines(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A page of its lines."""
    return answer(context, lambda: match_api.lines(parts(), req.route_params["id"], req.params))


@blueprint.route("match-reports/{id}/download", methods=["GET"], auth_level=KEY)
def download_match_report(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Its lines as a table."""
    return answer(context, lambda: match_api.download(parts(), req.route_params["id"], req.params))


@blueprint.route("match-reports/{id}/accept", methods=["POST"], auth_level=KEY)
def accept_match_report(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Accept its pairs, or have partners created for what has none."""
    report_id, body = req.route_params["id"], req.get_body()
    return answer(context, lambda: match_api.accept(parts(), report_id, body, req.params))
