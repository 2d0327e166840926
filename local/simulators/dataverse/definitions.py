"""Table and column definitions as the metadata endpoints show them.

Microsoft docs: webapi/query-metadata-web-api, reference/entitymetadata, reference/attributemetadata.
A property that only a derived type has (``MaxLength``, ``OptionSet``) needs a cast to that type.
"""

from __future__ import annotations

from typing import Any

from local.simulators.dataverse.conditions import guards_versions
from local.simulators.dataverse.organisation import Organisation
from local.simulators.dataverse.roles import ACTIONS, names_for
from local.simulators.dataverse.schema import Choice, Column, Table

Definition = dict[str, Any]
LANGUAGE = 1033
_TYPE_NAMES = {"Customer": "Lookup", "Owner": "Lookup", "Uniqueidentifier": "UniqueIdentifier"}
CHOICE_CASTS = frozenset({"Picklist", "State", "Status", "Boolean"})


def table_definition(org: Organisation, table: Table) -> Definition:
    """The plain properties of a table's EntityMetadata."""
    return {
        "MetadataId": org.fixed_id(f"table {table.name}"),
        "LogicalName": table.name,
        "SchemaName": table.schema_name,
        "LogicalCollectionName": table.set_name,
        "EntitySetName": table.set_name,
        "ObjectTypeCode": table.object_type_code,
        "PrimaryIdAttribute": table.id_name,
        "PrimaryNameAttribute": table.name_column,
        "OwnershipType": table.ownership,
        "IsCustomEntity": False,
        "ChangeTrackingEnabled": org.options.change_tracking.get(table.name, False),
        "CanChangeTrackingBeEnabled": _managed(True, "canchangetrackingbeenabled"),
        "IsOptimisticConcurrencyEnabled": guards_versions(org, table),
        "IsAuditEnabled": _managed(False, "canmodifyauditsettings"),
        "DisplayName": label(table.schema_name),
        "Privileges": [_privilege(org, table, action) for action in ACTIONS],
    }


def _privilege(org: Organisation, table: Table, action: str) -> Definition:
    """A SecurityPrivilegeMetadata (Microsoft docs: reference/securityprivilegemetadata)."""
    verb = ACTIONS[action]
    name = f"prv{verb}{names_for(org.schema, table.name)[0]}"
    levels = dict.fromkeys(("CanBeBasic", "CanBeLocal", "CanBeDeep", "CanBeGlobal"), True)
    return {**levels, "Name": name, "PrivilegeId": org.fixed_id(f"privilege {name}"), "PrivilegeType": verb}


def column_definition(org: Organisation, table: Table, column: Column) -> Definition:
    """The properties that every AttributeMetadata has."""
    return {
        "MetadataId": org.fixed_id(f"column {table.name}.{column.name}"),
        "LogicalName": column.name,
        "SchemaName": column.schema_name,
        "EntityLogicalName": table.name,
        "AttributeType": column.type,
        "AttributeTypeName": {"Value": f"{column.type}Type"},
        "IsPrimaryId": column.name == table.id_name,
        "IsPrimaryName": column.name == table.name_column,
        "IsValidForCreate": column.create,
        "IsValidForUpdate": column.update,
        "IsValidForRead": column.readable,
        "IsValidODataAttribute": True,
        "IsCustomAttribute": column.custom,
        "RequiredLevel": _managed(column.required, "canmodifyrequirementlevelsettings"),
        "DisplayName": label(column.schema_name),
    }


def typed_properties(column: Column) -> Definition:
    """What the column's own metadata type adds."""
    if column.type in ("String", "Memo"):
        return {"MaxLength": column.max_length, "Format": "Text" if column.type == "String" else "TextArea"}
    if column.type in ("Integer", "BigInt"):
        return {"MinValue": column.minimum, "MaxValue": column.maximum}
    if column.type == "Money":
        limits = {"MinValue": column.minimum, "MaxValue": column.maximum, "Precision": column.precision}
        return limits | {"PrecisionSource": column.precision_source}
    if column.type in ("Decimal", "Double"):
        return {"MinValue": column.minimum, "MaxValue": column.maximum, "Precision": column.precision}
    if column.type == "DateTime":
        behaviour = "DateOnly" if column.date_only else "UserLocal"
        return {"Format": column.date_format, "DateTimeBehavior": {"Value": behaviour}}
    return {"Targets": list(column.targets)} if column.is_lookup else {}


def metadata_type(column: Column) -> str:
    """The unqualified name of the column's metadata type."""
    return f"{_TYPE_NAMES.get(column.type, column.type)}AttributeMetadata"


def option_set(org: Organisation, table: Table, column: Column) -> Definition:
    """The OptionSet of a choice or two-option column."""
    head = {
        "MetadataId": org.fixed_id(f"options {table.name}.{column.name}"),
        "Name": f"{table.name}_{column.name}",
        "IsGlobal": False,
        "IsCustomOptionSet": column.custom,
        "OptionSetType": column.type,
    }
    if column.type != "Boolean":
        return head | {"Options": [_option(value, choice) for value, choice in column.options.items()]}
    labels = {value: column.options.get(value, Choice(name)) for value, name in ((1, "Yes"), (0, "No"))}
    return head | {"TrueOption": _option(1, labels[1]), "FalseOption": _option(0, labels[0])}


def key_definitions(org: Organisation, table: Table) -> list[Definition]:
    """The table's alternate keys."""
    return [
        {
            "MetadataId": org.fixed_id(f"key {table.name}.{key.name}"),
            "SchemaName": key.name,
            "LogicalName": key.name.lower(),
            "EntityLogicalName": table.name,
            "KeyAttributes": list(key.columns),
            "EntityKeyIndexStatus": key.status,
        }
        for key in table.keys
    ]


def relationship_definitions(org: Organisation, table: Table) -> list[Definition]:
    """The relationships in which the table's lookups point elsewhere (OneToManyRelationshipMetadata).

    An owner points to the table ``owner``, which stands for users and teams.
    """
    return [
        {
            "MetadataId": org.fixed_id(f"relationship {table.name}.{navigation}.{target}"),
            "SchemaName": f"{target}_{table.name}_{column.name}",
            "RelationshipType": "OneToManyRelationship",
            "ReferencingEntity": table.name,
            "ReferencingAttribute": column.name,
            "ReferencingEntityNavigationPropertyName": navigation,
            "ReferencedEntity": target,
            "ReferencedAttribute": f"{target}id",
        }
        for column in table.lookups
        for navigation, targets in column.navigations.items()
        for target in (("owner",) if column.type == "Owner" else targets)
    ]


def label(text: str) -> Definition:
    """A label with one language."""
    one = {"Label": text, "LanguageCode": LANGUAGE, "IsManaged": True}
    return {"LocalizedLabels": [one], "UserLocalizedLabel": one}


def _managed(value: Any, name: str) -> Definition:
    return {"Value": value, "CanBeChanged": True, "ManagedPropertyLogicalName": name}


def _option(value: int, choice: Choice) -> Definition:
    option: Definition = {"Value": value, "Label": label(choice.label), "Color": None}
    if choice.state is not None:
        option["State"] = choice.state
    if choice.default_status is not None:
        option["DefaultStatus"] = choice.default_status
    return option
