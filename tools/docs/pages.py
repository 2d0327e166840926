"""Which pages are generated, and from what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.docs import (
    conformance,
    dependencies,
    mapping_schema,
    mappings,
    problems,
    served_description,
    settings,
    transformation_rules,
)

PAGES: dict[str, Callable[[Path], str]] = {
    "docs/mappings.md": mappings.page,
    "docs/settings.md": settings.page,
    "docs/problems.md": problems.page,
    "docs/dependencies.md": dependencies.page,
    "docs/transformation-rules.md": transformation_rules.page,
    "docs/conformance.md": conformance.page,
    "docs/mapping-file.schema.json": mapping_schema.page,
    "shared_code/sync/openapi.json": served_description.page,
}
"""Each page's place in the checkout and the function that writes it for a checkout's root."""
