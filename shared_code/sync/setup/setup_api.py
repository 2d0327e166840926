"""What the HTTP functions for setting up answer: how far it is, the settings, the companies there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_code.sync.api import Answer
from shared_code.sync.api_input import (
    BadInput,
    document_of,
    flag_of,
    refuse_unknown,
    refuse_unknown_parameters,
)
from shared_code.sync.parts import Parts
from shared_code.sync.setup import choosing
from shared_code.sync.setup.connector import SettingsRefused
from shared_code.sync.setup.progress import Step, progress

MAX_ENVIRONMENT, MAX_VALUE = 60, 4000


def get(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /setup: which steps are done, and the settings without secrets."""
    refuse_unknown_parameters(query)
    return Answer(200, _view(parts))


def _view(parts: Parts) -> dict[str, Any]:
    found = progress(parts, next(iter(parts.connections.values()), None))
    settings = {name: value for name, value in parts.connector.settings().items() if value}
    return {
        "steps": [{"step": each.value, "done": each in found.done} for each in Step],
        "next": found.next.value,
        "settings": settings,
        "fixed": sorted(parts.connector.fixed()),
    }


def put(parts: Parts, body: bytes, query: Mapping[str, str]) -> Answer:
    """PUT /setup: keep settings, all that are named or none; a new organisation is asked who it is first."""
    refuse_unknown_parameters(query)
    document = document_of(body)
    refuse_unknown(document, {"settings", "check"})
    changes, only_check = _settings(document), flag_of(document, "check")
    try:
        if changes.get("SALES_URL"):
            parts.connector.ask_sales(changes["SALES_URL"])
        choosing.store(parts, changes, only_check=only_check)
    except SettingsRefused as refused:
        raise BadInput("settings", str(refused)) from None
    return Answer(200, {"stored": not only_check, **_view(parts)})


def _settings(document: Mapping[str, Any]) -> dict[str, str]:
    given = document.get("settings")
    if not isinstance(given, dict) or not given:
        raise BadInput("settings", "it must be an object of names and texts")
    for name, value in given.items():
        if not isinstance(value, str) or len(value) > MAX_VALUE or not value.isprintable():
            raise BadInput("settings", f"{name[:40]} must be a text on one line")
    return dict(given)


def companies(parts: Parts, query: Mapping[str, str]) -> Answer:
    """GET /setup/companies: the companies of an environment of Business Central, asked for now."""
    refuse_unknown_parameters(query, "environment")
    environment = query.get("environment", "").strip()
    if len(environment) > MAX_ENVIRONMENT or not environment.isprintable():
        raise BadInput("environment", f"it must be a name of at most {MAX_ENVIRONMENT} characters")
    environment = environment or parts.connector.settings().get("BUSINESS_CENTRAL_ENVIRONMENT", "")
    if not environment:
        raise BadInput("environment", "name one as the Business Central admin center calls it")
    try:
        found = parts.connector.companies(environment)
    except SettingsRefused as refused:
        raise BadInput("environment", str(refused)) from None
    return Answer(200, {"companies": [{"id": each.id, "name": each.name} for each in found]})
