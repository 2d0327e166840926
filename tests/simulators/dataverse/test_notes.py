"""Notes: what they hang on, what they hold, and that they go with their row."""

from __future__ import annotations

from tests.simulators.dataverse.sales import Catalogue, bind, made, row_of
from tests.simulators.dataverse.test_orders import SUBMITTED, change, order


def test_a_note_tells_what_it_hangs_on(catalogue: Catalogue) -> None:
    owner = order(catalogue)
    note = made(
        catalogue.client.post(
            "annotations", {"notetext": "Hi", **bind(objectid_salesorder=f"salesorders({owner})")}
        )
    )
    row = row_of(catalogue.client, f"annotations({note})")
    assert (row["_objectid_value"], row["objecttypecode"], row["isdocument"]) == (owner, "salesorder", False)


def test_a_row_that_is_read_only_takes_notes_and_takes_them_away(catalogue: Catalogue) -> None:
    owner = order(catalogue)
    change(catalogue, owner, SUBMITTED)
    body = {"notetext": "<p>Hi</p>", **bind(objectid_salesorder=f"salesorders({owner})")}
    note = made(catalogue.client.post("annotations", body))
    assert catalogue.client.patch(f"annotations({note})", {"notetext": "x" * 100_001}).status == 400
    change(catalogue, owner, {"statecode": 0, "statuscode": 1})
    assert catalogue.client.delete(f"salesorders({owner})").status == 204
    assert catalogue.client.get("annotations").rows == []


def test_changes_of_notes_are_tracked(catalogue: Catalogue) -> None:
    answer = catalogue.client.get("annotations?$select=subject", prefer="odata.track-changes")
    assert "@odata.deltaLink" in answer.json
    made(catalogue.client.post("annotations", {"notetext": "Hi", "subject": "One"}))
    link = answer.json["@odata.deltaLink"].partition("/api/data/v9.2/")[2]
    assert [row["subject"] for row in catalogue.client.get(link).rows] == ["One"]
