"""Which values of a side are what Tandem wrote there, where no base knows of the write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_code.core.base import Base
from shared_code.core.journal import Entry, Reason
from shared_code.core.records import Side, Value
from shared_code.core.unknown_writes import forms_in_doubt, is_another_form, with_ours

BASE = Base({"city": "Kopavogur", "job": None}, {"city": "KOPAVOGUR", "job": None})
SENT = {"city": "Hafnar", "job": "Clerk"}
ENTRY = Entry(
    "CONTACT", "b1", Side.SALES, "0190", 1.0, "job", "batch", {}, SENT, dict.fromkeys(SENT, Reason.CHANGED)
)  # fmt: skip
NOTED = replace(ENTRY, new={"city": "HAFNAR", "job": "Clerk"}, sent={"city": "Hafnar"})
LEFT = {"city": "HAFNAR", "job": "Clerk"}


def test_what_a_write_left_is_the_base_with_what_was_sent_on_the_other_side() -> None:
    assert with_ours(BASE, Side.SALES, LEFT, [NOTED]) == Base(SENT, LEFT)


def test_so_it_is_of_a_write_to_business_central() -> None:
    noted = replace(NOTED, side=Side.BC)
    assert with_ours(BASE, Side.BC, LEFT, [noted]) == Base(LEFT, SENT)


def test_what_a_person_wrote_since_is_no_base() -> None:
    assert with_ours(BASE, Side.SALES, {**LEFT, "city": "Vik"}, [NOTED]) == Base(
        {**BASE.bc, "job": "Clerk"}, {**BASE.sales, "job": "Clerk"}
    )


@pytest.mark.parametrize("reason", [Reason.UNDONE, Reason.CREATED, Reason.REMOVED])
def test_what_was_written_on_one_side_alone_is_no_base(reason: Reason) -> None:
    entry = replace(NOTED, because=dict.fromkeys(SENT, reason))
    assert with_ours(BASE, Side.SALES, LEFT, [entry]) == BASE


def test_a_form_that_nobody_noted_is_ours_only_where_tandem_wrote_the_record_last() -> None:
    assert with_ours(BASE, Side.SALES, LEFT, [ENTRY]).sales["city"] == "KOPAVOGUR"
    assert with_ours(BASE, Side.SALES, LEFT, [ENTRY], last_writer_is_us=True) == Base(SENT, LEFT)


def test_who_wrote_the_record_last_matters_only_for_forms_that_nobody_noted() -> None:
    assert forms_in_doubt(BASE, Side.SALES, LEFT, [ENTRY])
    assert not forms_in_doubt(BASE, Side.SALES, LEFT, [NOTED])
    assert not forms_in_doubt(BASE, Side.SALES, {**LEFT, "city": "Vik"}, [ENTRY])
    assert not forms_in_doubt(BASE, Side.SALES, SENT, [ENTRY])


def test_where_the_answer_was_noted_another_form_is_a_persons() -> None:
    held = {"city": "HAFNAR", "job": "CLERK"}
    found = with_ours(BASE, Side.SALES, held, [NOTED], last_writer_is_us=True)
    assert found == Base({**BASE.bc, "city": "Hafnar"}, {**BASE.sales, "city": "HAFNAR"})


@pytest.mark.parametrize(
    ("sent", "held", "expected"),
    [
        ("Hafnar", "HAFNAR", True),
        (" a  b", "a b", True),
        ("+44 (0)1", "4401", True),
        ("Hafnar", "Hafnar", False),
        ("Hafnar", "Hafnir", False),
        ("-", "+", False),
        (None, "", False),
        ("1", 1, False),
    ],
)
def test_another_form_has_the_same_letters_and_digits(sent: Value, held: Value, expected: bool) -> None:
    assert is_another_form(sent, held) is expected
