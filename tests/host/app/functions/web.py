"""HTTP functions."""

import json
import time
from typing import Any

import azure.functions as func

from functions.record import record

web = func.Blueprint()


def answer(name: str, req: func.HttpRequest, **more: Any) -> func.HttpResponse:
    """What the function saw."""
    seen = {"function": name, "params": dict(req.route_params), "query": dict(req.params), **more}
    return func.HttpResponse(json.dumps(seen), mimetype="application/json", headers={"X-One": "1"})


@web.route(route="items/{rest}", methods=["GET"])
def any_item(req: func.HttpRequest) -> func.HttpResponse:
    """The least specific of the item routes, declared first."""
    return answer("any_item", req)


@web.route(route="items/{id:int}", methods=["GET"])
def item(req: func.HttpRequest) -> func.HttpResponse:
    """A route with a constraint."""
    return answer("item", req)


@web.route(route="items/special", methods=["GET"])
def special(req: func.HttpRequest) -> func.HttpResponse:
    """A literal route."""
    return answer("special", req)


@web.route(route="files/{*path}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def files(req: func.HttpRequest) -> func.HttpResponse:
    """A catch-all route."""
    return answer("files", req, url=req.url)


@web.route(route="echo", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    """Gives the body back."""
    response = func.HttpResponse(req.get_body(), status_code=201, mimetype="application/octet-stream")
    response.headers.add("Set-Cookie", "a=1; Path=/")
    response.headers.add("Set-Cookie", "b=2; HttpOnly")
    return response


@web.route(route="fail", auth_level=func.AuthLevel.ANONYMOUS)
def fail(req: func.HttpRequest) -> func.HttpResponse:
    """Raises."""
    raise ValueError("the text of an error is not for callers")


@web.route(route="bad-header", auth_level=func.AuthLevel.ANONYMOUS)
def bad_header(req: func.HttpRequest) -> func.HttpResponse:
    """Tries to split the response."""
    return func.HttpResponse("x", headers={"X-Bad": "a\r\nX-Injected: b"})


@web.route(route="slow/{seconds:double}", auth_level=func.AuthLevel.ANONYMOUS)
def slow(req: func.HttpRequest) -> func.HttpResponse:
    """Takes its time."""
    record("slow")
    time.sleep(float(req.route_params["seconds"]))
    return func.HttpResponse("done")


@web.route(route="closed", auth_level=func.AuthLevel.ANONYMOUS)
def closed(req: func.HttpRequest) -> func.HttpResponse:
    """Disabled by a setting."""
    return func.HttpResponse("open")


@web.route(route="managers", auth_level=func.AuthLevel.ADMIN)
def managers(req: func.HttpRequest) -> func.HttpResponse:
    """Only with the master key."""
    return func.HttpResponse("welcome")
