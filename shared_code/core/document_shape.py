"""The shape of a mapping's document: which keys each of its tables has, what may stand there, what they mean.

The one source of what a mapping file may say: ``document_reading.py`` reads by it and ``mapping_schema.py``
writes the JSON Schema from it.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any

from shared_code.core.condition_reading import Conditions
from shared_code.core.deletion_reading import Deletions
from shared_code.core.document_kinds import (
    WHOLE,
    Assigned,
    Choice,
    Kind,
    Names,
    Numbers,
    Pattern,
    RuleList,
    Single,
    States,
    Text,
    Texts,
    Truth,
    Whole,
)
from shared_code.core.fields import Direction, FieldType
from shared_code.core.mapping import ConflictRule, LeavingRule
from shared_code.core.records import Side

MAX_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.  ``missing``: what is told where it is needed and not there."""

    kind: Kind | Inner | Inners
    does: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of the document: its keys, and how it is called in a fault (``{name}``: by its own name)."""

    name: str
    keys: MappingOf[str, Key]
    called: str

    def label(self, document: MappingOf[str, Any]) -> str:
        """How this table of a document is called."""
        return self.called.format(name=document.get("name") or "(without a name)")


@dataclass(frozen=True, slots=True)
class Inner:
    """A table inside the table."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Inners:
    """A list of tables, between ``least`` and ``most``."""

    shape: Shape
    least: int = 0
    most: int = 1_000


_NO_NAME = Text("", needed=True)

ALSO = Shape("also", called="also", keys={
    "lookup": Key(Text("", needed=True), "The mapping through which an id is translated.",
                  "also: every table needs a {key}"),
    "target": Key(Text("", needed=True), "The further table of Sales, by its entity set.",
                  "also: every table needs a {key}"),
    "navigation": Key(Text("", needed=True), "The name the lookup is written by when it leads there.",
                      "also: every table needs a {key}"),
})  # fmt: skip

FIELD = Shape("field", called="field {name}", keys={
    "name": Key(_NO_NAME, "The field's own name.", "every field needs a name"),
    "type": Key(Choice(FieldType, FieldType.TEXT), "How the two sides' values are compared and converted."),
    "direction": Key(Choice(Direction), "Which way values flow; the mapping's where it is left out."),
    "bc": Key(Text(), "The field of Business Central."),
    "sales": Key(Names(), "The column of Sales, or several for a name in parts."),
    "group": Key(Text(), "Fields of one group merge and conflict as one value, such as an address."),
    "bc_length": Key(Whole(), "The longest text Business Central holds, in characters."),
    "sales_length": Key(Whole(), "The longest text Sales holds, in characters."),
    "places": Key(Whole(0), "Decimals that are kept."),
    "options": Key(Numbers(), "The number in Sales of each option of Business Central."),
    "states": Key(States(), "State and status reason of the Sales row for each value of Business Central."),
    "lookup": Key(Names(), "The mapping through which an id is translated, or several in order."),
    "by_reference": Key(Truth(), "Business Central carries a code or number, not the other record's id."),
    "target": Key(Text(), "The table of Sales that the lookup leads to, by its entity set."),
    "navigation": Key(Text(), "The name the lookup of Sales is written by."),
    "also": Key(Inners(ALSO), "Further tables of Sales that the lookup leads to, each through its mapping."),
    "constant": Key(Single(), "One value for all; {company_id}: the company's id, {template}: its template."),
    "keep_when_blank": Key(Truth(), "A blank source changes nothing."),
    "onward": Key(Truth(), "Of a state: it only moves on in the order of its states, never back."),
    "only_on_create": Key(Truth(), "Written at creation and never again."),
    "after_create": Key(Truth(), "Not part of a creation but written right after it."),
    "after_create_in_bc": Key(Truth(), "The same where it is Business Central that takes it only then."),
    "fixed_in_bc": Key(Truth(), "Given to Business Central at creation at most; never changed from Sales."),
    "given_in_bc_with": Key(Text(), "The field with whose value BC gives this one a value by itself."),
    "blank_is_record": Key(Truth(), "A blank reference means a record of its own (the local currency)."),
    "bc_fallback": Key(Text(), "The field of Business Central that is taken when the first is blank."),
    "bc_currency": Key(Text(), "The field with the currency that a local amount is converted to."),
    "bc_within": Key(Text(), "The field with the record within which the reference is unique."),
    "bc_when": Key(Text(), "A lookup to one record for all counts only where this field is not blank."),
    "sales_fallback": Key(Text(), "Where blank, this column leads through the last mapping of lookup."),
    "within_only": Key(
        Truth(), "Business Central carries what the reference is within: the item of a variant."
    ),
    "quiet": Key(
        Truth(), "While a lookup leads to no coupled record, the record is left alone and not listed."
    ),
    "over_when": Key(
        Assigned(), "A lookup leads nowhere to a record that held this when last in step and is gone."
    ),
    "optional": Key(Truth(), "A record that is not coupled counts as blank; one of BC with only_on_create."),
    "as_name": Key(Truth(), "Sales holds the name of a country and not its code."),
    "belongs": Key(Truth(), "Of a lookup: who uncouples the record it leads to uncouples this one, too."),
    "user_local": Key(Truth(), "The Sales column of a date holds an instant in the user's own time."),
    "rules": Key(RuleList(), "Transformation rules, one after the other."),
    "not_negative": Key(Truth(), "A number of Business Central below zero counts as zero."),
    "never_blank": Key(Truth(), "Sales needs a number there: a blank one is written as zero."),
    "exact": Key(Truth(), "A value that Sales stores differently is a problem."),
    "same_as": Key(Text(), "Of a line: counts only where the looked up record holds the same."),
    "without": Key(Names(), "Of a line: put only where none of these groups is."),
    "same_in": Key(Text(), "The record that this lookup leads to must hold the same, or nothing is created."),
    "kind": Key(Text(""), "Of a line: only of lines of this kind (product, written_in, freight, comment)."),
    "beside": Key(Truth(), "The Sales column is one of the row beside the record."),
    "compared_with": Key(Text(""), "A Sales column that must hold this amount once the record is created."),
    "refusal_is_told": Key(Truth(), "A change is sent although Sales takes the column at creation only."),
})  # fmt: skip

_MISSING = "{where}.{key} is missing"
IN_FORCE = Shape("in_force", called="in_force", keys={
    "within": Key(Names(), "Fields by which lines are read together and sorted.", _MISSING),
    "place": Key(Names(), "Further fields that make the place of a line.", _MISSING),
    "begins": Key(Text(""), "The field with the first day of a line.", _MISSING),
    "ends": Key(Text(""), "The field with the last day of a line.", _MISSING),
    "amount": Key(Text(""), "The line in force with the lowest of this field counts.", _MISSING),
})  # fmt: skip

MOVED_BY = Shape("moved_by", called="moved_by", keys={
    "table": Key(Text("", needed=True), "Numbered entries of the same API, by their entity set.", _MISSING),
    "shows": Key(Names(), "The record's fields that entries move.", _MISSING),
    "names": Key(Text(), "The entry's field with the record that it moves."),
    "by": Key(Text(), "The record's own field that names holds."),
    "entries": Key(Conditions(), "Only entries that meet these conditions count."),
    "among": Key(Conditions(), "Without names: the records that any entry may have moved."),
    "numbered": Key(Truth(True), "Whether they are numbered entries; else records with a time of change."),
})  # fmt: skip

PAGE = Shape("page", called="page", keys={
    "number": Key(Whole(None, 1, 1_999_999_999), "The number of the page.", _MISSING),
    "table": Key(Text("", needed=True), "The table it shows, as the web client calls it.", _MISSING),
    "field": Key(Text("SystemId"), "The field of that table by which a record is found."),
    "value": Key(Text("id"), "The field of the API that holds the same."),
})  # fmt: skip

LIVES_ON = Shape("lives_on", called="lives_on", keys={
    "table": Key(Text("", needed=True), "The table of API v2.0 that tells of it.", _MISSING),
    "names": Key(Text("", needed=True), "Its field that names the record.", _MISSING),
    "by": Key(Text("", needed=True), "The field of the mapping whose value it holds.", _MISSING),
    "then": Key(Assigned(), "What fields of the mapping hold from then on."),
    "or_names": Key(Text(""), "Another field that names it, where nobody knows the value of by."),
    "or_by": Key(Text(""), "The field of the mapping whose value that one holds."),
    "lines": Key(Text(""), "Lines that may name it where no row of the table does."),
    "lines_api": Key(Text(""), "The route of the API that tells these lines."),
    "lines_name": Key(Text(""), "The field of these lines that holds the value of by."),
})  # fmt: skip

BESIDE = Shape("beside", called="beside", keys={
    "table": Key(Text("", needed=True), "A table with one row for each record, under its id.", _MISSING),
    "key": Key(Text("", needed=True), "The column with the row's id.", _MISSING),
    "record": Key(Text("", needed=True), "Its lookup of the record.", _MISSING),
    "navigation": Key(Text("", needed=True), "The name that lookup is written by.", _MISSING),
    "transfer": Key(Text("", needed=True), "Its column that tells what became of the record.", _MISSING),
    "reason": Key(Text("", needed=True), "Its column that tells why it is not carried.", _MISSING),
})  # fmt: skip

NEW = Shape("new", called="new", keys={
    "when": Key(Conditions(), "A filter on the other side's record that the new one is made for."),
    "set": Key(Assigned(), "The values, by this side's fields.", _MISSING),
})  # fmt: skip

_BOTH: MappingOf[str, Key] = {
    "table": Key(Text("", needed=True), "The table, by its entity set.", _MISSING),
    "key": Key(Text("id"), "The field with the record's id."),
    "display": Key(Texts(), "Fields by which a person knows a record."),
    "filter": Key(Conditions(), "Which records are synchronised: all conditions must hold."),
    "creates_when": Key(Conditions(), "Further conditions for a partner to be created."),
    "reference": Key(Names(), "Fields by which other records point here."),
    "related": Key(Texts(), "Tables whose change counts as a change of this record."),
    "new": Key(Inners(NEW), "Values for records that Tandem makes here, written then and never again."),
    "deactivate": Key(Assigned(), "Values that take a record out of use, and so out of the filter."),
}
BC = Shape("bc", called="bc", keys={
    **_BOTH,
    "unstamped_while": Key(Conditions(), "Records that can change without a new time of change."),
    "api": Key(
        Pattern("[A-Za-z0-9]+/[A-Za-z0-9]+/v[0-9]+\\.[0-9]+", "a route such as publisher/group/v1.0"),
        "The route of an API other than v2.0.",
    ),
    "in_force": Key(Inner(IN_FORCE), "Dated lines of one place are one record: the line in force."),
    "lives_on": Key(Inner(LIVES_ON), "Where a record that vanished lives on (an order in its invoice)."),
    "found_by": Key(Text(""), "The field that alone tells which record a creation made."),
    "moved_by": Key(Inner(MOVED_BY), "Entries that change a record without a new time of change."),
    "page": Key(Inner(PAGE), "The page of the web client that opens a record."),
})  # fmt: skip
SALES = Shape("sales", called="sales", keys={
    **_BOTH,
    "company_column": Key(Text(), "The column with the id of the company a row belongs to."),
    "beside": Key(Inner(BESIDE), "A row beside each record, which Tandem alone writes."),
    "merged_into": Key(Text(), "The column that leads to the row that this one was merged into."),
    "reopened_by": Key(Numbers(), "Columns that make a row writable that is read only otherwise."),
})  # fmt: skip

_LINE = "lines.{key} is missing"
LINES = Shape("lines", called="lines", keys={
    "bc": Key(Text("", needed=True), "The collection of the lines in Business Central.", _LINE),
    "sales": Key(Text("", needed=True), "The collection of the rows in Sales.", _LINE),
    "table": Key(Text("", needed=True), "The table of the rows in Sales, by its entity set.", _LINE),
    "key": Key(Text("", needed=True), "The column with a row's id.", _LINE),
    "order": Key(Text("", needed=True), "The field of Business Central by which lines are sorted.", _LINE),
    "direction": Key(Choice(Direction, Direction.TO_SALES), "Where the lines are created."),
    "fields": Key(Inners(FIELD), "The fields of a line."),
})  # fmt: skip

MATCH = Shape("match", called="match", keys={
    "field": Key(Text("", needed=True), "The field whose equal value means the same record.",
                 "match: every key names a field"),
    "identifies": Key(Truth(), "Records without an equal value can never be the same."),
    "hints": Key(Truth(), "Equal values only suggest; such records wait for a person."),
    "together_with": Key(Names(), "Further fields that must be equal too."),
    "case_sensitive": Key(Truth(), "Whether capitals count."),
})  # fmt: skip
_NEEDS = "not_carried: {entry} needs a {key}"
NOT_CARRIED = Shape("not_carried", called="not_carried", keys={
    "field": Key(Text("", needed=True), "The field of the built-in integration.", _NEEDS),
    "reason": Key(Text("", needed=True), "Why it cannot be carried.", _NEEDS),
})  # fmt: skip

BRAKE = Shape("brake", called="brake", keys={
    "deleted_percent": Key(Whole(34, 1, 100), "Percent of coupled records that may be gone at once."),
    "changed_percent": Key(Whole(100, 1, 100), "Percent of them that may change within one look."),
})  # fmt: skip

MAPPING = Shape("mapping", called=WHOLE, keys={
    "name": Key(_NO_NAME, "The mapping's name, in capitals.", "the mapping needs a name"),
    "title": Key(Text(), "What people call it."),
    "direction": Key(Choice(Direction, Direction.TO_SALES), "Which way values flow.",
                     "the mapping needs a direction"),
    "bc": Key(Inner(BC), "The table of Business Central.", _MISSING),
    "sales": Key(Inner(SALES), "The table of Sales.", _MISSING),
    "fields": Key(Inners(FIELD, 1, MAX_FIELDS), "The fields that are kept in step.",
                  f"fields must list between 1 and {MAX_FIELDS} entries"),
    "depends_on": Key(Texts(), "Mappings that a full synchronisation runs before this one."),
    "match": Key(Inners(MATCH), "By what records of both sides are taken for the same, in order."),
    "not_carried": Key(Inners(NOT_CARRIED), "What the built-in integration carries and this mapping cannot."),
    "creates": Key(Truth(True), "Whether records are created; without, only coupled ones are synchronised."),
    "creates_only_in": Key(Choice(Side), "The only side on which records are created."),
    "shared": Key(Truth(), "Rows of Sales are shared by all companies."),
    "conflict": Key(Choice(ConflictRule, ConflictRule.ASK), "What is done about a conflict without asking."),
    "deletion": Key(Deletions(), "What is done when one of a pair was deleted: one rule, or one by side."),
    "leaving": Key(Choice(LeavingRule, LeavingRule.KEEP), "What becomes of a row whose record leaves."),
    "interval_s": Key(Whole(60), "How often changes are looked for, in seconds."),
    "sweep_hours": Key(Whole(24, 0, 8_760), "How often all records are looked at, in hours; 0: never."),
    "brake": Key(Inner(BRAKE), "How many records may be gone or changed at once before the mapping stops."),
    "lines": Key(Inner(LINES), "Rows that are created together with the record, once."),
})  # fmt: skip

SHAPES = (BRAKE, MAPPING, BC, SALES, ALSO, BESIDE, FIELD, IN_FORCE, LIVES_ON, MOVED_BY, PAGE, NEW, LINES,
          MATCH, NOT_CARRIED)  # fmt: skip
"""Every table there is."""
