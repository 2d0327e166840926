"""Conditions by seed: what each service does to a caller, whom it spares, and what is counted."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from local.simulators.conditions import Condition, Extent
from local.simulators.dataverse import Dataverse
from local.simulators.faults import Fault, FaultPlan, FaultyService, Scope
from local.simulators.odd import odd_number, odd_text, units
from local.simulators.wire import ManualClock, Request, Response
from tests.simulators.business_central.client import ADATUM, COMPANY
from tests.simulators.business_central.client import Client as BusinessCentralClient
from tests.simulators.dataverse.support import Client as SalesClient
from tests.simulators.dataverse.support import make

ALWAYS = 1.0
CUSTOMER = f"customers({ADATUM})"


class BusinessCentralUnderTest(BusinessCentralClient):
    """The usual client, with the conditions of a plan in between."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inner = self.bc
        self.faulty = FaultyService(self.inner, FaultPlan(), self.clock, control=True)
        self.bc = self.faulty  # type: ignore[assignment]


class SalesUnderTest(SalesClient):
    def __init__(self, clock: ManualClock) -> None:
        self.inner = make(clock=clock)
        self.faulty = FaultyService(self.inner, FaultPlan(), clock, control=True)
        super().__init__(self.faulty)  # type: ignore[arg-type]


@pytest.fixture
def bc() -> BusinessCentralUnderTest:
    return BusinessCentralUnderTest()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sales(clock: ManualClock) -> SalesUnderTest:
    return SalesUnderTest(clock)


def plan(*kinds: Condition, rate: float = ALWAYS, **more: Any) -> FaultPlan:
    return FaultPlan(rates=dict.fromkeys(kinds, rate), **more)


def fired(service: FaultyService) -> dict[str, int]:
    return {kind: times for kind, times in service.report()["fired"].items() if times}


def test_a_stale_read_shows_an_older_version_and_the_primary_the_present_one(
    bc: BusinessCentralUnderTest,
) -> None:
    bc.faulty.replace(plan(Condition.STALE_READ, extent=Extent(stale_s=30)))
    bc.patch(CUSTOMER, {"city": "Rome"})
    bc.clock.sleep(20)
    assert bc.get(CUSTOMER).json["city"] == "Atlanta"
    assert bc.get("customers").rows[0]["city"] == "Atlanta"
    assert bc.get(CUSTOMER, data_access_intent="ReadWrite").json["city"] == "Rome"
    assert fired(bc.faulty) == {"stale_read": 2}
    bc.clock.sleep(11)
    assert bc.get(CUSTOMER).json["city"] == "Rome"
    assert fired(bc.faulty) == {"stale_read": 2}, "what shows nothing older is no stale read"


def test_a_write_on_top_of_a_stale_read_is_refused(bc: BusinessCentralUnderTest) -> None:
    bc.faulty.replace(plan(Condition.STALE_READ))
    bc.patch(CUSTOMER, {"city": "Rome"})
    stale = bc.get(CUSTOMER).json["@odata.etag"]
    assert bc.patch(CUSTOMER, {"city": "Oslo"}, stale).error == (409, "Request_EntityChanged")


def test_what_a_person_writes_in_business_central_commits_later_than_its_stamp(
    bc: BusinessCentralUnderTest,
) -> None:
    bc.faulty.replace(plan(Condition.LATE_COMMIT, extent=Extent(late_s=60)))
    bc.api("PATCH", f"companies({COMPANY})/{CUSTOMER}", {"city": "Rome"}, token="person", if_match="*")
    written_at = "2027-01-15T08:00:00Z"
    assert bc.get(CUSTOMER, data_access_intent="ReadWrite").json["city"] == "Atlanta"
    bc.clock.sleep(60)
    seen = bc.get(CUSTOMER).json
    assert (seen["city"], seen["lastModifiedDateTime"]) == ("Rome", written_at)
    assert fired(bc.faulty) == {"late_commit": 1}


def test_what_an_application_writes_is_seen_at_once(bc: BusinessCentralUnderTest) -> None:
    bc.faulty.replace(plan(Condition.LATE_COMMIT))
    bc.patch(CUSTOMER, {"city": "Rome"})
    assert bc.get(CUSTOMER).json["city"] == "Rome"
    assert fired(bc.faulty) == {}


def test_what_a_person_writes_in_sales_commits_late_too(sales: SalesUnderTest, clock: ManualClock) -> None:
    sales.faulty.replace(plan(Condition.LATE_COMMIT, extent=Extent(late_s=60)))
    sales.control("POST", "create", {"table": "account", "values": {"name": "Late"}})
    assert sales.get("accounts?$select=name").rows == []
    clock.sleep(60)
    assert [row["name"] for row in sales.get("accounts?$select=name").rows] == ["Late"]
    assert fired(sales.faulty) == {"late_commit": 1}


def test_an_expired_token_stays_expired_and_a_new_one_is_good(sales: SalesUnderTest) -> None:
    start = "accounts?$select=name"
    link = sales.get(start, prefer="odata.track-changes").json["@odata.deltaLink"]
    sales.faulty.replace(plan(Condition.EXPIRED_TOKEN, limit=1))
    for _ in range(2):
        refused = sales.get(link)
        assert refused.status == 400
        assert "full sync" in refused.json["error"]["message"]
    again = sales.get(start, prefer="odata.track-changes").json["@odata.deltaLink"]
    assert sales.get(again).status == 200
    assert fired(sales.faulty) == {"expired_token": 1}


def test_a_right_lacks_for_one_table_and_one_action_and_for_a_while(bc: BusinessCentralUnderTest) -> None:
    bc.faulty.replace(plan(Condition.MISSING_PRIVILEGE, limit=1, extent=Extent(denied_s=60)))
    assert bc.get("customers").error == (403, "Authorization_RequestDenied")
    assert bc.get("customers").status == 403
    assert bc.get("contacts").status == 200
    assert bc.patch(CUSTOMER, {"city": "Rome"}).status == 200
    bc.clock.sleep(60)
    assert bc.get("customers").status == 200
    assert fired(bc.faulty) == {"missing_privilege": 1}


def test_sales_names_the_privilege_that_lacks(sales: SalesUnderTest, clock: ManualClock) -> None:
    account = sales.account()
    sales.faulty.replace(plan(Condition.MISSING_PRIVILEGE, limit=1, only=Scope("PATCH")))
    refused = sales.patch(f"accounts({account})", {"name": "b"})
    assert (refused.status, refused.json["error"]["code"]) == (403, "0x80040220")
    assert "prvWriteAccount" in refused.json["error"]["message"]
    assert sales.get(f"accounts({account})").status == 200
    sales.faulty.replace(FaultPlan())
    assert sales.patch(f"accounts({account})", {"name": "b"}).status == 204, "the end of the plan ends it"


def odd_rows(bc: BusinessCentralUnderTest, seed: int) -> list[dict[str, Any]]:
    bc.faulty.replace(plan(Condition.ODD_DATA, seed=seed, limit=20))
    for _ in range(40):
        bc.get("customers?$top=1")
    assert fired(bc.faulty) == {"odd_data": 20}
    bc.faulty.replace(FaultPlan())
    return bc.get("customers").rows + bc.get("contacts").rows


def test_odd_data_is_written_by_seed_and_within_the_service_s_rules(bc: BusinessCentralUnderTest) -> None:
    before = bc.get("customers").rows + bc.get("contacts").rows
    seen = odd_rows(bc, 7)
    assert seen != before
    assert seen == odd_rows(BusinessCentralUnderTest(), 7)
    assert seen != odd_rows(BusinessCentralUnderTest(), 8)
    entity = bc.inner.env.types["customers"]
    for row in bc.get("customers").rows:
        for prop in entity.properties.values():
            if prop.max_length and prop.name in row:
                assert units(row[prop.name]) <= prop.max_length


def test_odd_data_in_sales_is_a_change_that_is_told(sales: SalesUnderTest) -> None:
    account = sales.account()
    link = sales.get("accounts?$select=name", prefer="odata.track-changes").json["@odata.deltaLink"]
    sales.faulty.replace(plan(Condition.ODD_DATA, limit=1))
    assert [row["accountid"] for row in sales.get(link).rows] == [account]
    assert fired(sales.faulty) == {"odd_data": 1}


@pytest.mark.parametrize("longest", [1, 20, 100, 2_000, 100_000, None])
def test_an_odd_text_fits_and_all_kinds_come_up(longest: int | None) -> None:
    texts = {odd_text(random.Random(seed), longest) for seed in range(400)}
    assert max(map(units, texts)) == min(longest or 2_000, 2_000)
    assert "" in texts
    if longest != 1:
        assert any("😀" in text for text in texts)
        assert any(text != text.rstrip() for text in texts)
    if longest is None:
        assert {"مرحبا بالعالم", "doubled  inner  blanks", "x" * 2_000} <= texts


def test_an_odd_number_may_be_a_zero_with_a_sign() -> None:
    assert "-0.0" in {json.dumps(odd_number(random.Random(seed))) for seed in range(50)}


def test_by_rate_the_same_seed_gives_the_same_and_another_seed_others() -> None:
    def run(seed: int) -> list[int]:
        bc = BusinessCentralUnderTest()
        bc.faulty.replace(plan(Condition.MISSING_PRIVILEGE, rate=0.3, seed=seed, extent=Extent(denied_s=0)))
        return [bc.get("customers").status for _ in range(60)]

    assert run(3) == run(3)
    assert run(3) != run(4)
    assert 0 < run(3).count(403) < 40


def test_conditions_leave_the_faults_of_a_seed_as_they_are() -> None:
    def run(rates: dict[Fault | Condition, float]) -> list[int]:
        bc = BusinessCentralUnderTest()
        bc.faulty.replace(FaultPlan(5, {Fault.STATUS_503: 0.3, **rates}))
        return [index for index in range(60) if bc.get("customers").status == 503]

    assert run({}) == run({Condition.STALE_READ: 0.5, Condition.ODD_DATA: 0.2})


def test_only_requests_in_scope_meet_conditions(bc: BusinessCentralUnderTest) -> None:
    bc.faulty.replace(plan(Condition.MISSING_PRIVILEGE, only=Scope("GET", re.compile("contacts"))))
    assert bc.get("customers").status == 200
    assert bc.get("contacts").status == 403


def test_without_a_plan_nothing_is_met_and_nothing_is_kept(bc: BusinessCentralUnderTest) -> None:
    bc.patch(CUSTOMER, {"city": "Rome"})
    assert bc.get(CUSTOMER).json["city"] == "Rome"
    assert fired(bc.faulty) == {}
    (company,) = bc.inner.env.companies.values()
    assert not company.tables["customers"].changed_since(0.0)


def test_the_control_route_sets_conditions_and_how_far_they_go(bc: BusinessCentralUnderTest) -> None:
    body = {"seed": 3, "rates": {"stale_read": 1, "latency": 0}, "stale_s": 5}
    assert bc.control("POST", "faults", body).json["fired"]["stale_read"] == 0
    bc.patch(CUSTOMER, {"city": "Rome"})
    assert bc.get(CUSTOMER).json["city"] == "Atlanta"
    assert bc.control("GET", "faults").json["fired"]["stale_read"] == 1
    bc.clock.sleep(5)
    assert bc.get(CUSTOMER).json["city"] == "Rome"


class Plain:
    """A service without conditions."""

    def handle(self, request: Request) -> Response:
        return Response(200)


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        (Plain(), Condition.ODD_DATA),
        (make(), Condition.STALE_READ),
        (BusinessCentralClient().bc, Condition.EXPIRED_TOKEN),
    ],
)
def test_a_condition_the_service_cannot_have_is_refused(service: Any, kind: Condition) -> None:
    faulty = FaultyService(service, FaultPlan(), ManualClock(), control=True)
    body = json.dumps({"rates": {kind.value: 0.5}}).encode()
    refused = faulty.handle(Request("POST", "/_control/faults", {}, body))
    assert refused.status == 400
    assert kind.value in json.loads(refused.body)["error"]


def test_dataverse_tells_which_conditions_it_has() -> None:
    assert Dataverse.conditions == set(Condition) - {Condition.STALE_READ}
