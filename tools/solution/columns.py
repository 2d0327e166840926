"""A column and an alternate key as elements of customizations.xml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from tools.solution.source import Solution
from tools.solution.xml import child, labelled

XML_TYPES = {
    "String": "nvarchar",
    "Integer": "int",
    "Decimal": "decimal",
    "DateTime": "datetime",
    "Boolean": "bit",
}
COMMON = {
    "ImeMode": "auto",
    "ValidForUpdateApi": "1",
    "ValidForReadApi": "1",
    "ValidForCreateApi": "1",
    "IsCustomField": "1",
    "IsAuditEnabled": "0",
    "IsSecured": "0",
}
CUSTOMIZABLE = (
    "IsCustomizable",
    "IsRenameable",
    "CanModifySearchSettings",
    "CanModifyRequirementLevelSettings",
    "CanModifyAdditionalSettings",
)
DECIMAL_RANGE = ("-100000000000", "100000000000")
INTEGER_RANGE = ("-2147483648", "2147483647")


def add_column(
    parent: ET.Element, solution: Solution, column: dict[str, Any], *, is_name: bool = False
) -> None:
    """Adds one column; `is_name`: rows of the table are called by it.

    Common elements come first, then those of its type, then its labels.
    """
    name, language = column["logical_name"], solution.manifest["language"]
    element = child(parent, "attribute", PhysicalName=column["schema_name"])
    child(element, "Type", XML_TYPES[column["type"]])
    child(element, "Name", name)
    child(element, "LogicalName", name)
    child(element, "RequiredLevel", "none")
    mask = "PrimaryName|" if is_name else ""
    child(element, "DisplayMask", f"{mask}ValidForAdvancedFind|ValidForForm|ValidForGrid")
    for tag, value in COMMON.items():
        child(element, tag, value)
    child(element, "IntroducedVersion", column.get("introduced", "1.0.0.0"))
    for tag in CUSTOMIZABLE:
        child(element, tag, "1")
    child(element, "SourceType", "0")
    _OF_TYPE[column["type"]](element, column)
    if column["type"] == "Boolean":
        _yes_or_no(element, column, language)
    label = column.get("display_name", column["schema_name"])
    labelled(element, "displaynames", "displayname", label, language)
    labelled(element, "Descriptions", "Description", column.get("description", label), language)


def _text(element: ET.Element, column: dict[str, Any]) -> None:
    length = int(column["max_length"])
    child(element, "Format", "text")
    child(element, "MaxLength", length)
    child(element, "Length", 2 * length)


def _integer(element: ET.Element, column: dict[str, Any]) -> None:
    child(element, "Format", "")
    child(element, "MinValue", column.get("min", INTEGER_RANGE[0]))
    child(element, "MaxValue", column.get("max", INTEGER_RANGE[1]))


def _decimal(element: ET.Element, column: dict[str, Any]) -> None:
    child(element, "MinValue", column.get("min", DECIMAL_RANGE[0]))
    child(element, "MaxValue", column.get("max", DECIMAL_RANGE[1]))
    child(element, "Accuracy", column.get("precision", 5))


def _moment(element: ET.Element, column: dict[str, Any]) -> None:
    day_only = column.get("format") == "date"
    child(element, "Format", "date" if day_only else "datetime")
    child(element, "CanChangeDateTimeBehavior", "1")
    child(element, "Behavior", "2" if day_only else "1")


def _boolean(element: ET.Element, column: dict[str, Any]) -> None:
    child(element, "AppDefaultValue", "0")


def _yes_or_no(element: ET.Element, column: dict[str, Any], language: int) -> None:
    """The two options, under a name that is unique in the organisation: the table's with the column's."""
    options = child(element, "optionset", Name=f"{column['table']}_{column['logical_name']}")
    child(options, "OptionSetType", "bit")
    child(options, "IntroducedVersion", column.get("introduced", "1.0.0.0"))
    child(options, "IsCustomizable", "1")
    label = column.get("display_name", column["schema_name"])
    labelled(options, "displaynames", "displayname", label, language)
    labelled(options, "Descriptions", "Description", column.get("description", label), language)
    choices = child(options, "options")
    for value, text in (("1", "Yes"), ("0", "No")):
        choice = child(choices, "option", value=value, ExternalValue="", IsHidden="0")
        labelled(choice, "labels", "label", text, language)


_OF_TYPE: dict[str, Callable[[ET.Element, dict[str, Any]], None]] = {
    "String": _text,
    "Integer": _integer,
    "Decimal": _decimal,
    "DateTime": _moment,
    "Boolean": _boolean,
}


def add_key(parent: ET.Element, solution: Solution, key: dict[str, Any]) -> None:
    """Adds one alternate key."""
    element = child(parent, "EntityKey")
    child(element, "Name", key["schema_name"])
    child(element, "LogicalName", key["logical_name"])
    child(element, "IntroducedVersion", key.get("introduced", "1.0.0.0"))
    child(element, "IsCustomizable", "1")
    columns = child(element, "EntityKeyAttributes")
    for name in key["columns"]:
        child(columns, "AttributeName", name)
    label = key.get("display_name", key["schema_name"])
    labelled(element, "displaynames", "displayname", label, solution.manifest["language"])
