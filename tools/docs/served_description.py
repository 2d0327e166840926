"""The description of the API as the app serves it: that of docs, with a note where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

SOURCE = "docs/openapi.json"
COMMENT = f"Written by `python -m tools.docs` from {SOURCE}"


def page(root: Path) -> str:
    """The text of the packed copy."""
    described = json.loads((root / SOURCE).read_text(encoding="utf-8"))
    return json.dumps({"$comment": COMMENT, **described}, ensure_ascii=False, indent=1) + "\n"
