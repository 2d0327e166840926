"""Reads that do not see everything: the lagging replica, and transactions that commit late."""

from __future__ import annotations

import pytest

from tests.simulators.business_central.client import ADATUM, COMPANY, Client

PRIMARY = {"data_access_intent": "ReadWrite"}


@pytest.fixture
def lagging() -> Client:
    return Client(replica_lag_s=5.0)


def test_read_after_write_is_stale_unless_the_primary_is_asked(lagging: Client) -> None:
    lagging.patch(f"customers({ADATUM})", {"city": "Rome"})
    assert lagging.get(f"customers({ADATUM})").json["city"] == "Atlanta"
    assert lagging.get("customers").rows[0]["city"] == "Atlanta"
    assert lagging.get(f"customers({ADATUM})", **PRIMARY).json["city"] == "Rome"
    lagging.clock.sleep(5)
    assert lagging.get(f"customers({ADATUM})").json["city"] == "Rome"


def test_creation_and_deletion_lag_too(lagging: Client) -> None:
    created = lagging.customers(1)[0]
    lagging.delete(f"customers({ADATUM})")
    assert [row["id"] for row in lagging.get("customers").rows] == [ADATUM]
    assert [row["id"] for row in lagging.get("customers", **PRIMARY).rows] == [created]
    lagging.clock.sleep(5)
    assert [row["id"] for row in lagging.get("customers").rows] == [created]
    assert lagging.get(f"customers({ADATUM})").status == 404


def test_replica_shows_each_version_in_its_time(lagging: Client) -> None:
    seen = []
    for city in ("A", "B", "C"):
        lagging.patch(f"customers({ADATUM})", {"city": city})
        lagging.clock.sleep(3)
        seen.append(lagging.get(f"customers({ADATUM})").json["city"])
    assert seen == ["Atlanta", "A", "B"]


def test_stale_page_filters_by_what_it_shows(lagging: Client) -> None:
    lagging.clock.sleep(10)
    stamp = "2027-01-15T08:00:05Z"
    lagging.patch(f"customers({ADATUM})", {"city": "Rome"})
    query = f"customers?$filter=lastModifiedDateTime ge {stamp}&$orderby=lastModifiedDateTime"
    assert lagging.get(query).rows == []
    assert len(lagging.get(query, **PRIMARY).rows) == 1


def test_late_commit_shows_an_old_stamp_after_newer_ones() -> None:
    bc = Client(late_commit_s=60.0)
    path = f"companies({COMPANY})/customers"
    late = bc.api("POST", path, {"displayName": "Late"}, token="person").json
    bc.clock.sleep(10)
    early = bc.post("customers", {"displayName": "Early"}).json
    assert {row["displayName"] for row in bc.get("customers", **PRIMARY).rows} == {
        "Adatum Corporation",
        "Early",
    }
    bc.clock.sleep(50)
    assert bc.get(f"customers({late['id']})").json["displayName"] == "Late"
    assert late["lastModifiedDateTime"] < early["lastModifiedDateTime"]


def test_write_on_top_of_a_late_one_commits_both() -> None:
    bc = Client(late_commit_s=60.0)
    path = f"companies({COMPANY})/customers({ADATUM})"
    bc.api("PATCH", path, {"city": "Rome"}, token="person", if_match="*")
    assert bc.get(f"customers({ADATUM})").json["city"] == "Atlanta"
    stale = bc.get(f"customers({ADATUM})").json["@odata.etag"]
    assert bc.patch(f"customers({ADATUM})", {"creditLimit": 5}, stale).status == 409
    bc.patch(f"customers({ADATUM})", {"creditLimit": 5})
    row = bc.get(f"customers({ADATUM})").json
    assert (row["city"], row["creditLimit"]) == ("Rome", 5)


def test_rolled_back_write_hides_nothing(lagging: Client) -> None:
    url = f"companies({COMPANY})/customers"
    parts = [{"method": "POST", "url": url, "body": {"displayName": name}} for name in ("A", "")]
    lagging.batch(*parts, isolation="snapshot")
    assert len(lagging.get("customers").rows) == 1
    lagging.clock.sleep(10)
    assert len(lagging.get("customers").rows) == 1


def test_a_late_deletion_shows_at_once() -> None:
    bc = Client(late_commit_s=60.0)
    assert (
        bc.api("DELETE", f"companies({COMPANY})/customers({ADATUM})", if_match="*", token="person").status
        == 204
    )
    assert bc.get(f"customers({ADATUM})").status == 404
    assert bc.get("customers").rows == []
