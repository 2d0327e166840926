"""The field mappings of the integration that Business Central has built in, and what becomes of them here.

``native_fields.tsv`` lists all 230: mapping, field, Dataverse column, direction, and the fields of API v2.0
or of the extension that mean the same (blank: no API has it, or it is a constant).  Source: the default
mappings of microsoft/BCApps, commit c3414ede3ec7bab5a928f312c1208dbd0f8e39a7 (MIT licence, © Microsoft
Corporation), ``CDSSetupDefaults`` and ``CRMSetupDefaults``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared_code.core.mapping import Direction, FieldMapping, Mapping, native_of
from shared_code.core.records import Side

LINES_OF = {"POSTEDSALESLINE-INV": "POSTEDSALESINV-INV", "SOLINE-ORDERDETAIL": "SALESORDER-ORDER"}
SAID_BY_THE_LOOKUP = {"owneridtype": "ownerid", "parentcustomeridtype": "parentcustomerid"}
"""Columns that name the table a lookup points to: the Web API says that with the lookup itself."""


@dataclass(frozen=True)
class Native:
    """One field mapping of the built-in integration."""

    mapping: str
    field: str
    column: str
    direction: Direction
    bc: frozenset[str]

    def __str__(self) -> str:
        return f"{self.mapping}: {self.field or 'constant'} ⇄ {self.column or 'constant'}"


class State(StrEnum):
    """What becomes of such a field in a mapping of Tandem."""

    CARRIED = "carried"
    ONE_WAY = "one way"
    """Flows both ways there and one way here; the other way is explained."""
    EXPLAINED = "explained"
    NEITHER = "neither"


def _native_fields() -> list[Native]:
    text = (Path(__file__).parent / "native_fields.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return [Native(m, f, column, _DIRECTIONS[d], frozenset(bc.split())) for m, f, column, d, bc in rows]


_DIRECTIONS = {"both": Direction.BIDIRECTIONAL} | {each.value: each for each in Direction}
NATIVE = _native_fields()


def native_of_mapping(name: str) -> list[Native]:
    """The built-in field mappings of what Tandem calls by this name."""
    return [each for each in NATIVE if each.mapping == name]


def state_of(native: Native, mapping: Mapping) -> State:
    """What ``mapping`` does with the field."""
    wanted = [side for side in Side if native.direction.flows_to(side)]
    carried = _carried_to(native, mapping)
    if carried == wanted:
        return State.CARRIED
    if not _is_explained(native, mapping):
        return State.NEITHER
    return State.ONE_WAY if carried else State.EXPLAINED


def _carried_to(native: Native, mapping: Mapping) -> list[Side]:
    """Of the sides it flows to, those to which fields with its column and its BC field flow."""
    fields = mapping.lines.fields if native.mapping in LINES_OF and mapping.lines else mapping.fields
    column = SAID_BY_THE_LOOKUP.get(native.column, native.column)
    if mapping.is_option_set and mapping.sales.table.endswith(f".{column}"):
        column = "label"
    carrying = [each for each in fields if _has(each, native, column)]
    targets = [side for side in Side if native.direction.flows_to(side)]
    return [side for side in targets if any(each.direction.flows_to(side) for each in carrying)]


def _has(each: FieldMapping, native: Native, column: str) -> bool:
    has_column = column in each.sales or (not column and not each.sales)
    is_constant = not native.field
    return has_column and (is_constant or not native.bc.isdisjoint(native_of(each, Side.BC)))


def _is_explained(native: Native, mapping: Mapping) -> bool:
    """Whether ``not_carried`` names the field and its column, with a reason."""
    column = SAID_BY_THE_LOOKUP.get(native.column, native.column)
    return any(
        native.field in entry.field and column in entry.field and len(entry.reason) > 20
        for entry in mapping.not_carried
    )
