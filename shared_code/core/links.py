"""Links: the address under which a person opens a record in its own system.

Business Central's web client opens a page with a filter on a field of its table, Sales a form by table and id
(Microsoft docs: devenv-web-client-urls, "filter"; power-apps: open-forms-views-dialogs-reports-url).  Nothing
is asked of either system, and unless a page needs it no value of the record stands in its address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from urllib.parse import quote

from shared_code.core.mapping import Mapping
from shared_code.core.records import ZERO_ID, Side, Value

NO_FORM = ("subject",)
"""Tables of Sales whose rows are not opened one by one: subjects are a tree."""

_PLAIN = re.compile(r"[\w /-]+")
"""A value that means itself in a filter of Business Central, where dots, stars and quotation marks do not."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where people open the two systems: the web client with its environment and company, the organisation.

    Blank where it is not known; then there is no link.
    """

    web_client: str = ""
    company: str = ""
    sales: str = ""


def online_client(tenant: str, environment: str) -> str:
    """Where people open an environment of Business Central online."""
    return f"https://businesscentral.dynamics.com/{quote(tenant, safe='')}/{quote(environment, safe='')}"


def link_to(
    addresses: Addresses,
    mapping: Mapping,
    side: Side,
    record_id: str | None,
    native: MappingOf[str, Value] | None = None,
) -> str | None:
    """The address of a record's page; nothing where it has none of its own.

    ``native`` is what the record holds, for pages that find it by another field than its id.
    """
    if not record_id:
        return None
    if side is Side.SALES:
        return _sales(addresses, mapping, record_id)
    return _business_central(addresses, mapping, record_id, native or {})


def _business_central(
    addresses: Addresses, mapping: Mapping, record_id: str, native: MappingOf[str, Value]
) -> str | None:
    page = mapping.bc.page
    if record_id == ZERO_ID:  # The local currency has no record in Business Central.
        return None
    if page is None or not addresses.web_client or not addresses.company:
        return None
    value = record_id if page.value == mapping.bc.key else str(native.get(page.value) or "")
    if not _PLAIN.fullmatch(value):
        return None
    test = f"'{page.table}'.'{page.field}' IS '{value}'"
    company = quote(addresses.company, safe="")
    return f"{addresses.web_client}/?company={company}&page={page.number}&filter={quote(test, safe='')}"


def _sales(addresses: Addresses, mapping: Mapping, record_id: str) -> str | None:
    # The key of a table is called by its logical name and “id” (Microsoft docs: entity metadata).
    table = mapping.sales.key.removesuffix("id")
    if mapping.is_option_set or table in NO_FORM or not addresses.sales:
        return None
    form = f"pagetype=entityrecord&etn={quote(table, safe='')}&id={quote(record_id, safe='')}"
    return f"{addresses.sales}/main.aspx?{form}"
