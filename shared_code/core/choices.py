"""Choices: what people decided about conflicts, as it is kept with the conflict until it is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from shared_code.core.identity import digest
from shared_code.core.outcome import Problem
from shared_code.core.policies import Choice
from shared_code.core.records import Side

CONFLICT = "conflict"
FIELDS, DECIDED = "fields", "decided"
"""In a conflict's details: per field group the common value and both sides' values; and what was decided."""


def contested(problem: Problem) -> dict[str, dict[str, Any]]:
    """The field groups in conflict with ``base``, ``bc`` and ``sales``; none where it is another problem."""
    found = problem.details.get(FIELDS) if problem.code == CONFLICT else None
    return dict(found) if isinstance(found, dict) else {}


def version_of(problem: Problem) -> str:
    """Tells whether a conflict still is the one that a person saw."""
    return digest(
        [problem.code, *(f"{name}={values}" for name, values in sorted(contested(problem).items()))]
    )


def decide(
    problem: Problem, winner: Side, fields: Iterable[str], by: str, at_s: float
) -> tuple[Problem, int]:
    """The conflict with a decision about these field groups or fields (none: all), and how many groups."""
    wanted = set(fields)
    groups = {
        g: v for g, v in contested(problem).items() if not wanted or wanted & {g, *v["bc"], *v["sales"]}
    }
    decided = {
        group: {"winner": winner.value, "bc": values["bc"], "sales": values["sales"], "by": by, "at_s": at_s}
        for group, values in groups.items()
    }
    kept = {**_decided(problem), **decided}
    return replace(problem, details={**problem.details, DECIDED: kept}), len(groups)


def choices_of(problem: Problem | None) -> dict[str, Choice]:
    """What was decided about a record and is still to be carried out, by field group."""
    return {group: _choice(each) for group, each in _decided(problem).items()} if problem else {}


def carried_over(problem: Problem | None) -> dict[str, object]:
    """The decisions as details of the problem that takes the place of this one."""
    return {DECIDED: decided} if problem and (decided := _decided(problem)) else {}


def still_open(details: Mapping[str, object], conflicts: Mapping[str, tuple[Any, Any]]) -> dict[str, object]:
    """Details without decisions about values that are not there any more, so that a person decides anew."""
    decided = details.get(DECIDED)
    if not isinstance(decided, dict):
        return dict(details)
    kept = {g: d for g, d in decided.items() if g not in conflicts or _choice(d).fits(*conflicts[g])}
    rest = {name: value for name, value in details.items() if name != DECIDED}
    return rest | ({DECIDED: kept} if kept else {})


def _decided(problem: Problem) -> dict[str, dict[str, Any]]:
    found = problem.details.get(DECIDED)
    return dict(found) if isinstance(found, dict) else {}


def _choice(each: Mapping[str, Any]) -> Choice:
    return Choice(Side(each["winner"]), each["bc"], each["sales"], str(each.get("by", "")))
