"""What a table's module tells the simulator about it, and questions that several modules ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.dataverse.bodies import Changes
from local.simulators.dataverse.business_errors import Fault
from local.simulators.dataverse.errors import REQUIRED_MISSING, Refused, bad_request
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.people import Caller
from local.simulators.dataverse.schema import Table
from local.simulators.dataverse.store import Row, comparable

CURRENCY = "_transactioncurrencyid_value"
STATE_COLUMNS = frozenset({"statecode", "statuscode"})


@dataclass
class Draft:
    """A row about to be stored: what was sent, and the row as it will be; rules change ``values``.

    ``before`` is None for a new row.  ``by_action`` marks the write of an action (WinOpportunity …), which
    may do what a plain update may not.
    """

    org: Organisation
    caller: Caller
    table: Table
    row_id: str
    changes: Changes
    values: dict[str, Any]
    kinds: dict[str, str]
    before: Row | None = None
    by_action: bool = False
    kept: set[str] = field(default_factory=set)
    """Properties that rules set with ``keep``: amounts among them are converted anew."""

    @property
    def creating(self) -> bool:
        return self.before is None

    def old(self, name: str) -> Any:
        """The value stored before."""
        return None if self.before is None else self.before.values.get(name)

    def sent(self, *names: str) -> bool:
        """Whether the caller wrote one of these properties."""
        return any(name in self.changes.values for name in names)

    def changed(self, name: str) -> bool:
        """Whether the row's value differs from the one stored before."""
        return bool(self.values.get(name) != self.old(name))

    def behind(self, name: str, table: str) -> Row | None:
        """The row of a table that a lookup points at."""
        return row_behind(self.org, self.values, name, table)

    def keep(self, name: str, value: Any) -> None:
        """Set a value, or clear it when None."""
        self.kept.add(name)
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value


def _nothing(*_: object) -> None:
    """The rule of a table that has none."""


@dataclass(frozen=True, slots=True)
class TableRules:
    """How a table behaves beyond its columns.  Each function may raise ``Refused``.

    ``prepare`` fills in before states, texts and amounts are computed, ``check`` refuses after that,
    ``saved`` writes elsewhere once the row is stored.  ``deleting`` may refuse a caller's deletion,
    ``deleted`` follows any; ``assigned`` follows an owner that came from above.  ``loading`` completes a
    row that is put in as it is, ``loaded`` follows it.
    """

    prepare: Callable[[Draft], None] = _nothing
    check: Callable[[Draft], None] = _nothing
    saved: Callable[[Draft, Row], None] = _nothing
    deleting: Callable[[Organisation, Row], None] = _nothing
    deleted: Callable[[Organisation, Caller, Row], None] = _nothing
    assigned: Callable[[Organisation, Caller, Row], None] = _nothing
    loading: Callable[[Draft], None] = _nothing
    loaded: Callable[[Organisation, Row], None] = _nothing


def row_behind(org: Organisation, values: Mapping[str, Any], name: str, table: str) -> Row | None:
    """The row of a table that a lookup among ``values`` points at."""
    target = values.get(name)
    return None if target is None else org.store.get(table, target)


def rows_pointing(org: Organisation, table: str, name: str, target_table: str, target: str) -> Iterator[Row]:
    """The rows of a table whose lookup property ``name`` points at a row."""
    for other_table, other_id in org.store.referrers(target_table, target):
        row = org.store.get(other_table, other_id) if other_table == table else None
        if row is not None and row.values.get(name) == target:
            yield row


def require(draft: Draft, **faults: Fault | None) -> None:
    """Refuse a missing property: with its own error, else as a required column.

    Names of lookups are given without the underscores around them.
    """
    for name, fault in faults.items():
        read_name = draft.table.columns[name].read_name
        if draft.values.get(read_name) is None:
            raise required_missing(draft.table, name) if fault is None else fault.refused()


def required_missing(table: Table, name: str) -> Refused:
    """400 for a required column that is not sent or cleared."""
    return bad_request(f"Required field '{name}' is missing for {table.name}.", REQUIRED_MISSING)


def refuse_taken(draft: Draft, name: str, fault: Fault, *, among: str | None = None) -> None:
    """Refuse a value that another row has; among those with the same ``among`` only."""
    wanted = comparable(draft.values.get(name))
    if wanted is None or not (draft.creating or draft.changed(name)):
        return
    for row in draft.org.store.tables[draft.table.name].rows.values():
        same = row.id != draft.row_id and comparable(row.values.get(name)) == wanted
        if same and (among is None or row.values.get(among) == draft.values.get(among)):
            raise fault.refused()


def refuse_inactive_customer(draft: Draft, name: str, fault: Fault) -> None:
    """An inactive account or contact cannot become the customer of a document."""
    kind = draft.kinds.get(name)
    if not draft.sent(name) or kind is None:
        return
    customer = draft.behind(name, kind)
    if customer is not None and customer.values.get("statecode") == 1:
        raise fault.refused()


def follow_customer(draft: Draft) -> None:
    """``accountid`` and ``contactid`` of a document follow its customer."""
    customer, kind = draft.values.get("_customerid_value"), draft.kinds.get("_customerid_value")
    draft.keep("_accountid_value", customer if kind == "account" else None)
    draft.keep("_contactid_value", customer if kind == "contact" else None)


def refuse_other_currency(draft: Draft, fault: Fault) -> None:
    """A record with a price list has the currency of it."""
    price_list = draft.behind("_pricelevelid_value", "pricelevel")
    if price_list is not None and price_list.values.get(CURRENCY) != draft.values.get(CURRENCY):
        raise fault.refused()


def edits_more_than_state(draft: Draft) -> bool:
    """Whether an update writes anything but state and status reason."""
    return not STATE_COLUMNS.issuperset(draft.changes.values)
