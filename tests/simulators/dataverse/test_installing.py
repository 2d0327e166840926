"""What an installer does: users by roles, importing a solution, change tracking; and what is refused."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.simulators.dataverse import Dataverse
from local.simulators.dataverse.roles import ADMINISTRATOR
from local.simulators.wire import ManualClock
from tests.simulators.dataverse.support import OTHER_CLIENT, Client, make
from tools.solution.package import package
from tools.solution.source import read

ROOT = Path(__file__).parents[3]
SOLUTION = read(ROOT)
ZIP = package(SOLUTION, managed=True)
ADMIN = "person admin@contoso.com"


@pytest.fixture
def service(clock: ManualClock) -> Dataverse:
    made = make(clock=clock)
    for name, roles in (("admin", ["System Administrator"]), ("maker", ["System Customizer"])):
        body = {"name": name, "alias": f"{name}@contoso.com", "roles": roles}
        assert Client(made).send("POST", "/_control/users", body).status == 200
    return made


@pytest.fixture
def admin(service: Dataverse) -> Client:
    return Client(service, ADMIN)


def imported(admin: Client, clock: ManualClock, content: bytes = ZIP) -> dict[str, Any]:
    """The operation of an import, after its time."""
    answer = admin.send("POST", "ImportSolutionAsync", wish(content))
    assert answer.status == 200, answer.raw
    clock.sleep(5)
    path = f"asyncoperations({answer.json['AsyncOperationId']})?$select=statecode,statuscode,message"
    found: dict[str, Any] = admin.send("GET", path).json
    return found


def wish(content: bytes = ZIP) -> dict[str, Any]:
    text = base64.b64encode(content).decode()
    return {"OverwriteUnmanagedCustomizations": False, "PublishWorkflows": True, "CustomizationFile": text}


def changed(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The zip with other files in it; None leaves one out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ZIP)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def application_user(admin: Client) -> str:
    unit = admin.send("GET", "WhoAmI").json["BusinessUnitId"]
    body = {"applicationid": OTHER_CLIENT, "businessunitid@odata.bind": f"/businessunits({unit})"}
    answer = admin.send("POST", "systemusers", body, {"Prefer": "return=representation"})
    assert answer.status == 201, answer.raw
    return str(answer.json["systemuserid"])


def give(admin: Client, user: str, role: str) -> int:
    body = {"@odata.id": f"https://contoso.crm.dynamics.com/api/data/v9.2/roles({role})"}
    return admin.send("POST", f"systemusers({user})/systemuserroles_association/$ref", body).status


def test_an_administrator_is_known_by_the_template_of_its_role(admin: Client) -> None:
    me = admin.send("GET", "WhoAmI").json["UserId"]
    path = f"systemusers({me})/systemuserroles_association?$select=name,_roletemplateid_value"
    assert [each["_roletemplateid_value"] for each in admin.send("GET", path).json["value"]] == [
        ADMINISTRATOR
    ]


def test_an_imported_solution_brings_columns_table_and_role(admin: Client, clock: ManualClock) -> None:
    assert imported(admin, clock)["statuscode"] == 30
    [solution] = admin.send("GET", "solutions?$select=uniquename,version,ismanaged").json["value"]
    assert (solution["uniquename"], solution["version"], solution["ismanaged"]) == ("Tandem", "1.0.0.0", True)
    assert admin.send("GET", "accounts?$select=tandem_companyid").status == 200
    assert admin.send("GET", "tandem_businesscentralorders").status == 200
    [role] = admin.send("GET", "roles?$filter=name eq 'Tandem Synchronisation'").json["value"]
    assert role["roleid"] == SOLUTION.role["id"]


def test_until_it_is_done_an_import_is_in_progress_and_no_other_may_begin(
    admin: Client, clock: ManualClock
) -> None:
    first = admin.send("POST", "ImportSolutionAsync", wish()).json
    found = admin.send("GET", f"asyncoperations({first['AsyncOperationId']})").json
    assert (found["statecode"], found["statuscode"]) == (2, 20)
    assert admin.send("GET", "accounts?$select=tandem_companyid").status == 400
    second = admin.send("POST", "ImportSolutionAsync", wish())
    assert (second.status, second.json["error"]["code"]) == (400, "0x80071151")


def test_the_same_version_may_come_again_and_a_lower_one_not(admin: Client, clock: ManualClock) -> None:
    assert imported(admin, clock)["statuscode"] == 30
    assert imported(admin, clock)["statuscode"] == 30
    lower = changed(lambda name, text: text.replace(b"<Version>1.0.0.0<", b"<Version>0.9.0.0<"))
    found = imported(admin, clock, lower)
    assert found["statuscode"] == 31
    assert "0x80048541" in found["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda name, text: None if name == "solution.xml" else text, "solution.xml is missing"),
        (lambda name, text: None if name.startswith("WebResources/") else text, "web resource"),
        (lambda name, text: text.replace(b'type="61"', b'type="66"'), "root components"),
        (lambda name, text: text.replace(b"prvReadOrder", b"prvReadSalesOrder"), "prvReadSalesOrder"),
        (lambda name, text: text.replace(b"<Override", b"<Other"), "says nothing of"),
        (lambda name, text: text.replace(b"<Type>nvarchar<", b"<Type>text<"), "text of"),
    ],
)
def test_a_zip_that_the_service_would_refuse_fails_with_its_reason(
    admin: Client, clock: ManualClock, change: Callable[[str, bytes], bytes | None], said: str
) -> None:
    found = imported(admin, clock, changed(change))
    assert found["statuscode"] == 31
    assert said in found["message"]


def test_an_application_user_may_do_nothing_before_it_has_a_role(admin: Client, clock: ManualClock) -> None:
    imported(admin, clock)
    user = application_user(admin)
    app = Client(admin.service, f"app {OTHER_CLIENT}")
    assert app.send("GET", "WhoAmI").json["UserId"] == user
    assert app.send("GET", "accounts").status == 403
    assert give(admin, user, SOLUTION.role["id"]) == 204
    assert app.send("GET", "accounts").status == 200
    assert app.send("POST", "accounts", {"name": "Fabrikam"}).status == 204
    held = admin.send("GET", f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()").json
    names = {each["PrivilegeName"] for each in held["RolePrivileges"]}
    assert "prvReadOrder" in names
    assert "prvDeleteAccount" not in names
    [account] = app.send("GET", "accounts?$select=accountid").json["value"]
    assert app.send("DELETE", f"accounts({account['accountid']})").status == 403


def test_only_an_administrator_gives_roles(admin: Client, clock: ManualClock) -> None:
    imported(admin, clock)
    user = application_user(admin)
    maker = Client(admin.service, "person maker@contoso.com")
    assert give(maker, user, SOLUTION.role["id"]) == 403
    assert maker.send("POST", "ImportSolutionAsync", wish()).status == 200


def test_a_second_user_of_the_same_application_is_refused(admin: Client) -> None:
    application_user(admin)
    unit = admin.send("GET", "WhoAmI").json["BusinessUnitId"]
    body = {"applicationid": OTHER_CLIENT, "businessunitid@odata.bind": f"/businessunits({unit})"}
    assert admin.send("POST", "systemusers", body).json["error"]["code"] == "0x8004F511"


def test_a_definition_that_is_not_whole_is_refused(admin: Client) -> None:
    path = "EntityDefinitions(LogicalName='salesorderdetail')"
    assert admin.send("PUT", path, {"ChangeTrackingEnabled": True}).status == 400
    whole = admin.send("GET", path).json | {"ChangeTrackingEnabled": True}
    assert admin.send("PUT", path, whole).status == 204
    assert admin.send("GET", f"{path}?$select=ChangeTrackingEnabled").json["ChangeTrackingEnabled"] is True


def a_team(admin: Client) -> str:
    unit = admin.send("GET", "WhoAmI").json["BusinessUnitId"]
    me = admin.send("GET", "WhoAmI").json["UserId"]
    body = {"name": "Owners", "teamtype": 0, "businessunitid@odata.bind": f"/businessunits({unit})",
            "administratorid@odata.bind": f"/systemusers({me})"}  # fmt: skip
    answer = admin.send("POST", "teams", body, {"Prefer": "return=representation"})
    assert answer.status == 201, answer.raw
    return str(answer.json["teamid"])


def test_a_team_owns_rows_once_a_role_lets_it_read_their_table(admin: Client, clock: ManualClock) -> None:
    imported(admin, clock)
    team = a_team(admin)
    row = {"name": "Fabrikam", "ownerid@odata.bind": f"/teams({team})"}
    assert admin.send("POST", "accounts", row).json["error"]["code"] == "0x80040231"
    role = {"@odata.id": f"https://contoso.crm.dynamics.com/api/data/v9.2/roles({SOLUTION.role['id']})"}
    assert admin.send("POST", f"teams({team})/teamroles_association/$ref", role).status == 204
    [listed] = admin.send("GET", f"teams({team})/teamroles_association?$select=name").json["value"]
    assert listed["name"] == "Tandem Synchronisation"
    assert admin.send("POST", "accounts", row).status == 204


def test_a_teams_privileges_are_told_by_the_ids_that_the_definitions_of_tables_tell(
    admin: Client, clock: ManualClock
) -> None:
    imported(admin, clock)
    team = a_team(admin)
    path = f"teams({team})/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges()"
    assert admin.send("GET", path).json["RolePrivileges"] == []
    role = {"@odata.id": f"https://contoso.crm.dynamics.com/api/data/v9.2/roles({SOLUTION.role['id']})"}
    admin.send("POST", f"teams({team})/teamroles_association/$ref", role)
    held = {each["PrivilegeId"] for each in admin.send("GET", path).json["RolePrivileges"]}
    query = "EntityDefinitions?$select=Privileges&$filter=EntitySetName eq 'salesorders'"
    [order] = admin.send("GET", query).json["value"]
    of_orders = {each["PrivilegeType"]: each for each in order["Privileges"]}
    assert of_orders["Read"]["Name"] == "prvReadOrder"
    assert of_orders["Read"]["PrivilegeId"] in held
    assert of_orders["Delete"]["PrivilegeId"] not in held
