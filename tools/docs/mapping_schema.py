"""The JSON Schema of mapping files, as editors read it."""

from __future__ import annotations

import json
from pathlib import Path

from shared_code.core.mapping_schema import mapping_schema


def page(root: Path) -> str:
    """The schema as the code says it; ``root`` is not needed."""
    comment = "Written by `python -m tools.docs` from `shared_code/core/document_shape.py`. Change that."
    schema = {"$comment": comment, **mapping_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
