"""Dataverse's batch bodies: CRLF everywhere, every answer in its place, nothing accepted that is cut off."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.systems.multipart import ChangeSet, Part, build, parse

CONTENT_TYPE = "multipart/mixed; boundary=batchresponse_1"
ANSWER = (
    b"--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"HTTP/1.1 400 Bad Request\r\nREQ_ID: x\r\nContent-Type: application/json\r\n\r\n"
    b'{"error":{"code":"0x80044331","message":"too long"}}\r\n'
    b"--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b"HTTP/1.1 204 No Content\r\nOData-Version: 4.0\r\n\r\n\r\n"
    b"--batchresponse_1--\r\n"
)


def test_a_batch_has_crlf_only_and_ends_with_its_boundary() -> None:
    body = build([Part("PATCH", "/api/data/v9.2/accounts(1)", {"If-Match": 'W/"1"'}, '{"a":1}')], "b")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", body)
    assert body == (
        b"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        b'PATCH /api/data/v9.2/accounts(1) HTTP/1.1\r\nIf-Match: W/"1"\r\n'
        b"Content-Type: application/json; type=entry\r\n\r\n"
        b'{"a":1}\r\n--b--\r\n'
    )


@pytest.mark.parametrize("part", [Part("GET", "/x\r\nHost: evil"), Part("GET", "/x", {"If-Match": "a\nb"})])
def test_no_line_break_gets_into_a_head(part: Part) -> None:
    with pytest.raises(ValueError, match="line break"):
        build([part], "b")


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_holds_one_to_a_thousand_parts(count: int) -> None:
    with pytest.raises(ValueError, match="parts"):
        build([Part("GET", "/x")] * count, "b")


def test_answers_are_read_in_order_with_status_and_body() -> None:
    first, second = parse(CONTENT_TYPE, ANSWER)
    assert (first.status, first.headers["content-type"], second.status) == (400, "application/json", 204)
    assert b"too long" in first.body


@given(st.integers(min_value=0, max_value=len(ANSWER) - len(b"--\r\n") - 1))
def test_an_answer_that_was_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ValueError):
        parse(CONTENT_TYPE, ANSWER[:length])


def test_an_answer_without_boundary_is_refused() -> None:
    with pytest.raises(ValueError, match="boundary"):
        parse("application/json", b"{}")


def test_a_change_set_is_a_batch_within_the_batch_whose_parts_have_numbers() -> None:
    parts = Part("PATCH", "/a(1)", {"If-Match": "x"}, "{}"), Part("DELETE", "/b(2)")
    body = build([ChangeSet(parts), Part("GET", "/c")], "b")
    inner = b"changeset_0_b"
    head = b"Content-Type: application/http\r\nContent-ID: %d\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    assert body == b"".join(
        [
            b'--b\r\nContent-Type: multipart/mixed; boundary="', inner, b'"\r\n\r\n',
            b"--", inner, b"\r\n", head % 1,
            b"PATCH /a(1) HTTP/1.1\r\nIf-Match: x\r\n",
            b"Content-Type: application/json; type=entry\r\n\r\n{}\r\n",
            b"--", inner, b"\r\n", head % 2, b"DELETE /b(2) HTTP/1.1\r\n\r\n\r\n",
            b"--", inner, b"--\r\n\r\n",
            b"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n",
            b"GET /c HTTP/1.1\r\n\r\n\r\n--b--\r\n",
        ]
    )  # fmt: skip


def test_a_change_set_counts_as_its_parts() -> None:
    with pytest.raises(ValueError, match="parts"):
        build([ChangeSet((Part("GET", "/x"),) * 1001)], "b")


def test_the_answer_to_a_change_set_is_that_of_its_last_part() -> None:
    nested = (
        b"--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=inner_1\r\n\r\n"
        b"--inner_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n"
        b"--inner_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n"
        b"--inner_1--\r\n\r\n"
    )
    first, second = parse(
        CONTENT_TYPE,
        nested + ANSWER.split(b"\r\n--batchresponse_1\r\n", 1)[0] + b"\r\n--batchresponse_1--\r\n",
    )
    assert (first.status, first.body, second.status) == (200, b"{}", 400)
