"""``If-Match`` and ``If-None-Match`` on one row.

Microsoft docs: webapi/perform-conditional-operations-using-web-api.
"""

from __future__ import annotations

from collections.abc import Mapping

from local.simulators.dataverse import errors
from local.simulators.dataverse.errors import Refused, bad_request, version_mismatch
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.rendering import etag_of
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row


def update_only(headers: Mapping[str, str]) -> bool:
    """Whether the row must exist."""
    return "if-match" in headers


def create_only(headers: Mapping[str, str]) -> bool:
    """Whether the row must not exist.  Raises ``Refused`` for an ETag where only ``*`` has a meaning."""
    value = headers.get("if-none-match")
    if value in (None, "null"):
        return False
    if value != "*":
        raise bad_request("If-None-Match takes * on a write.")
    return True


CUSTOM_CODE = 10_000
"""Object type codes of custom tables begin here."""


def guards_versions(org: Organisation, table: Table) -> bool:
    """Whether conditions on versions are heeded: on custom tables unless somebody turned that off (Microsoft
    docs: data-platform/optimistic-concurrency)."""
    return org.options.optimistic_concurrency.get(table.name, table.object_type_code >= CUSTOM_CODE)


def check_match(org: Organisation, table: Table, row: Row, headers: Mapping[str, str]) -> None:
    """Raise ``Refused`` unless the row is at the version in If-Match."""
    wanted = headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    if not guards_versions(org, table):
        raise Refused(
            400,
            errors.NO_CONCURRENCY,
            f"Optimistic concurrency isn't enabled for entity type {table.name}. The IfVersionMatches value "
            "of ConcurrencyBehavior can only be used if optimistic concurrency is enabled.",
        )
    if wanted.strip() != etag_of(row):
        raise version_mismatch()


def unchanged(org: Organisation, table: Table, row: Row, headers: Mapping[str, str], *, plain: bool) -> bool:
    """Whether a GET is answered with 304; never with expanded rows or annotations (``plain`` false)."""
    wanted = headers.get("if-none-match")
    if wanted is None or not plain or not guards_versions(org, table):
        return False
    return wanted.strip() == etag_of(row)
