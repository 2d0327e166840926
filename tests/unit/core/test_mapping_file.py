"""A mapping's file is read whole or refused with every fault, its line and what may have been meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_code.core.features import Feature
from shared_code.core.mapping_file import MAX_BYTES, Fault, FileRefused, document_of, read_file

TEXT = """\
name = "LOCATION"
direction = "to_sales"
depends_on = ["CURRENCY"]

[bc]
table = "locations"

[sales]
table = "territories"
key = "territoryid"

[[fields]]
name = "code"
type = "code"
bc = "code"
sales = "name"

[[fields]]
name = "title"
bc = "displayName"
sales = "description"
"""
KNOWN = ["CURRENCY", "CUSTOMER"]


def faults(text: str) -> list[Fault]:
    with pytest.raises(FileRefused) as raised:
        read_file(text, frozenset(), KNOWN)
    return raised.value.faults


def test_a_file_without_faults_is_a_mapping() -> None:
    mapping = read_file(TEXT, frozenset(), KNOWN)
    assert mapping is not None
    assert [each.name for each in mapping.fields] == ["code", "title"]


def test_a_file_for_a_feature_that_is_not_there_is_no_mapping() -> None:
    text = 'needs = "extension"\n' + TEXT
    assert read_file(text, frozenset(), KNOWN) is None
    assert read_file(text, frozenset({Feature.EXTENSION}), KNOWN) is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "reason", "suggestion"),
    [
        ('type = "code"', 'type = "cod"', 14, "“cod” and must be one of", "did you mean “code”?"),
        ('sales = "description"', 'sale = "description"', 21, "unknown key “sale”", "did you mean “sales”?"),
        ('"to_sales"', '"to_sale"', 2, "“to_sale” and must be one of", "did you mean “to_sales”?"),
        ('["CURRENCY"]', '["CURENCY"]', 3, "there is no mapping “CURENCY”", "did you mean “CURRENCY”?"),
        ('["CURRENCY"]', '["X"]', 3, "there is no mapping “X”", "there are CURRENCY, CUSTOMER, LOCATION"),
        ('bc = "displayName"', "", 19, "field title: it has no BC field", ""),
        ('name = "title"', 'name = "code"', 13, "field code is there twice", ""),
        ('type = "code"', 'rules = ["uper"]', 14, "no rule “uper”; did you mean “upper”?", ""),
        ("[bc]", 'needs = "moon"\n[bc]', 5, "there is no feature “moon”", ""),
        ('key = "territoryid"', "key =", 10, "Invalid value", ""),
        ("[[fields]]", "[[fields", 12, "Expected", ""),
        ('table = "locations"', "", 5, "bc.table is missing", ""),
        ('key = "territoryid"', 'kee = "territoryid"', 10, "unknown key “kee”", "did you mean “key”?"),
        ('table = "locations"', "table = 'b'\nfilter = 'a ='", 7, "it ends at character 4", ""),
        (
            'table = "locations"',
            "table = 'b'\nfilter = 'a startswith b'",
            7,
            "did you mean “starts with”?",
            "",
        ),
        (
            'key = "territoryid"',
            'key = "t"\ndeactivate = {}',
            11,
            "must be a table of fields with values",
            "",
        ),
        ('table = "territories"', "table = 7", 9, "sales: table is 7 and must be a text", ""),
    ],
)
def test_a_fault_tells_its_line_and_what_may_have_been_meant(
    old: str, new: str, line: int, reason: str, suggestion: str
) -> None:
    found = next(each for each in faults(TEXT.replace(old, new, 1)) if reason in each.reason)
    assert (found.line, found.suggestion) == (line, suggestion)


def test_all_faults_are_told_at_once() -> None:
    wrong = (
        TEXT.replace('"to_sales"', '"up"').replace('type = "code"', 'typ = "code"').replace("key =", "kee =")
    )
    assert len(faults(wrong)) == 3


def test_a_file_that_is_too_long_is_not_even_read() -> None:
    assert faults("#" * (MAX_BYTES + 1)) == [Fault(0, f"the file is longer than {MAX_BYTES} bytes")]


def test_a_file_that_is_nested_without_end_is_refused() -> None:
    assert faults("a = " + "[" * 20_000)


@given(st.text(max_size=60))
def test_no_text_whatsoever_makes_reading_fail_otherwise(text: str) -> None:
    for each in (text, TEXT + text, TEXT.replace("code", text)):
        try:
            document_of(each)
            read_file(each, frozenset(), KNOWN)
        except FileRefused as refused:
            assert refused.faults
