"""What a body may hold, what becomes of it, and concurrency by etag."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulators.business_central.client import ADATUM, Client


def test_unknown_property_is_refused_by_name(bc: Client) -> None:
    reply = bc.post("customers", {"displayName": "A", "surname": "B"})
    assert reply.error == (400, "BadRequest")
    assert "'surname'" in reply.json["error"]["message"]


@pytest.mark.parametrize("name", ["id", "balanceDue", "taxAreaDisplayName", "lastModifiedDateTime"])
def test_read_only_property_is_refused(bc: Client, name: str) -> None:
    value = bc.get(f"customers({ADATUM})").json[name]
    assert bc.post("customers", {"displayName": "A", name: value}).error == (
        400,
        "BadRequest_InvalidOperation",
    )
    assert bc.patch(f"customers({ADATUM})", {name: value}).error == (400, "BadRequest_InvalidOperation")


@pytest.mark.parametrize(
    ("name", "length"), [("displayName", 100), ("city", 30), ("number", 20), ("email", 80)]
)
def test_longest_text_fits_and_one_more_is_refused(bc: Client, name: str, length: int) -> None:
    fitting = "1" * length if name != "email" else "a" * (length - 6) + "@b.com"
    assert bc.post("customers", {"displayName": "A", name: fitting}).status == 201
    reply = bc.post("customers", {"displayName": "A", name: "1" + fitting})
    assert reply.error == (400, "Application_StringExceededLength")


def test_website_is_shorter_before_version_29() -> None:
    body = {"displayName": "A", "website": "w" * 81}
    assert Client(version=26).post("customers", body).error == (400, "Application_StringExceededLength")
    assert Client(version=29).post("customers", body).status == 201


def test_unknown_enum_member_lists_the_captions(bc: Client) -> None:
    reply = bc.post("customers", {"displayName": "A", "type": "Robot"})
    assert reply.error == (400, "Unknown")
    assert "existing options are: Company,Person" in reply.json["error"]["message"]


@pytest.mark.parametrize("blank", ["_x0020_", " "])
def test_blank_enum_reads_back_escaped(bc: Client, blank: str) -> None:
    assert bc.post("customers", {"displayName": "A", "blocked": blank}).json["blocked"] == "_x0020_"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", 7),
        ("creditLimit", "100"),
        ("creditLimit", True),
        ("taxLiable", "true"),
        ("taxLiable", 1),
        ("paymentTermsId", "30 DAYS"),
        ("type", 0),
        ("city", ["x"]),
        ("creditLimit", 1e16),
    ],
)
def test_wrong_json_type_is_refused(bc: Client, name: str, value: Any) -> None:
    assert bc.post("customers", {"displayName": "A", name: value}).error == (400, "BadRequest")


def test_null_is_refused(bc: Client) -> None:
    assert bc.patch(f"customers({ADATUM})", {"city": None}).error == (400, "BadRequest")
    refused = bc.patch(f"customers({ADATUM})", {"displayName": None})
    assert refused.error == (400, "BadRequest_RequiredParamNotProvided")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"creditLimit":NaN}', b"\xff", b"[" * 5000]
)
def test_body_that_is_no_json_object_is_refused(bc: Client, body: bytes) -> None:
    assert bc.post("customers", body).error == (400, "BadRequest")


def test_nothing_is_null_on_read(bc: Client) -> None:
    row = bc.post("customers", {"displayName": "A"}).json
    assert row["city"] == ""
    assert row["creditLimit"] == 0
    assert row["taxAreaId"] == "00000000-0000-0000-0000-000000000000"
    assert row["blocked"] == "_x0020_"
    assert None not in row.values()


def test_code_fields_are_trimmed_and_capitals(bc: Client) -> None:
    row = bc.post("customers", {"displayName": " a ", "number": " ab1 ", "country": "us"}).json
    assert (row["number"], row["country"], row["displayName"]) == ("AB1", "US", " a ")


def test_code_outside_its_related_table_is_refused(bc: Client) -> None:
    for name in ("country", "salespersonCode"):
        reply = bc.patch(f"customers({ADATUM})", {name: "XX"})
        assert reply.error == (400, "Internal_InvalidTableRelation")


def test_blocked_salesperson_is_no_longer_in_the_relation(bc: Client) -> None:
    jim = bc.get("salespeoplePurchasers").rows[0]["id"]
    assert bc.patch(f"customers({ADATUM})", {"salespersonCode": "JO"}).status == 200
    bc.patch(f"salespeoplePurchasers({jim})", {"blocked": True})
    refused = bc.patch(f"customers({ADATUM})", {"salespersonCode": "JO"})
    assert refused.error == (400, "Internal_InvalidTableRelation")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"phoneNumber": "call me"}, "Application_FieldValidationException"),
        ({"email": "not an address"}, "Application_DialogException"),
        ({"email": "a@b.com;c"}, "Application_DialogException"),
    ],
)
def test_table_validation_refuses(bc: Client, body: dict[str, str], code: str) -> None:
    assert bc.patch(f"customers({ADATUM})", body).error == (400, code)


def test_date_formula_is_checked_and_stored_in_capitals(bc: Client) -> None:
    assert (
        bc.post("paymentTerms", {"code": "X", "dueDateCalculation": "1m+cm"}).json["dueDateCalculation"]
        == "1M+CM"
    )
    refused = bc.post("paymentTerms", {"code": "Y", "dueDateCalculation": "soon"})
    assert refused.error == (400, "Application_EvaluateException")


def test_etag_is_weak_and_changes_with_each_write(bc: Client) -> None:
    etags = [bc.get(f"customers({ADATUM})").json["@odata.etag"]]
    etags += [bc.patch(f"customers({ADATUM})", {"city": "Rome"}).json["@odata.etag"] for _ in range(5)]
    assert len(set(etags)) == 6
    content = base64.b64decode(etags[0].removeprefix('W/"').removesuffix('"')).decode()
    assert re.fullmatch(r"'\d+;\d+;00;'", content)


def test_patch_without_if_match_is_refused(bc: Client) -> None:
    path = f"companies({bc.company.id})/customers({ADATUM})"
    assert bc.api("PATCH", path, {"city": "Rome"}).error == (400, "BadRequest_InvalidToken")


@pytest.mark.parametrize("token", ['"abc"', "abc", "W/abc", "", 'W/""', 'W/"a", W/"b"'])
def test_malformed_if_match_is_refused(bc: Client, token: str) -> None:
    assert bc.patch(f"customers({ADATUM})", {"city": "Rome"}, token).error == (400, "BadRequest_InvalidToken")


def test_stale_if_match_is_409_and_changes_nothing(bc: Client) -> None:
    old = bc.get(f"customers({ADATUM})").json["@odata.etag"]
    new = bc.patch(f"customers({ADATUM})", {"city": "Rome"}, old).json["@odata.etag"]
    assert bc.patch(f"customers({ADATUM})", {"city": "Oslo"}, old).error == (409, "Request_EntityChanged")
    assert bc.delete(f"customers({ADATUM})", old).error == (409, "Request_EntityChanged")
    assert bc.get(f"customers({ADATUM})").json["city"] == "Rome"
    assert bc.patch(f"customers({ADATUM})", {"city": "Oslo"}, new).status == 200


def test_delete_wants_if_match_unless_the_environment_is_lenient() -> None:
    path = f"companies({Client().company.id})/customers({ADATUM})"
    assert Client().api("DELETE", path).error == (400, "BadRequest_InvalidToken")
    assert Client(delete_needs_if_match=False).api("DELETE", path).status == 204


def test_deleted_row_is_gone(bc: Client) -> None:
    assert bc.delete(f"customers({ADATUM})").status == 204
    assert bc.get(f"customers({ADATUM})").status == 404
    assert bc.delete(f"customers({ADATUM})").status == 404


def test_read_only_set_refuses_writes_with_405(bc: Client) -> None:
    rate = bc.get("currencyExchangeRates").rows[0]["id"]
    assert bc.post("currencyExchangeRates", {}).error == (405, "BadRequest_MethodNotAllowed")
    assert bc.patch(f"currencyExchangeRates({rate})", {}).status == 405
    assert bc.delete(f"currencyExchangeRates({rate})").status == 405


def test_write_with_read_only_intent_is_refused(bc: Client) -> None:
    refused = bc.post("customers", {"displayName": "A"}, data_access_intent="ReadOnly")
    assert refused.error == (400, "BadRequest")


def test_reply_to_a_creation_tells_where_it_is(bc: Client) -> None:
    reply = bc.post("customers", {"displayName": "A"})
    assert reply.status == 201
    assert reply.raw.headers["Location"].endswith(f"/customers({reply.json['id']})")
    assert reply.json["@odata.context"].endswith("/customers/$entity")


def test_minimal_preference_leaves_the_body_out(bc: Client) -> None:
    created = bc.post("customers", {"displayName": "A"}, prefer="return=minimal")
    assert (created.status, created.raw.body) == (204, b"")
    assert "Location" in created.raw.headers
    assert bc.patch(f"customers({ADATUM})", {"city": "x"}, prefer="return=minimal").status == 204


def test_select_shrinks_the_reply_to_a_write(bc: Client) -> None:
    row = bc.patch(f"customers({ADATUM})?$select=id", {"city": "x"}).json
    assert {name for name in row if "@" not in name} == {"id"}


def test_stamp_is_the_clock_in_sql_steps_with_trailing_zeros_cut(bc: Client) -> None:
    for seconds, shown in [
        (0.0, "00Z"),
        (0.47, "00.47Z"),
        (0.296, "00.297Z"),
        (0.292, "00.293Z"),
        (0.5, "00.5Z"),
    ]:
        bc.clock.now = 1_800_000_000.0 + seconds
        stamp = bc.patch(f"customers({ADATUM})", {"city": "x"}).json["lastModifiedDateTime"]
        assert stamp == f"2027-01-15T08:00:{shown}"


def test_failed_write_leaves_nothing_behind(bc: Client) -> None:
    before = bc.control("GET", "counts").json
    person = {"displayName": "A", "type": "Person"}
    assert bc.post("contacts", person | {"companyNumber": "XX"}).status == 400
    assert bc.control("GET", "counts").json == before
    assert bc.post("contacts", person).json["number"] == "CT000003"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=130))
def test_any_name_is_kept_exactly_or_refused(bc: Client, text: str) -> None:
    reply = bc.patch(f"customers({ADATUM})", {"displayName": text})
    if reply.status == 200:
        assert bc.get(f"customers({ADATUM})").json["displayName"] == text
    else:
        assert reply.code in ("Application_StringExceededLength", "Application_DialogException")
        assert len(text.encode("utf-16-le", "surrogatepass")) // 2 > 100 or not text.strip()
