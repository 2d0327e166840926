"""Problems as people page through them: groups of what a page can count, and the records of a group."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared_code.core.causes import Group, cause_of, grouped
from shared_code.core.outcome import Problem
from shared_code.core.records import Side
from shared_code.store.couplings import problem_row
from shared_code.sync.api_input import BadInput, is_id
from shared_code.sync.parts import ConnectionParts, Parts
from shared_code.sync.problem_actions import MAX_GROUPED

QUICKLY = 250
"""Problems of a mapping that are looked at where a person waits for the page."""
DEFAULT_PAGE = 50
LOOKED_AT = 400
"""Problems that are looked through for one page of a group."""
AT_ONCE = 8


def groups_seen(
    parts: Parts, at: ConnectionParts, names: Sequence[str], *, whole: bool
) -> tuple[list[Group], bool]:
    """The problems of these mappings by cause, the largest group first, and whether all were looked at."""
    most = MAX_GROUPED if whole else QUICKLY
    calls = [partial(at.couplings(name).all_problems, most + 1) for name in names]
    found = dict(zip(names, parts.runtime.run_all(calls, AT_ONCE), strict=True))
    groups = [each for name in names for each in grouped(name, found[name][:most])]
    return sorted(groups, key=lambda each: -each.count), all(len(e) <= most for e in found.values())


def records_of(
    at: ConnectionParts, mapping: str, code: str, cause: str, cursor: str, limit: int
) -> tuple[list[Problem], str]:
    """Up to ``limit`` problems of a code and a cause (blank: any), and the cursor to go on from, if any."""
    start = _row(cursor)
    problems = at.couplings(mapping).all_problems(LOOKED_AT + 1, start)
    found: list[Problem] = []
    for each in problems[:LOOKED_AT]:
        if len(found) == limit:
            return found, _cursor(each)
        if each.code == code and cause in ("", cause_of(each)):
            found.append(each)
    return found, _cursor(problems[LOOKED_AT]) if len(problems) > LOOKED_AT else ""


def _cursor(problem: Problem) -> str:
    return f"{problem.side}|{problem.record_id}"


def _row(cursor: str) -> str:
    side, _, own = cursor.partition("|")
    if cursor and (side not in tuple(Side) or not is_id(own)):
        raise BadInput("cursor", "it is none of ours: follow the link to the next page")
    return problem_row(Side(side), own) if cursor else ""
