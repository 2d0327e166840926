"""Price lists: a name once, in one currency; a default price list stays active.

Microsoft docs: developer/entities/pricelevel and the error list.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.simulators.dataverse.business_errors import (
    PRICE_LIST_IS_DEFAULT,
    PRICE_LIST_NAME_EXISTS,
    PRICE_LIST_NAME_MISSING,
)
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.tables.rules import Draft, TableRules, refuse_taken, require, rows_pointing

INACTIVE = 1
_DEFAULTS = (
    ("account", "_defaultpricelevelid_value"),
    ("contact", "_defaultpricelevelid_value"),
    ("product", "_pricelevelid_value"),
)


def _check(draft: Draft) -> None:
    require(draft, name=PRICE_LIST_NAME_MISSING)
    refuse_taken(draft, "name", PRICE_LIST_NAME_EXISTS)
    deactivated = draft.changed("statecode") and draft.values.get("statecode") == INACTIVE
    if deactivated and any(_uses_as_default(draft.org, draft.row_id)):
        raise PRICE_LIST_IS_DEFAULT.refused()


def _uses_as_default(org: Organisation, price_list: str) -> Iterator[bool]:
    for table, name in _DEFAULTS:
        for _ in rows_pointing(org, table, name, "pricelevel", price_list):
            yield True


RULES = {"pricelevel": TableRules(check=_check)}
