"""Which function answers a path: ASP.NET Core route templates.

Microsoft docs: aspnetcore/fundamentals/routing.md.  Supported: literals, ``{name}``, ``{name?}``,
``{name=default}``, ``{*rest}``, ``{**rest}``, several parts in one segment (``{name}.{ext}``) and the
constraints in ``route_constraints``.  Literals match without regard to case; the more specific template
wins (literal, constrained parameter, parameter, constrained catch-all, catch-all).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.host.errors import HostError
from local.host.route_constraints import Constraint, constraint_from

_PARAMETER = re.compile(r"(\*{0,2})(\w+)((?::[^:=?(]+(?:\((?:[^()]|\([^()]*\))*\))?)*)(?:=([^?]*))?(\?)?")
_CONSTRAINT = re.compile(r":([^:=?(]+)(?:\(((?:[^()]|\([^()]*\))*)\))?")
LITERAL, CONSTRAINED, PARAMETER, CONSTRAINED_REST, REST = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``{...}`` of a template."""

    name: str
    constraints: tuple[Constraint, ...]
    default: str | None
    optional: bool
    rest: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two slashes: a pattern over it, its parameters, its place in the order."""

    pattern: re.Pattern[str]
    parameters: tuple[Parameter, ...]
    precedence: int

    @property
    def may_be_missing(self) -> bool:
        """Whether the path may end before this segment."""
        only = self.parameters[0] if len(self.parameters) == 1 else None
        return only is not None and (only.optional or only.rest or only.default is not None)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed route template; the smaller ``precedence`` is tried first."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def precedence(self) -> tuple[int, ...]:
        return tuple(segment.precedence for segment in self.segments)

    def match(self, path: str) -> Mapping[str, str] | None:
        """The route parameters of ``path`` (as sent, percent-encoded), or None when it does not match."""
        given = split_path(path)
        found: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            is_rest = bool(segment.parameters) and segment.parameters[0].rest
            text = "/".join(given[index:]) if is_rest else given[index] if index < len(given) else ""
            values = _match_segment(segment, text)
            if values is None:
                return None
            found.update(values)
            if is_rest:
                return found
        return found if len(given) <= len(self.segments) else None


def _match_segment(segment: Segment, text: str) -> Mapping[str, str] | None:
    if text == "":
        defaults = {p.name: p.default for p in segment.parameters if p.default is not None}
        return defaults if segment.may_be_missing else None
    match = segment.pattern.fullmatch(text)
    if match is None:
        return None
    values = {name: value for name, value in match.groupdict().items() if value is not None}
    fits = all(
        check(values[p.name]) for p in segment.parameters if p.name in values for check in p.constraints
    )
    return values if fits else None


def split_path(path: str) -> list[str]:
    """The decoded segments of a path; an encoded slash stays encoded, as in Kestrel."""
    raw = path.strip("/").split("/") if path.strip("/") else []
    return [unquote(re.sub("%2[fF]", "%252F", segment)) for segment in raw]


def parse_template(text: str) -> Template:
    """Parse a route template; HostError where it is none."""
    segments = tuple(_parse_segment(part, text) for part in _split_template(text.strip("/")))
    for segment in segments[:-1]:
        if any(parameter.rest for parameter in segment.parameters):
            raise HostError(f'route "{text}": a catch-all parameter must be the last segment')
    return Template(text, segments)


def _split_template(text: str) -> list[str]:
    """Split at the slashes outside braces (a regex constraint may contain one)."""
    parts, depth = [""], 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in parts if part]


def _parse_segment(segment: str, template: str) -> Segment:
    pattern, position = "", 0
    parameters: list[Parameter] = []
    for start, end in _braces(segment, template):
        parameter = _parse_parameter(segment[start + 1 : end], template)
        literal = segment[position:start]
        name = f"(?P<{parameter.name}>.+?)"
        if parameter.optional and literal == "." and parameters:  # {name}.{ext?}: the dot goes too
            pattern += rf"(?:\.{name})?"
        else:
            pattern += re.escape(literal) + name
        parameters.append(parameter)
        position = end + 1
    pattern += re.escape(segment[position:])
    is_single = len(parameters) == 1 and segment.startswith("{") and segment.endswith("}")
    return Segment(_compiled(pattern, template), tuple(parameters), _precedence(parameters, is_single))


def _compiled(pattern: str, template: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE | re.DOTALL)
    except re.error as error:  # a parameter named twice
        raise HostError(f'route "{template}": {error}') from error


def _precedence(parameters: list[Parameter], is_single: bool) -> int:
    if not parameters:
        return LITERAL
    if not is_single:
        return CONSTRAINED
    constrained = bool(parameters[0].constraints)
    if parameters[0].rest:
        return CONSTRAINED_REST if constrained else REST
    return CONSTRAINED if constrained else PARAMETER


def _braces(segment: str, template: str) -> Iterable[tuple[int, int]]:
    """The (start, end) of each parameter; braces inside belong to a regex constraint."""
    depth = start = 0
    for index, character in enumerate(segment):
        if character == "{":
            start = index if depth == 0 else start
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                yield start, index
    if depth != 0:
        raise HostError(f'route "{template}": braces do not match')


def _parse_parameter(text: str, template: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None or match[2][:1].isdigit():
        raise HostError(f'route "{template}": {{{text}}} is not a route parameter')
    stars, name, constraints, default, optional = match.groups()
    try:
        checks = tuple(constraint_from(m[1], m[2]) for m in _CONSTRAINT.finditer(constraints))
    except (ValueError, re.error) as error:
        raise HostError(f'route "{template}": {error}') from error
    return Parameter(name, checks, default, optional is not None, bool(stars))
