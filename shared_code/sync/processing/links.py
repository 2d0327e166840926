"""The couplings through which a batch's lookups are translated, loaded as they are needed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from shared_code.core.conversion import RATE_FIELD
from shared_code.core.coupling import Coupling, CouplingState
from shared_code.core.lookups import UNCOUPLED_PREFIX, target_id
from shared_code.core.mapping import FieldMapping, FieldType, Mapping
from shared_code.core.records import ZERO_ID, Row, Side, Value, Values
from shared_code.core.references import reference_key
from shared_code.runtime import Runtime
from shared_code.sync.parts import ConnectionParts

AT_ONCE = 4
"""Mappings whose couplings are read at a time."""


class LinkTable:
    """Couplings of other mappings, by BC id, BC reference and Sales id.

    ``load`` asks storage for what rows refer to; the rest answers from memory.  A coupling that is not
    there is asked for again the next time, because it may have come to be meanwhile.
    """

    def __init__(self, at: ConnectionParts, mapping: Mapping, runtime: Runtime | None = None) -> None:
        """With a ``runtime`` several mappings are asked at a time."""
        self._runtime = runtime
        self._at = at
        self._mapping = mapping
        self._couplings: dict[tuple[str, str, str], Coupling] = {}
        self._rates: dict[tuple[str, str], Decimal | None] = {}
        self._there: set[tuple[str, str]] = set()

    def load(self, side: Side, rows: Iterable[Row]) -> None:
        """Load the couplings that these rows of ``side`` refer to."""
        wanted: dict[tuple[str, str], set[str]] = {}
        rows = list(rows)
        lines = [Row(row.id, row.version, line) for row in rows for line in row.lines]
        own = [(each, rows) for each in self._mapping.lookups]
        theirs = [(each, lines) for each in (self._mapping.lines.lookups if self._mapping.lines else ())]
        for each, some in own + theirs:
            # Many rows refer to few records: what they hold is looked at once.
            told = {_told(each, side, row.values): row for row in some}
            for key in dict.fromkeys(key for row in told.values() for key in _keys(each, side, row)):
                index = "bc" if key == ZERO_ID else _index(each, side)
                for mapping in each.lookup:
                    if (mapping, index, key) not in self._couplings:
                        wanted.setdefault((mapping, index), set()).add(key)
        asked = [(mapping, partial(self._read, mapping, index, sorted(keys)))
                 for (mapping, index), keys in wanted.items() if keys]  # fmt: skip
        calls = [call for _, call in asked]
        found = self._runtime.run_all(calls, AT_ONCE) if self._runtime else [call() for call in calls]
        for (mapping, _), couplings in zip(asked, found, strict=True):
            self._take(mapping, couplings)

    def load_neutral(self, held: Iterable[Values]) -> None:
        """Load the couplings that neutral values refer to, such as the journal keeps of an earlier time."""
        held = list(held)
        for each in self._mapping.lookups:
            index = _index(each, Side.BC)
            named = {value for values in held if isinstance(value := values.get(each.name), str) and value}
            for mapping in each.lookup:
                keys = [key for key in sorted(named) if (mapping, index, key) not in self._couplings]
                known = [key for key in keys if not key.startswith(UNCOUPLED_PREFIX)]
                if known:
                    self._take(mapping, self._read(mapping, index, known))

    def bc_key(self, mapping: str, sales_id: str, by_reference: bool) -> str | None:
        coupling = self._couplings.get((mapping, "sales", sales_id))
        if coupling is None:
            return None
        if by_reference and coupling.bc_id != ZERO_ID:
            return coupling.reference or None
        return coupling.bc_id

    def sales_id(self, mapping: str, bc_key: str, by_reference: bool) -> str | None:
        coupling = self._couplings.get((mapping, "reference" if by_reference else "bc", bc_key))
        return coupling.sales_id if coupling else None

    def rate(self, mapping: str, bc_id: str) -> Decimal | None:
        """Units of the currency for one of the local currency: both rates are towards a common base."""
        if (mapping, bc_id) not in self._rates:
            own, local = (self._rate_to_base(mapping, each) for each in (bc_id, ZERO_ID))
            self._rates[mapping, bc_id] = own / local if own and local else None
        return self._rates[mapping, bc_id]

    def held(self, mapping: str, bc_key: str, by_reference: bool, field: str) -> Value:
        coupling = self._couplings.get((mapping, "reference" if by_reference else "bc", bc_key))
        return coupling.base.bc.get(field) if coupling and coupling.base else None

    def is_there(self, mapping: str, bc_key: str) -> bool:
        return (mapping, bc_key) in self._there

    def note_there(self, mapping: str, bc_ids: Iterable[str]) -> None:
        """These records of Business Central were asked for just now, and are there."""
        self._there.update((mapping, each) for each in bc_ids)

    def _rate_to_base(self, mapping: str, bc_id: str) -> Decimal | None:
        coupling = self._couplings.get((mapping, "bc", bc_id))
        rate: Value = coupling.base.bc.get(RATE_FIELD) if coupling and coupling.base else None
        return rate if isinstance(rate, Decimal) else None

    def _read(self, mapping: str, index: str, keys: list[str]) -> list[Coupling]:
        store = self._at.couplings(mapping)
        if index == "reference":
            return list(store.by_reference(keys).values())
        found = store.load(Side(index), keys).values()
        return [each for each in found if isinstance(each, Coupling)]

    def _take(self, mapping: str, couplings: Iterable[Coupling]) -> None:
        self._rates.clear()
        for each in couplings:
            if each.state is CouplingState.COUPLED:
                self._couplings[mapping, "bc", each.bc_id] = each
                self._couplings[mapping, "sales", each.sales_id] = each
                if each.reference:
                    self._couplings[mapping, "reference", each.reference] = each


def _pointed_at(each: FieldMapping, row: Row) -> Value:
    """What a lookup of Sales leads to, or else the column it falls back to."""
    return row.values.get(each.sales[0]) or row.values.get(each.sales_fallback or "")


def _index(each: FieldMapping, side: Side) -> str:
    if side is Side.SALES:
        return "sales"
    return "reference" if each.by_reference else "bc"


def _told(each: FieldMapping, side: Side, values: Values) -> tuple[Value, ...]:
    """All that the keys of a row depend on."""
    if each.type is FieldType.LOCAL_AMOUNT:
        return (values.get(each.bc_currency or ""),)
    if side is Side.SALES:
        return (values.get(each.sales[0]), values.get(each.sales_fallback or ""))
    return (values.get(each.bc or "", each.constant), values.get(each.bc_within or ""))


def _keys(each: FieldMapping, side: Side, row: Row) -> tuple[str, ...]:
    """The keys a row refers to other records with; blank refers to nothing."""
    if each.type is FieldType.LOCAL_AMOUNT:
        currency = row.values.get(each.bc_currency or "") if side is Side.BC else None
        # A rate leads from the local currency to the record's: both are needed.
        return (str(currency).strip().lower(), ZERO_ID) if currency not in (None, "", ZERO_ID) else ()
    value = row.values.get(each.bc or "", each.constant) if side is Side.BC else _pointed_at(each, row)
    if value in (None, ""):
        return (ZERO_ID,) if side is Side.BC and each.blank_is_record else ()
    if value == ZERO_ID and not each.blank_is_record:
        return ()
    if side is Side.SALES:
        return (target_id(value),)
    if not each.by_reference:
        return (str(value).strip().lower(),)
    key = reference_key([row.values.get(each.bc_within), value] if each.bc_within else [value])
    return (key,) if key else ()
