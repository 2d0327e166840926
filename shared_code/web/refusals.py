"""Pages that say why there is no page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_code.web.messages import Reply
from shared_code.web.people import Person, Role
from shared_code.web.rendering import address, render


def refusal(
    language: str,
    status: int,
    why: str,
    person: Person | None = None,
    *,
    needed: Role | None = None,
    problem: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Why nothing is shown or done, and what to do; ``why`` chooses the words, ``problem`` brings its own."""
    values = {
        "status": status,
        "why": why,
        "person": person,
        "needed": needed.name.lower() if needed else "",
        "problem": problem or {},
        "home": address(""),
    }
    return Reply(status, render("refusal.html", language, values), headers=headers or {})
