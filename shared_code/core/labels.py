"""Labels: what a person calls a record."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

from shared_code.core.mapping import TableRule
from shared_code.core.records import Value


def label_of(rule: TableRule, native: MappingOf[str, Value]) -> str:
    """The record's display fields, separated by one blank; blank where it holds none of them."""
    texts = (str(native.get(name) or "") for name in rule.display)
    return " ".join(" ".join(each for each in texts if each).split())
