"""HTTP-triggered functions: route, key, run, answer.

The order of checks is the real host's (functions-host, FunctionInvocationMiddleware): no route or no route
for the method 404; key missing or too weak 401; function disabled 404 unless the caller has the master key;
a failing function 500 with an empty body; no return value 204.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.host.app_model import Function
from local.host.errors import HostError
from local.host.http_model import HttpAnswer, HttpRequest
from local.host.invoker import Invoker
from local.host.keys import Keys, Level, required_level
from local.host.routes import Template, parse_template


@dataclass(frozen=True, slots=True)
class Route:
    """One function's way in; an empty ``methods`` takes every method."""

    template: Template
    methods: frozenset[str]
    level: Level
    function: Function


def routes_of(functions: Iterable[Function], prefix: str) -> tuple[Route, ...]:
    """The routes of the HTTP functions, the more specific first; HostError for a bad template."""
    routes = [_route(f, prefix) for f in functions if f.kind == "httpTrigger"]
    return tuple(sorted(routes, key=lambda route: route.template.precedence))


def _route(function: Function, prefix: str) -> Route:
    trigger = function.trigger
    template = f"{prefix}/{trigger.get('route') or function.name}"
    if template.strip("/").split("/", 1)[0].lower() == "admin":
        raise HostError(f"function {function.name}: the route {template} begins with admin, which is taken")
    try:
        level = required_level(str(trigger.get("authLevel") or ""))
    except ValueError as error:
        raise HostError(f"function {function.name}: {error}") from error
    methods = frozenset(str(method).upper() for method in trigger.get("methods") or ())
    return Route(parse_template(template), methods, level, function)


class HttpFunctions:
    """Answers requests with the app's functions."""

    def __init__(self, routes: tuple[Route, ...], invoker: Invoker, keys: Keys) -> None:
        self.routes = routes
        self._invoker = invoker
        self._keys = keys

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer of the most specific route that takes the request's path and method."""
        found = self._find(request)
        if found is None:
            return HttpAnswer(404)
        route, parameters = found
        granted = self._keys.level_of(request.headers, request.query)
        if granted < route.level:
            return HttpAnswer(401)
        if route.function.disabled and granted < Level.ADMIN:
            return HttpAnswer(404)
        outcome = self._invoker.run(route.function, self._trigger_value(request, parameters))
        return _answer_of(outcome.returned) if outcome.ok else HttpAnswer(500)

    def _find(self, request: HttpRequest) -> tuple[Route, Mapping[str, str]] | None:
        for route in self.routes:
            if not route.methods or request.method in route.methods:
                parameters = route.template.match(request.path)
                if parameters is not None:
                    return route, parameters
        return None

    def _trigger_value(self, request: HttpRequest, parameters: Mapping[str, str]) -> Any:
        datum = self._invoker.worker.datum

        def texts(values: Mapping[str, str]) -> dict[str, Any]:
            return {name: datum(value, "string") for name, value in values.items()}

        content = {
            "method": datum(request.method, "string"),
            "url": datum(request.url, "string"),
            "body": datum(request.body, "bytes"),
            "headers": texts(request.headers),
            "params": texts(parameters),
            "query": texts({k: v for k, v in request.query.items() if v != ""}),  # the host drops them
        }
        return datum(content, "http")


def _answer_of(returned: Any) -> HttpAnswer:
    """The answer in a function's return value, a Datum of the worker or None."""
    if returned is None or returned.value is None:
        return HttpAnswer(204)
    if returned.type != "http":
        body = returned.value if isinstance(returned.value, bytes) else str(returned.value).encode()
        return HttpAnswer(200, (("Content-Type", "text/plain; charset=utf-8"),), body)
    content = returned.value
    headers = [(str(name), str(value.value)) for name, value in content["headers"].items()]
    for cookie in content.get("cookies") or ():
        headers += [("Set-Cookie", morsel.OutputString()) for morsel in cookie.values()]
    body = content["body"].value
    raw = body if isinstance(body, bytes) else str(body or "").encode()
    return HttpAnswer(int(content["status_code"].value), tuple(headers), raw)
