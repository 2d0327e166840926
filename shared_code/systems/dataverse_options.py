"""A choice column's options as a table: ``options:account.paymenttermscode``.

An option's record id is its number; its values are ``value`` and ``label``.  Options are metadata and have no
versions: a version is made of the label.  Synchronising reads them only; adding one is a customisation of
the table, an administrator's own step (``Choices``).
Sources: Microsoft docs webapi/query-metadata-web-api.md, reference/insertoptionvalue.md, publishxml.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from shared_code.core.records import Row, Value, Version
from shared_code.systems import dataverse_batch as batch
from shared_code.systems import odata
from shared_code.systems.errors import fault
from shared_code.systems.http import AnswerLost, Call, Client, checked_address
from shared_code.systems.interface import (
    Change,
    Creation,
    Cursor,
    Page,
    Refused,
    Removal,
    Sighting,
    SystemUnavailable,
    Table,
)

PREFIX = "options:"
OPTION_MISSING = "OptionMissing"
"""The code of a refusal: there is no such option."""
MAX_OPTIONS = 10_000
_WATERMARK = Cursor('{"kind":"options"}')
_STAMP = "0" * 20


def is_options(table: Table) -> bool:
    """Whether ``table`` is a choice's list of options."""
    return table.name.startswith(PREFIX)


def scan(client: Client, root: str, table: Table) -> Page:
    """All options, each time: one request."""
    found = _options(client, root, table, "scan")
    seen = tuple(Sighting(one.id, one.version, _only(one.values, table.scan_columns)) for one in found)
    return Page(seen, watermark=_WATERMARK)


def read(client: Client, root: str, table: Table, ids: Sequence[str]) -> Mapping[str, Row]:
    """The options with these numbers."""
    wanted = set(ids)
    return {one.id: one for one in _options(client, root, table, "read") if one.id in wanted}


def find(client: Client, root: str, table: Table, column: str, values: Sequence[Value]) -> list[Row]:
    """Options whose ``label`` or ``value`` is one of ``values``, regardless of case."""
    wanted = {str(value).strip().casefold() for value in values if value is not None}
    found = _options(client, root, table, "find")
    return [one for one in found if str(one.values.get(column)).strip().casefold() in wanted]


def starting(client: Client, root: str, table: Table, column: str, text: str, limit: int) -> list[Row]:
    """Options whose ``label`` or ``value`` begins with a text, regardless of case."""
    start = text.strip().casefold()
    found = _options(client, root, table, "find")
    fit = [one for one in found if str(one.values.get(column)).strip().casefold().startswith(start)]
    return sorted(fit, key=lambda one: str(one.values.get(column)).casefold())[:limit]


def refuse(table: Table, write: Creation | Change | Removal) -> Refused:
    """What any write to options comes to, with the way out."""
    entity, attribute = _column(table)
    label = None if isinstance(write, Removal) else write.values.get("label")
    wish = f"add the option {label!r}" if isinstance(write, Creation) else "change the option"
    return Refused(
        OPTION_MISSING,
        f"Synchronising does not change customisations: {wish} in Sales (table {entity}, column {attribute}) "
        "and publish it.",
    )


class Choices:
    """The choice columns of one organisation.  Adding needs a system customizer's rights."""

    def __init__(self, client: Client, environment_url: str) -> None:
        self._client = client
        self._root = checked_address(environment_url, "Sales") + batch.API_PATH

    def add(self, table: Table, labels: Sequence[str]) -> list[str]:
        """Add an option for each label that has none, and publish; which were added.

        A repeat adds nothing twice: what is there is asked first.  The change of the schema can end the
        validity of change tracking's links; the next look then reads the table whole.
        Raises ``AccessDenied`` and ``SystemUnavailable``.
        """
        present = _options(self._client, self._root, table, "customise")
        known = {str(each.values["label"]).strip().casefold() for each in present}
        new = [each for each in dict.fromkeys(labels) if each.strip().casefold() not in known]
        for label in new:
            self._act("InsertOptionValue", _insertion(table, label))
        if new:
            entity, _ = _column(table)
            document = f"<importexportxml><entities><entity>{entity}</entity></entities></importexportxml>"
            self._act("PublishXml", {"ParameterXml": document})
        return new

    def _act(self, action: str, body: Mapping[str, object]) -> None:
        content = odata.dumps(body).encode("ascii")
        call = Call("customise", "POST", f"{self._root}/{action}", dict(batch.JSON_BODY), content, False)
        try:
            answer = self._client.send(call)
        except AnswerLost as lost:
            raise SystemUnavailable(f"{lost}. Ask again: what was added is not added twice.") from lost
        if not answer.ok:
            raise fault(answer.error, f"Sales' action {action}")


def _insertion(table: Table, label: str) -> dict[str, object]:
    entity, attribute = _column(table)
    words = [{"Label": label, "LanguageCode": LANGUAGE}]
    return {
        "EntityLogicalName": entity,
        "AttributeLogicalName": attribute,
        "Label": {"LocalizedLabels": words},
    }


LANGUAGE = 1033
"""Codes are the same in every language; English is the base language an organisation nearly always has."""


def _column(table: Table) -> tuple[str, str]:
    entity, _, attribute = table.name.removeprefix(PREFIX).partition(".")
    return odata.name(entity), odata.name(attribute)


def _options(client: Client, root: str, table: Table, kind: str) -> list[Row]:
    entity, attribute = _column(table)
    path = (
        f"{root}/EntityDefinitions(LogicalName='{entity}')/Attributes(LogicalName='{attribute}')"
        "/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
    )
    url = odata.address(
        path, select="LogicalName", expand="OptionSet($select=Options),GlobalOptionSet($select=Options)"
    )
    answer = batch.get(client, url, kind, f"options of {entity}.{attribute}", Consistency="Strong")
    try:
        return _rows(odata.mapping(answer.data))
    except ValueError as error:
        raise SystemUnavailable(f"Sales' options of {entity}.{attribute}: {error}.") from error


def _rows(data: Mapping[str, object]) -> list[Row]:
    chosen = data.get("OptionSet") or data.get("GlobalOptionSet")
    options = odata.mapping(chosen).get("Options")
    if not isinstance(options, list) or len(options) > MAX_OPTIONS:
        raise ValueError("the answer has no list of options")
    return [_row(odata.mapping(option)) for option in options]


def _row(option: Mapping[str, object]) -> Row:
    value = option.get("Value")
    if not isinstance(value, int):
        raise ValueError("an option without number")
    label = _label(option.get("Label"))
    digest = hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Row(str(value), Version(f'W/"{digest}"', _STAMP), {"value": value, "label": label})


def _label(label: object) -> str:
    """The label in the user's language, else the first one."""
    if not isinstance(label, dict):
        return ""
    localized = label.get("LocalizedLabels")
    others = localized if isinstance(localized, list) else []
    found = [one.get("Label") for one in (label.get("UserLocalizedLabel"), *others) if isinstance(one, dict)]
    return str(next((text for text in found if text), ""))


def _only(values: Mapping[str, Value], names: Sequence[str]) -> dict[str, Value]:
    return {name: values.get(name) for name in names}
