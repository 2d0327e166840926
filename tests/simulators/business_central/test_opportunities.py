"""Opportunities: what may change while they are open, and what is computed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.business_central.client import ROBERT, Client
from tests.simulators.business_central.shop import STARTED, WON, shop


@pytest.fixture
def bc() -> Client:
    return shop()


def test_new_opportunity_is_not_started_and_dated_today(bc: Client) -> None:
    row = bc.post("opportunities", {"description": "Bänke"}).json
    assert (row["number"], row["status"], row["closed"]) == ("OP100003", "Not_x0020_Started", False)
    assert (row["creationDate"], row["dateClosed"]) == ("2027-01-15", "0001-01-01")
    assert row["systemCreatedAt"] == row["lastModifiedDateTime"] == "2027-01-15T08:00:00Z"


def test_names_of_the_contact_are_computed_on_each_read(bc: Client) -> None:
    made = bc.post("opportunities", {"contactNumber": "ct000002"}).json
    assert (made["contactName"], made["contactCompanyName"]) == ("Robert Townes", "Adatum Corporation")
    bc.patch(f"contacts({ROBERT})", {"displayName": "Rob Townes"})
    row = bc.get(f"opportunities({made['id']})").json
    assert (row["contactName"], row["@odata.etag"]) == ("Rob Townes", made["@odata.etag"])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"contactNumber": "NOPE"}, "Internal_InvalidTableRelation"),
        ({"salespersonCode": "NOPE"}, "Internal_InvalidTableRelation"),
        ({"salespersonCode": "OLD"}, "Internal_InvalidTableRelation"),
        ({"status": "Won"}, "BadRequest_InvalidOperation"),
        ({"estimatedValue": 5}, "BadRequest_InvalidOperation"),
        ({"contactName": "Ann"}, "BadRequest_InvalidOperation"),
        ({"number": "OP100001"}, "Internal_EntityWithSameKeyExists"),
        ({"description": "x" * 101}, "Application_StringExceededLength"),
    ],
)
def test_opportunity_that_does_not_fit_is_refused(bc: Client, sent: dict[str, Any], code: str) -> None:
    assert bc.post("opportunities", sent).error == (400, code)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"contactNumber": "CT000001"}, 'The "contactNumber of a Won or Lost Opportunity cannot be changed'),
        ({"salespersonCode": "HR"}, 'The "salespersonCode" of a Won or Lost Opportunity cannot be changed'),
    ],
)
def test_contact_and_salesperson_of_a_closed_opportunity_stay(
    bc: Client, sent: dict[str, Any], text: str
) -> None:
    reply = bc.patch(f"opportunities({WON})", sent)
    assert reply.error == (400, "Application_DialogException")
    assert reply.json["error"]["message"].startswith(text)
    assert bc.patch(f"opportunities({WON})", {"description": "More"}).status == 200


def test_contact_of_a_started_opportunity_stays_within_its_company(bc: Client) -> None:
    assert bc.patch(f"opportunities({STARTED})", {"contactNumber": "CT000001"}).status == 200
    refused = bc.patch(f"opportunities({STARTED})", {"contactNumber": "CT000009"})
    assert refused.error == (400, "Application_DialogException")
    fresh = bc.post("opportunities", {"contactNumber": "CT000001"}).json["id"]
    assert bc.patch(f"opportunities({fresh})", {"contactNumber": "CT000009"}).status == 200


def test_active_opportunity_is_not_deleted(bc: Client) -> None:
    assert bc.delete(f"opportunities({STARTED})").error == (400, "Application_DialogException")
    assert bc.delete(f"opportunities({WON})").status == 204


def test_renamed_contact_is_renamed_in_opportunities(bc: Client) -> None:
    bc.patch(f"contacts({ROBERT})", {"number": "CT777777"})
    assert bc.get(f"opportunities({STARTED})").json["contactNumber"] == "CT777777"


def test_stages_move_in_the_client_only(bc: Client) -> None:
    values = {"status": "Lost", "closed": True, "dateClosed": "2027-01-15"}
    bc.control(
        "POST", "rows", {"company": "CRONUS", "table": "opportunities", "id": STARTED, "values": values}
    )
    row = bc.get(f"opportunities({STARTED})").json
    assert {name: row[name] for name in values} == values
