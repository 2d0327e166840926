"""Tandem's own HTTP routes.  Each asks for a function key; pages for people come with their own sign-in."""

from __future__ import annotations

import azure.functions as func

from functions import parts, respond
from shared_code.sync import api

blueprint = func.Blueprint()

KEY = func.AuthLevel.FUNCTION


@blueprint.route("full-synchronizations", methods=["POST"], auth_level=KEY)
def start_full_synchronization(req: func.HttpRequest) -> func.HttpResponse:
    """Begin a full synchronisation."""
    return respond(api.answering(lambda: api.start_full_sync(parts(), req.get_body(), req.params)))


@blueprint.route("full-synchronizations/{id}", methods=["GET"], auth_level=KEY)
def get_full_synchronization(req: func.HttpRequest) -> func.HttpResponse:
    """A full synchronisation with a line per mapping."""
    return respond(api.answering(lambda: api.get_full_sync(parts(), req.route_params["id"], req.params)))


@blueprint.route("jobs", methods=["GET"], auth_level=KEY)
def list_jobs(req: func.HttpRequest) -> func.HttpResponse:
    """The newest jobs."""
    return respond(api.answering(lambda: api.list_jobs(parts(), req.params)))


@blueprint.route("jobs/{id}", methods=["GET"], auth_level=KEY)
def get_job(req: func.HttpRequest) -> func.HttpResponse:
    """One job."""
    return respond(api.answering(lambda: api.get_job(parts(), req.route_params["id"], req.params)))


@blueprint.route("problems", methods=["GET"], auth_level=KEY)
def list_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Every record that is not in step."""
    return respond(api.answering(lambda: api.list_problems(parts(), req.params)))


@blueprint.route("mappings/{name}/options", methods=["POST"], auth_level=KEY)
def add_options(req: func.HttpRequest) -> func.HttpResponse:
    """Add the options that records of a mapping lack to the choice column in Sales."""
    return respond(api.answering(lambda: api.add_options(parts(), req.route_params["name"], req.params)))


@blueprint.route("health", methods=["GET"], auth_level=KEY)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Whether work can be done."""
    return respond(api.get_health(parts()))
