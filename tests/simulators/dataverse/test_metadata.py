"""Metadata endpoints, functions, actions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.dataverse.support import CLIENT, Client, make

ACCOUNT = "EntityDefinitions(LogicalName='account')"
PICKLIST = (
    f"{ACCOUNT}/Attributes(LogicalName='paymenttermscode')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
)


def options_of(client: Client) -> dict[int, str]:
    answer = client.get(f"{PICKLIST}?$select=LogicalName&$expand=OptionSet")
    options = answer.json["OptionSet"]["Options"]
    return {option["Value"]: option["Label"]["UserLocalizedLabel"]["Label"] for option in options}


def test_tracked_tables_can_be_listed(client: Client) -> None:
    path = "EntityDefinitions?$select=LogicalName,ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled"
    rows = client.get(f"{path}&$filter=ChangeTrackingEnabled%20eq%20true").rows
    assert {"account", "contact"} <= {row["LogicalName"] for row in rows}
    assert "sdkmessage" not in {row["LogicalName"] for row in rows}
    assert rows[0].keys() == {
        "MetadataId",
        "LogicalName",
        "ChangeTrackingEnabled",
        "IsOptimisticConcurrencyEnabled",
    }


def test_lengths_need_a_cast(client: Client) -> None:
    column = f"{ACCOUNT}/Attributes(LogicalName='name')"
    assert client.get(f"{column}?$select=LogicalName,MaxLength").status == 400
    cast = f"{column}/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=LogicalName,MaxLength"
    assert client.get(cast).json["MaxLength"] == 160


def test_all_text_columns_at_once(client: Client) -> None:
    path = (
        f"{ACCOUNT}/Attributes/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=LogicalName,MaxLength"
    )
    lengths = {row["LogicalName"]: row["MaxLength"] for row in client.get(path).rows}
    assert (lengths["accountnumber"], "creditlimit" in lengths) == (20, False)


def test_attributes_are_expanded_and_filtered(client: Client) -> None:
    path = f"{ACCOUNT}?$select=LogicalName&$expand=Attributes($select=LogicalName,AttributeType)"
    answer = client.get(path).json
    assert {"LogicalName": "name", "AttributeType": "String"}.items() <= next(
        one for one in answer["Attributes"] if one["LogicalName"] == "name"
    ).items()
    filtered = client.get(f"{ACCOUNT}/Attributes?$select=LogicalName&$filter=IsPrimaryName%20eq%20true").rows
    assert [row["LogicalName"] for row in filtered] == ["name"]


def test_relationships_tell_the_names_lookups_are_written_by(client: Client) -> None:
    path = "EntityDefinitions(LogicalName='contact')/ManyToOneRelationships"
    select = "?$select=ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName"
    found = {
        (row["ReferencingAttribute"], row["ReferencedEntity"]): row["ReferencingEntityNavigationPropertyName"]
        for row in client.get(path + select).rows
    }
    assert found["parentcustomerid", "account"] == "parentcustomerid_account"
    assert found["ownerid", "owner"] == "ownerid"
    assert found["transactioncurrencyid", "transactioncurrency"] == "transactioncurrencyid"
    assert client.get(f"{path}/x").status == 404
    assert client.get(f"{path}?$select=Targets").status == 400


def test_options_of_a_choice(client: Client) -> None:
    assert options_of(client) == {1: "Net 30", 2: "2% 10, Net 30", 3: "Net 45", 4: "Net 60"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("EntityDefinitions(LogicalName='nosuch')", 404),
        (f"{ACCOUNT}/Attributes(LogicalName='nosuch')", 404),
        (f"{ACCOUNT}/Nosuch", 404),
        (f"{ACCOUNT}?$select=Nosuch", 400),
        (f"{ACCOUNT}?$top=1", 400),
        (f"{ACCOUNT}/Attributes?$expand=OptionSet", 400),
    ],
)
def test_wrong_metadata_requests_are_refused(client: Client, path: str, status: int) -> None:
    assert client.get(path).status == status


def insert(client: Client, **more: Any) -> Any:
    label = {"LocalizedLabels": [{"Label": "Net 90", "LanguageCode": 1033}]}
    body = {"EntityLogicalName": "account", "AttributeLogicalName": "paymenttermscode", "Label": label}
    return client.post("InsertOptionValue", body | more)


def test_an_inserted_option_can_be_used_at_once(client: Client) -> None:
    value = insert(client).json["NewOptionValue"]
    assert options_of(client)[value] == "Net 90"
    assert client.post("accounts", {"name": "x", "paymenttermscode": value}).status == 204
    assert insert(client, Value=77).json["NewOptionValue"] == 77


def test_wrong_options_are_refused(client: Client) -> None:
    assert insert(client, Value=1).status == 400
    assert insert(client, AttributeLogicalName="name").status == 400
    assert insert(client, Label=None).status == 400
    users = {CLIENT: {"name": "app", "customizer": False}}
    assert insert(Client(make(users=users))).code == "0x80040220"


def test_change_tracking_can_be_switched_on_and_never_off(client: Client) -> None:
    path = "EntityDefinitions(LogicalName='businessunit')"
    assert client.get("businessunits?$select=name", prefer="odata.track-changes").status == 400
    definition = client.get(path).json | {"ChangeTrackingEnabled": True}
    assert client.send("PUT", path, definition, {"MSCRM.MergeLabels": "true"}).status == 204
    assert client.get("businessunits?$select=name", prefer="odata.track-changes").status == 200
    assert client.send("PUT", path, definition | {"ChangeTrackingEnabled": False}).status == 400


def test_columns_and_keys_can_be_made(client: Client) -> None:
    column = {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        "SchemaName": "new_Key",
        "MaxLength": 36,
    }
    client.account("before")
    assert client.post(f"{ACCOUNT}/Attributes", column).status == 204
    assert client.post(f"{ACCOUNT}/Attributes", column).code == "0x80047013"
    account = client.account(new_key="k1")
    assert client.post(f"{ACCOUNT}/Keys", {"SchemaName": "new_K", "KeyAttributes": ["new_key"]}).status == 204
    keys = client.get(f"{ACCOUNT}/Keys?$select=KeyAttributes,EntityKeyIndexStatus").rows
    assert (keys[0]["KeyAttributes"], keys[0]["EntityKeyIndexStatus"]) == (["new_key"], "Active")
    assert client.get("accounts(new_key='k1')?$select=name").json["accountid"] == account


def test_functions_and_the_organisations_settings(client: Client) -> None:
    me = client.get("WhoAmI").json
    assert me.keys() == {"@odata.context", "BusinessUnitId", "UserId", "OrganizationId"}
    access = "EndpointAccessType'Default'"
    detail = client.get(f"RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.{access})").json[
        "Detail"
    ]
    assert detail["OrganizationId"] == me["OrganizationId"]
    settings = client.get("organizations?$select=expirechangetrackingindays,_basecurrencyid_value").rows[0]
    assert settings["_basecurrencyid_value"]
    client.account()
    counted = client.get("RetrieveTotalRecordCount(EntityNames=['account'])").json
    assert counted["EntityRecordCountCollection"]["Values"] == [1]
    assert client.post("PublishAllXml", {}).status == 204
    assert client.post("NoSuchAction", {}).status == 404
