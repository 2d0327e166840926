"""What a table module tells the simulator about its entity set, and checks that several share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.business_central.errors import ApiError, business_rule, field_rule, invalid_relation
from local.simulators.business_central.filters import Filter
from local.simulators.business_central.session import Edit, Reader, Session
from local.simulators.business_central.storage import Row

_EMAIL = re.compile(r"[^\s@;,<>()]+@[^\s@;,<>()]+\Z")
_DATE_FORMULA = re.compile(r"<?([+-]?(\d+[DWMQY]|C[DWMQY]|(D|W|M|Q|Y|WD)\d+))*>?\Z")


def _nothing(*_: object) -> None:
    """The rule of a table that has none."""


@dataclass(frozen=True, slots=True)
class TableRules:
    """How one entity set behaves beyond its type.

    ``source`` is the table its rows are kept in, ``key`` its number or code (unique), ``unique`` a key of
    several fields, ``group`` a property rows are looked up by.  ``validate`` runs before a write, ``written``
    after it; ``deleting`` and ``deleted`` around a deletion.
    ``project`` makes a shown row from a kept one; ``to_source`` turns a PATCH of a shown row into one
    of the kept row.  ``children`` gives the rows below a parent, ``everything`` all of a computed set;
    ``parents`` names, per parent's entity set, the property that holds the parent's id (rows can then be
    written below it).  ``needs_parent``: one of these sets of properties must be in the filter of a read of
    the whole set, else ``parent_missing`` is the text of the refusal.
    ``create`` makes an insert of a shown row into one of the kept row.  ``answer`` gives all rows of a set
    that is computed from the filter.
    ``references`` are the (table, property) that hold this table's key and follow when it is renamed; two
    more parts name a property and the value it must have there.
    ``etag`` tells the etag of a kept row, where what is shown of it has one of its own.
    ``actions`` are the bound actions by name.
    """

    source: str
    key: str | None = None
    unique: tuple[str, ...] = ()
    group: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    needs_parent: tuple[frozenset[str], ...] = ()
    parent_missing: str = ""
    references: tuple[tuple[str, ...], ...] = ()
    validate: Callable[[Edit], None] = _nothing
    written: Callable[[Edit, Row], None] = _nothing
    deleting: Callable[[Session, Row], None] = _nothing
    deleted: Callable[[Session, Row], None] = _nothing
    project: Callable[[Reader, Row], Row | None] | None = None
    to_source: Callable[[Session, Row, Mapping[str, Any]], dict[str, Any]] | None = None
    children: Callable[[Reader, str, Row], list[Row]] | None = None
    everything: Callable[[Reader], list[Row]] | None = None
    create: Callable[[Session, Mapping[str, Any]], Edit] | None = None
    answer: Callable[[Reader, Filter | None], list[Row]] | None = None
    etag: Callable[[Row], str] | None = None
    actions: Mapping[str, Callable[[Session, Row], None]] = field(default_factory=dict)

    def finds_parent(self, filtered: frozenset[str]) -> bool:
        """Whether a filter over these properties says enough to read the whole set."""
        return not self.needs_parent or any(names <= filtered for names in self.needs_parent)


def require_name(edit: Edit) -> None:
    """Customers and contacts need a ``displayName`` that is not blank."""
    if edit.inserting and "displayName" not in edit.sent:
        raise business_rule('A "displayName" must be provided.')
    if "displayName" in edit.sent and not edit.sent["displayName"].strip():
        raise business_rule('The blank "displayName" is not allowed.')


def require_code(edit: Edit) -> None:
    """Set-up tables need their ``code``."""
    if edit.inserting and "code" not in edit.sent:
        raise ApiError(
            400, "BadRequest_RequiredParamNotProvided", f"code must be filled in {edit.entity.table}."
        )


def assign_number(edit: Edit, series: str) -> None:
    """Take the next number, or check that the series lets callers choose one (on rename too)."""
    number = edit.sent.get("number", "")
    if edit.inserting and not number:
        edit.values["number"] = edit.session.next_number(series, edit.entity.name)
        return
    if edit.before is not None and edit.values["number"] == edit.before.values["number"]:
        return
    if not number:
        raise business_rule(f"No. must be filled in {edit.entity.table}.")
    if not edit.session.company.series[series].manual:
        raise business_rule(
            "You may not enter numbers manually. If you want to enter numbers manually, please "
            f"activate Manual Nos. in No. Series {edit.session.company.series[series].code}."
        )


def check_relation(edit: Edit, name: str, related: str) -> None:
    """A code that was sent must exist in the related table, unless blank."""
    code = edit.sent.get(name, "")
    if not code:
        return
    row = edit.session.by_key(related, code)
    if row is None or row.values.get("blocked") is True:
        related_table = edit.session.types[related].table
        raise invalid_relation(name, edit.entity.table, code, related_table)


def check_phone(edit: Edit, *names: str) -> None:
    """Telephone numbers hold no letters."""
    for name in names:
        if any(sign.isalpha() for sign in edit.sent.get(name, "")):
            raise field_rule(f"{name} must not contain letters in {edit.entity.table}.")


def check_email(edit: Edit, name: str = "email") -> None:
    """One address, or several between semicolons."""
    for address in filter(None, edit.sent.get(name, "").split(";")):
        if not _EMAIL.match(address.strip()):
            raise business_rule(f'The email address "{address.strip()}" is not valid.')


def check_date_formula(edit: Edit, *names: str) -> None:
    """Date formulas such as ``1M+10D`` or ``CM``; stored in capitals."""
    for name in names:
        text = edit.sent.get(name, "").replace(" ", "").upper()
        if not _DATE_FORMULA.match(text):
            raise ApiError(
                400,
                "Application_EvaluateException",
                f"The value '{text}' can't be evaluated into type DateFormula.",
            )
        if name in edit.sent:
            edit.values[name] = text.strip("<>")
