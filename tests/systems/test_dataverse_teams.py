"""The roles of a team against answers of all kinds: what they let it own, and answers that cannot be used."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from local.simulators.wire import Response
from shared_code.systems.dataverse_teams import TeamRoles, Teams
from shared_code.systems.interface import AccessDenied, SystemUnavailable
from tests.systems.conftest import Script, Surroundings

TEAM = "11111111-0000-0000-0000-000000000001"
READ, WRITE, OTHER = (f"22222222-0000-0000-0000-00000000000{n}" for n in range(3))
JSON = {"Content-Type": "application/json"}


def answer(body: object, status: int = 200) -> Response:
    return Response(status, JSON, json.dumps(body).encode())


def asked(surroundings: Surroundings, *answers: Response) -> tuple[Teams, Script]:
    script = Script(list(answers))
    return Teams(surroundings.client(script), "https://org.example"), script


def held(*ids: str) -> Response:
    return answer({"RolePrivileges": [{"PrivilegeId": each, "Depth": "Basic"} for each in ids]})


def definitions(**tables: str) -> Response:
    def told(kind: str, own: str) -> dict[str, Any]:
        return {"Name": "prvAnything", "PrivilegeId": own, "PrivilegeType": kind}

    rows = [
        {"EntitySetName": name, "Privileges": [told("Read", own), told("Write", WRITE)]}
        for name, own in tables.items()
    ]
    return answer({"value": rows})


ROLES = answer({"value": [{"name": "Sales"}, {"name": "Owners"}]})


def test_a_table_whose_privilege_to_read_is_held_may_be_owned_whatever_it_is_called(
    surroundings: Surroundings,
) -> None:
    teams, script = asked(
        surroundings, held(READ.upper(), OTHER), definitions(accounts=READ, contacts=TEAM), ROLES
    )
    assert teams.roles_of(TEAM, {"accounts", "contacts"}) == TeamRoles(("Owners", "Sales"), ("contacts",))
    paths = [unquote(each.target) for each in script.requests]
    assert len(paths) == 3
    assert "EntitySetName eq 'accounts' or EntitySetName eq 'contacts'" in paths[1]


def test_to_write_a_table_is_not_to_own_its_rows(surroundings: Surroundings) -> None:
    teams, _ = asked(surroundings, held(WRITE), definitions(accounts=READ), ROLES)
    assert teams.roles_of(TEAM, {"accounts"}).not_owning == ("accounts",)


def test_a_table_that_is_not_there_is_not_owned(surroundings: Surroundings) -> None:
    teams, _ = asked(surroundings, held(READ), definitions(), ROLES)
    assert teams.roles_of(TEAM, {"accounts"}).not_owning == ("accounts",)


@pytest.mark.parametrize("body", [{}, {"RolePrivileges": [{"Depth": "Basic"}]}, {"RolePrivileges": "none"}])
def test_an_answer_that_cannot_be_used_is_no_verdict(surroundings: Surroundings, body: object) -> None:
    teams, _ = asked(surroundings, answer(body), definitions(accounts=READ), ROLES)
    with pytest.raises(SystemUnavailable, match="roles of a team"):
        teams.roles_of(TEAM, {"accounts"})


def test_who_may_not_read_roles_is_told_so(surroundings: Surroundings) -> None:
    refusal = {"error": {"code": "0x80040220", "message": "prvReadRole is missing"}}
    teams, _ = asked(surroundings, answer(refusal, 403))
    with pytest.raises(AccessDenied, match="prvReadRole"):
        teams.roles_of(TEAM, {"accounts"})
