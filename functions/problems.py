"""HTTP routes of problems: their groups, and what is done about them.  Each asks for a function key."""

from __future__ import annotations

import azure.functions as func

from functions import KEY, Api, answer, parts
from shared_code.sync import problem_api

blueprint = Api()


@blueprint.route("problem-groups", methods=["GET"], auth_level=KEY)
def list_problem_groups(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """The problems by their cause."""
    return answer(context, lambda: problem_api.list_groups(parts(), req.params))


@blueprint.route("problems/actions", methods=["POST"], auth_level=KEY)
def act_on_problems(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Try again, set aside, restore or delete."""
    return answer(context, lambda: problem_api.act(parts(), req.get_body(), req.params))
