"""What pages make of values, moments and addresses."""

from __future__ import annotations

import pytest

from shared_code.web.graph import drawn
from shared_code.web.rendering import address, moment, number, render, shown


def told(text: str) -> str:
    return text


def test_a_moment_is_told_in_utc_and_for_programs() -> None:
    text = moment("2026-11-27T22:05:00+01:00")
    assert text == '<time datetime="2026-11-27T21:05:00+00:00">2026-11-27 21:05 UTC</time>'
    assert (
        moment(1_700_000_000, short=True) == '<time datetime="2023-11-14T22:13:20+00:00">11-14 22:13</time>'
    )


@pytest.mark.parametrize("nothing", [None, "", 0, 0.0])
def test_no_moment_is_a_dash(nothing: str | float | None) -> None:
    assert moment(nothing) == "–"


def test_a_moment_that_cannot_be_read_is_shown_as_it_is_and_escaped() -> None:
    assert not hasattr(moment("<b>"), "__html__")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(blank)"), ("", "(blank)"), (True, "Yes"), (0, "0"),
        ({"city": "Leeds", "country": None}, "city: Leeds\ncountry: (blank)"),
    ],
)  # fmt: skip
def test_a_value_is_told(value: object, text: str) -> None:
    assert shown(told, value) == text


def test_a_long_value_is_cut_and_says_so() -> None:
    assert shown(told, "x" * 501) == "x" * 500 + "…"


def test_thousands_are_set_apart_as_the_language_does() -> None:
    assert (number("en", 12345), number("nl", 12345)) == ("12,345", "12.345")


def test_an_address_holds_whatever_it_is_made_of() -> None:
    assert address("", "mappings", "A/B ?#&<", side="x&y") == "/app/mappings/A%2FB%20%3F%23%26%3C?side=x%26y"
    assert address("cronus", "jobs") == "/app/jobs?connection=cronus"


def test_a_template_that_names_what_is_not_there_fails() -> None:
    with pytest.raises(Exception, match="undefined"):
        render("job.html", "en", {})


def test_the_picture_leaves_out_arrows_that_others_say() -> None:
    picture = drawn({"A": [], "B": ["A"], "C": ["A", "B", "elsewhere"]})
    assert len(picture.curves) == 2
    assert [each.name for each in sorted(picture.boxes, key=lambda e: e.x)] == ["A", "B", "C"]


def test_a_picture_of_nothing_is_empty() -> None:
    assert drawn({}).boxes == []
