"""Tandem's own HTTP routes.  Each asks for a function key; pages for people come with their own sign-in."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync import api, description_api, full_sync_api, mapping_action_api, mapping_file_api
from shared_code.sync.doctor import examination

blueprint = Api()


@blueprint.route("full-synchronizations", methods=["POST"], auth_level=KEY)
def start_full_synchronization(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Begin a full synchronisation."""
    return answer(context, lambda: api.start_full_sync(parts(), req.get_body(), req.params))


@blueprint.route("full-synchronizations/{id}", methods=["GET"], auth_level=KEY)
def get_full_synchronization(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """A full synchronisation with a line per mapping."""
    return answer(context, lambda: api.get_full_sync(parts(), req.route_params["id"], req.params))


@blueprint.route("full-synchronization-review", methods=["GET"], auth_level=KEY)
def review_full_synchronization(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """What is recommended for each mapping."""
    return answer(context, lambda: full_sync_api.get_review(parts(), req.params))


@blueprint.route("full-synchronizations/{id}/control", methods=["POST"], auth_level=KEY)
def control_full_synchronization(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Pause, resume or stop."""
    own, body = req.route_params["id"], req.get_body()
    return answer(context, lambda: full_sync_api.control(parts(), own, body, req.params))


@blueprint.route("full-synchronizations/{id}/lines", methods=["POST"], auth_level=KEY)
def control_line(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Restart a line, or put it back."""
    own, body = req.route_params["id"], req.get_body()
    return answer(context, lambda: full_sync_api.control_line(parts(), own, body, req.params))


@blueprint.route("jobs", methods=["GET"], auth_level=KEY)
def list_jobs(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The newest jobs."""
    return answer(context, lambda: api.list_jobs(parts(), req.params))


@blueprint.route("jobs/{id}", methods=["GET"], auth_level=KEY)
def get_job(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """One job."""
    return answer(context, lambda: api.get_job(parts(), req.route_params["id"], req.params))


@blueprint.route("problems", methods=["GET"], auth_level=KEY)
def list_problems(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Every record that is not in step."""
    return answer(context, lambda: api.list_problems(parts(), req.params))


@blueprint.route("mappings/{name}/options", methods=["POST"], auth_level=KEY)
def add_options(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Add the options that records of a mapping lack to the choice column in Sales."""
    return answer(context, lambda: api.add_options(parts(), req.route_params["name"], req.params))


@blueprint.route("mappings/{name}/brake/release", methods=["POST"], auth_level=KEY)
def release_brake(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Believe what a mapping's tripped brake saw."""
    name = req.route_params["name"]
    return answer(context, lambda: mapping_action_api.release(parts(), name, req.params))


@blueprint.route("mappings/{name}/reset", methods=["POST"], auth_level=KEY)
def reset_mapping(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Look at everything of a mapping anew."""
    name = req.route_params["name"]
    return answer(context, lambda: mapping_action_api.reset_mapping(parts(), name, req.params))


@blueprint.route("mapping-files", methods=["GET"], auth_level=KEY)
def list_mapping_files(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Every mapping's file."""
    return answer(context, lambda: mapping_file_api.list_files(parts(), req.params))


@blueprint.route("mapping-files/{name}", methods=["GET"], auth_level=KEY)
def get_mapping_file(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """One mapping's file."""
    return answer(context, lambda: mapping_file_api.get_file(parts(), req.route_params["name"], req.params))


@blueprint.route("mapping-files/{name}", methods=["PUT"], auth_level=KEY)
def put_mapping_file(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Check a mapping's file and store it."""
    name, body = req.route_params["name"], req.get_body()
    return answer(context, lambda: mapping_file_api.put(parts(), name, body, req.params))


@blueprint.route("mapping-files/{name}", methods=["DELETE"], auth_level=KEY)
def delete_mapping_file(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Take a mapping's stored file back."""
    return answer(context, lambda: mapping_file_api.delete(parts(), req.route_params["name"], req.params))


@blueprint.route("mapping-schema", methods=["GET"], auth_level=KEY)
def get_mapping_schema(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The JSON Schema of mapping files."""
    return answer(context, lambda: mapping_file_api.schema(req.params))


@blueprint.route("openapi.json", methods=["GET"], auth_level=KEY)
def get_description(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The description of the API."""
    return answer(context, lambda: description_api.get(req.params))


@blueprint.route("doctor", methods=["GET"], auth_level=KEY)
def examine(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Everything that can be examined, with what to do."""
    return answer(context, lambda: examination.get(parts(), req.params))


@blueprint.route("health", methods=["GET"], auth_level=KEY)
def health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Whether work can be done."""
    return answer(context, lambda: api.get_health(parts, req.params))
