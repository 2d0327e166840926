"""What can be varied about the simulated organisation, at start and through ``/_control/options``.

Every default is the service's documented default or, where nothing is published, the stricter guess.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CUSTOMER_TABLES = (
    "account",
    "contact",
    "transactioncurrency",
    "systemuser",
    "team",
    "territory",
    "annotation",
)
SALES_TABLES = (
    "uomschedule", "product", "pricelevel", "discounttype", "opportunity", "quote", "salesorder", "invoice",
)  # fmt: skip
LINE_TABLES = (
    "uom", "productpricelevel", "discount", "quotedetail", "salesorderdetail", "invoicedetail",
    "customeraddress", "subject",
)  # fmt: skip
BULK_TABLES = (
    "account", "contact", *(each for each in SALES_TABLES if each != "quote"),
    "salesorderdetail", "invoicedetail",
)  # fmt: skip
"""Those whose published reference lists CreateMultiple (account, contact: remembered; quote: unknown)."""


def _on_for(*tables: str) -> dict[str, bool]:
    return dict.fromkeys(tables, True)


@dataclass
class Options:
    """Settings of one organisation.

    ``columns`` adds columns at start: ``{"table", "logical_name", "schema_name", "type", "max_length"}``.
    ``tables`` adds tables by logical name, said as the files in ``schema/`` say theirs.
    ``keys`` adds alternate keys: ``{"table", "name", "columns", "status"}`` (status Active or Pending).
    ``bulk``, ``change_tracking`` and ``optimistic_concurrency`` hold tables that have the feature.
    ``plugins`` emulates customers' synchronous logic: ``{"table", "column", "action"}`` with action
    ``upper``, ``lower``, ``trim``, ``phone`` or ``refuse`` (with ``contains`` and ``message``).
    ``assign_cascades``: what hangs on an account follows when that gets another owner.
    ``merge_fills_blanks``: a merge also takes values the surviving row lacks.
    ``retired_products_are_read_only`` refuses edits of a retired product, ``products_in_price_lists_stay``
    that a product in an active price list is retired.
    ``status_overrides`` maps an error code to another HTTP status; ``empty_codes`` blanks every code.
    """

    org_url: str = "https://contoso.crm.dynamics.com"
    org_name: str = "contoso"
    base_currency: str = "USD"
    columns: Sequence[Mapping[str, Any]] = ()
    keys: Sequence[Mapping[str, Any]] = ()
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    bulk: dict[str, bool] = field(default_factory=lambda: _on_for(*BULK_TABLES))
    change_tracking: dict[str, bool] = field(default_factory=lambda: _on_for(*CUSTOMER_TABLES, *SALES_TABLES))
    optimistic_concurrency: dict[str, bool] = field(
        default_factory=lambda: _on_for(*CUSTOMER_TABLES, *SALES_TABLES, *LINE_TABLES)
    )
    expire_change_tracking_days: int = 7
    request_limit: int = 6000
    execution_limit_s: float = 1200.0
    concurrency_limit: int = 52
    limit_window_s: float = 300.0
    execution_ms_per_operation: float = 10.0
    dop_hint: int = 8
    latency_ms: float = 0.0
    strict_required: bool = True
    empty_text_is_null: bool = True
    delete_contacts_with_account: bool = True
    assign_cascades: bool = True
    merge_fills_blanks: bool = True
    retired_products_are_read_only: bool = True
    products_in_price_lists_stay: bool = True
    late_commit_s: float = 0.0
    stale_token_page: bool = False
    plugins: Sequence[Mapping[str, Any]] = ()
    status_overrides: Mapping[str, int] = field(default_factory=dict)
    empty_codes: bool = False
    webhook_delay_s: float = 0.0
    webhook_timeout_s: float = 60.0
    max_batch_operations: int = 1000
    max_request_bytes: int = 16 * 1024 * 1024
    import_s: float = 2.0
    """How long the import of a solution takes in the background."""
    auto_users: bool = False
    """Accept any client id of the tenant as an application user with all privileges."""


FIXED_AT_START = frozenset({"columns", "keys", "base_currency", "org_url", "org_name", "limit_window_s"})


def change(options: Options, wanted: Mapping[str, Any]) -> None:
    """Set options by name while running.  Raises ValueError for one that is unknown or fixed at start."""
    known = {item.name for item in dataclasses.fields(options)} - FIXED_AT_START
    if unknown := sorted(wanted.keys() - known):
        raise ValueError(f"cannot set {unknown}; what can be set: {sorted(known)}")
    for name, value in wanted.items():
        _check_shape(name, getattr(options, name), value)
    for name, value in wanted.items():
        setattr(options, name, value)


def _check_shape(name: str, now: Any, value: Any) -> None:
    numbers = isinstance(now, int | float) and isinstance(value, int | float)
    same = isinstance(value, bool) if isinstance(now, bool) else numbers or isinstance(value, type(now))
    if isinstance(now, tuple | list):
        same = isinstance(value, tuple | list)
    if not same:
        raise ValueError(f"{name} takes a value like {now!r}")
