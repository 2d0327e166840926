"""The pages for people.  The platform lets everybody in; who may see or do what is decided in code."""

from __future__ import annotations

import os

import azure.functions as func

from functions import parts
from shared_code.compose import doorkeeper_of
from shared_code.web.messages import Asked, Reply
from shared_code.web.pages import ROUTES
from shared_code.web.router import Site

blueprint = func.Blueprint()

_site = Site(ROUTES, doorkeeper_of(os.environ))


@blueprint.route("{home:maxlength(0)?}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def home(req: func.HttpRequest) -> func.HttpResponse:
    """The address of the app itself leads to its pages."""
    return func.HttpResponse(status_code=302, headers={"Location": "/app"})


@blueprint.route("app/{*path}", methods=["GET", "POST"], auth_level=func.AuthLevel.ANONYMOUS)
def site(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A page, a form or a file of the site."""
    return respond(_site.answer(parts, asked_of(req), context.invocation_id))


def asked_of(req: func.HttpRequest) -> Asked:
    """The request as the site reads it."""
    headers = {name.lower(): value for name, value in req.headers.items()}
    path = (req.route_params.get("path") or "").strip("/")
    return Asked(req.method.upper(), path, req.url, dict(req.params), headers, req.get_body())


def respond(reply: Reply) -> func.HttpResponse:
    """A reply as Azure sends it."""
    return func.HttpResponse(
        reply.body, status_code=reply.status, headers=dict(reply.headers), mimetype=reply.content_type
    )
