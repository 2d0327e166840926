"""An administrator who signs in once: what Sales lacks is made, nothing twice, and faults are told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from local.simulation.world import StepRuntime
from local.simulators.adapter import InProcessAdapter
from local.simulators.dataverse import Dataverse, Options
from local.simulators.tokens import Identity, StaticVerifier
from local.simulators.wire import ManualClock, Request
from shared_code.sync.doctor.findings import Finding, Level
from shared_code.sync.setup.preparing import UNFINISHED, Wanted, is_complete, prepare
from shared_code.systems.auth import FixedTokens
from shared_code.systems.dataverse_installer import Installer
from shared_code.systems.http import Client
from shared_code.systems.session import new_session
from shared_code.systems.solution import packed
from shared_code.systems.throttle import LocalPermits
from tests.simulators.dataverse.support import Client as Person
from tests.simulators.dataverse.support import Header

URL = "https://contoso.crm.dynamics.com"
TENANT, APP = "9f2a6c1e-0000-4000-8000-000000000001", "11111111-0000-4000-8000-00000000000a"
SETS = ("accounts", "contacts", "systemusers")
ROLES = {
    "admin": ["System Administrator", "System Customizer"],
    "boss": ["System Administrator"],
    "maker": ["System Customizer"],
    "clerk": [],
}


@dataclass
class Made:
    """An organisation that nobody prepared."""

    clock: ManualClock
    service: Dataverse
    runtime: StepRuntime

    def installer(self, person: str) -> Installer:
        session = new_session(2)
        session.mount("https://", InProcessAdapter(self.service, self.clock))
        permits = LocalPermits(self.runtime, 1)
        tokens = FixedTokens(person)
        return Installer(Client(session, tokens, "", self.runtime, permits, system_name="Sales"), URL)

    def prepare(self, person: str = "admin", wait_s: float = 150.0) -> list[Finding]:
        wanted = Wanted(APP, packed(), SETS, self.clock.now + wait_s)
        return list(prepare(self.installer(person), wanted, self.runtime))

    def as_app(self) -> Person:
        return Person(self.service, f"app {APP}")

    def control(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.service.handle(Request("POST", f"/_control/{path}", {}, json.dumps(body).encode()))
        assert answer.status == 200, answer.body
        return json.loads(answer.body)


class Anybody:
    """``Bearer NAME`` is the person of that name; everything else as the other tests have it."""

    def verify(self, authorization: str | None) -> Identity:
        kind, _, name = (authorization or "").partition(" ")
        if kind == "Bearer":
            return Identity(TENANT, APP, f"{name}@contoso.com", URL)
        return Header().verify(authorization)


@pytest.fixture
def made() -> Made:
    clock = ManualClock()
    options = Options(change_tracking={}, import_s=5.0)
    found = Made(
        clock, Dataverse(clock, Anybody(), options, tenant_id=TENANT, control=True), StepRuntime(clock)
    )
    for name, roles in ROLES.items():
        found.control("users", {"name": name, "alias": f"{name}@contoso.com", "roles": roles})
    return found


def texts(found: list[Finding]) -> str:
    return "\n".join(f"{each.level} {each.subject}: {each.text}" for each in found)


def test_an_organisation_that_nobody_touched_is_prepared_by_one_sign_in(made: Made) -> None:
    found = made.prepare()
    assert is_complete(found), texts(found)
    assert {each.level for each in found} == {Level.OK}, texts(found)
    app = made.as_app()
    assert app.send("GET", "accounts?$select=tandem_companyid").status == 200
    tracked = app.send("GET", "accounts?$select=name", headers={"prefer": "odata.track-changes"})
    assert "@odata.deltaLink" in tracked.json


@pytest.mark.conforms(
    "139195.GetSolutionVersion", "139195.GetBaseSolutionVersion", "139196.ActionIntegrationSolutions"
)
def test_a_second_preparation_changes_nothing_and_tells_the_version_that_is_there(made: Made) -> None:
    made.prepare()
    before = made.service.org.store.version
    found = made.prepare()
    assert made.service.org.store.version == before
    assert "the solution: Tandem 1.0.0.0 is there" in texts(found)
    assert "was imported" not in texts(found)


@pytest.mark.parametrize(
    ("person", "lacks"),
    [("maker", "System Administrator"), ("clerk", "System Administrator and System Customizer")],
)
def test_who_lacks_the_roles_changes_nothing(made: Made, person: str, lacks: str) -> None:
    [found] = made.prepare(person)
    assert (found.level, found.text) == (Level.FAULT, f"whoever signed in lacks the role {lacks}")
    assert not made.service.org.store.tables["solution"].rows


def test_an_administrator_needs_no_second_role(made: Made) -> None:
    assert is_complete(made.prepare("boss"))


def test_an_import_that_takes_long_goes_on_and_the_next_sign_in_finds_it_done(made: Made) -> None:
    assert made.prepare(wait_s=1.0)[-1] == UNFINISHED
    assert made.prepare(wait_s=1.0)[-1] == UNFINISHED, "it goes on, and there is no time to wait for it"
    made.clock.sleep(60)
    assert is_complete(made.prepare(wait_s=1.0))


def test_an_import_that_a_preparation_before_began_is_waited_for_and_not_begun_again(made: Made) -> None:
    assert made.prepare(wait_s=1.0)[-1] == UNFINISHED
    found = made.prepare()
    assert is_complete(found), texts(found)
    assert "is there" in texts(found)
    assert len(made.service.org.store.tables["importjob"].rows) == 1


def test_rights_that_somebody_took_from_the_role_are_listed_table_by_table(made: Made) -> None:
    made.prepare()
    held = made.service.org.people.roles.held
    for role, names in held.items():
        held[role] = names - {"prvReadOrder", "prvWriteOrder", "prvCreateContact"}
    found = made.prepare()
    assert [each.text for each in found if each.level is Level.WARNING] == [
        "lacks Create on Contact", "lacks Read, Write on Order",
    ]  # fmt: skip


def test_a_user_that_is_an_administrator_is_told(made: Made) -> None:
    made.prepare()
    roles = made.service.org.people.roles
    administrator = next(role for role, template in roles.templates.items() if template.startswith("6270"))
    user = made.service.org.people.by_client.get(APP) or next(
        row.id for row in made.service.org.store.tables["systemuser"].rows.values()
        if row.values.get("applicationid") == APP
    )  # fmt: skip
    roles.given[user].add(administrator)
    assert "it is an administrator" in texts(made.prepare())


def test_a_user_that_is_switched_off_stops_the_preparation(made: Made) -> None:
    made.prepare()
    store = made.service.org.store
    row = next(
        one for one in store.tables["systemuser"].rows.values() if one.values.get("applicationid") == APP
    )
    store.put("systemuser", row.id, row.values | {"isdisabled": True}, {})
    assert "it is switched off" in texts(made.prepare())


def test_a_verifier_that_knows_nobody_is_a_fault_with_a_remedy(made: Made) -> None:
    made.service._verifier = StaticVerifier({})
    [found] = made.prepare()
    assert found.level is Level.FAULT
    assert found.remedy
