"""HTTP routes of coupling, uncoupling and synchronising on demand.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync import coupling_api

blueprint = Api()


@blueprint.route("mappings/{name}/couplings", methods=["POST"], auth_level=KEY)
def couple_records(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Couple pairs that a person names."""
    name, body = req.route_params["name"], req.get_body()
    return answer(context, lambda: coupling_api.couple(parts(), name, body, req.params))


@blueprint.route("mappings/{name}/couplings/{id}", methods=["GET"], auth_level=KEY)
def get_coupling(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The pair of one record."""
    name, record_id = req.route_params["name"], req.route_params["id"]
    return answer(context, lambda: coupling_api.get_pair(parts(), name, record_id, req.params))


@blueprint.route("mappings/{name}/records", methods=["GET"], auth_level=KEY)
def find_records(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Records that are called so."""
    name = req.route_params["name"]
    return answer(context, lambda: coupling_api.find_records(parts(), name, req.params))


@blueprint.route("mappings/{name}/partners", methods=["POST"], auth_level=KEY)
def create_partners(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Create the partners of records in the other system."""
    name, body = req.route_params["name"], req.get_body()
    return answer(context, lambda: coupling_api.create_partners(parts(), name, body, req.params))


@blueprint.route("mappings/{name}/uncouple", methods=["POST"], auth_level=KEY)
def uncouple_records(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """End the pairs of records, or all of a mapping."""
    name, body = req.route_params["name"], req.get_body()
    return answer(context, lambda: coupling_api.uncouple(parts(), name, body, req.params))


@blueprint.route("mappings/{name}/synchronize", methods=["POST"], auth_level=KEY)
def synchronize_records(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Synchronise coupled records now."""
    name, body = req.route_params["name"], req.get_body()
    return answer(context, lambda: coupling_api.synchronize(parts(), name, body, req.params))
