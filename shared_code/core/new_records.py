"""Templates for new records: values that Tandem gives a record when it makes it and never again.  Pure.

A mapping lists them by side, each with the conditions on the record it is made for.  What a field mapping
brings counts more; of several templates that set the same field the first does.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared_code.core.filters import meets
from shared_code.core.records import Side, Value, Values
from shared_code.core.table_rules import Template


def template_values(templates: Sequence[Template], source: Values, side: Side) -> dict[str, Value]:
    """What the templates that apply give; ``source`` is the record of ``side`` the new one is made for."""
    found: dict[str, Value] = {}
    for template in templates:
        if all(meets(test, source, side) for test in template.when):
            found = {**dict(template.values), **found}
    return found
