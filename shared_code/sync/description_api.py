"""The description of the HTTP API, as the app itself serves it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared_code.sync.api import Answer
from shared_code.sync.api_input import refuse_unknown_parameters
from shared_code.sync.views import View


def get(query: Mapping[str, str]) -> Answer:
    """GET /openapi.json: the OpenAPI 3.1 description of this version."""
    refuse_unknown_parameters(query)
    return Answer(200, _described())


@cache
def _described() -> View:
    found: View = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    return {name: each for name, each in found.items() if name != "$comment"}
