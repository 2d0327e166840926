"""Notes: texts and files that people hang on rows; gone with their row.

The row may be read only: a note is a row of its own.
Microsoft docs: data-platform/reference/entities/annotation.
"""

from __future__ import annotations

from local.simulators.dataverse.tables.rules import Draft, TableRules

OBJECT = "_objectid_value"


def _prepare(draft: Draft) -> None:
    """A note tells what kind of row it hangs on, and whether it holds a file."""
    if draft.values.get(OBJECT) is not None:
        draft.values["objecttypecode"] = draft.kinds[OBJECT]
    draft.values.setdefault("isdocument", draft.values.get("documentbody") is not None)


RULES = {"annotation": TableRules(prepare=_prepare, loading=_prepare)}
