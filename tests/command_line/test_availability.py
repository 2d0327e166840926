"""The verb availability: what it sends, what it shows, and how it ends, against a scripted app."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tandem.exits import Exit
from tests.command_line.scripted import Scripted, called
from tests.docs.openapi import DOCUMENT

OPERATION = DOCUMENT["paths"]["/items/availability"]["post"]
EXAMPLE = OPERATION["responses"]["200"]["content"]["application/json"]["example"]


def entry(**more: Any) -> dict[str, Any]:
    """The answer of the description, with something else in it."""
    return {**EXAMPLE["items"][0], **more}


def answers(scripted: Scripted, *entries: dict[str, Any]) -> None:
    scripted.says("POST", "items/availability", {"connection": "cronus", "items": list(entries)})


def sent(scripted: Scripted) -> list[Any]:
    return [body for _, _, body in scripted.seen]


def test_what_is_given_is_sent_and_nothing_else(scripted: Scripted) -> None:
    answers(scripted, entry())
    assert (
        called(scripted, "availability", "1000", "1900-S", "--quantity", "2.5", "--location", "") is Exit.DONE
    )
    assert sent(scripted) == [{"items": ["1000", "1900-S"], "location": "", "quantity": "2.5"}]


def test_more_items_than_the_app_takes_are_asked_in_parts(scripted: Scripted) -> None:
    answers(scripted, entry())
    called(scripted, "availability", *map(str, range(250)))
    assert [len(body["items"]) for body in sent(scripted)] == [100, 100, 50]


def test_as_json_it_prints_what_the_app_said(scripted: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    answers(scripted, *EXAMPLE["items"])
    assert called(scripted, "availability", "1000", "1900-S", "--json") is Exit.ATTENTION
    assert json.loads(capsys.readouterr().out) == EXAMPLE


def test_a_person_reads_places_verdict_and_age(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    red = {**entry()["places"][0], "variant": "RED", "location": "", "inventory": 2.5}
    answers(scripted, entry(places=[entry()["places"][0], red], stale=True, remarks=["It is old."]))
    called(scripted, "availability", "1000")
    shown = capsys.readouterr().out
    assert "Promisable" in shown
    assert "RED" in shown
    assert "2.5" in shown
    assert "1000 Bicycle: enough (read 4 s ago, older than usual)" in shown
    assert shown.rstrip().endswith("It is old.")


@pytest.mark.parametrize(
    ("verdict", "earliest", "ends", "words"),
    [
        ("later", "2027-03-01", Exit.ATTENTION, "from 2027-03-01 on"),
        ("short", None, Exit.ATTENTION, "not with what is planned"),
        ("in_stock", None, Exit.DONE, "orders are not known"),
        ("not_in_stock", None, Exit.ATTENTION, "not in stock"),
        ("not_stocked", None, Exit.DONE, "has no stock"),
    ],
)
def test_the_verdict_decides_how_it_ends(
    scripted: Scripted,
    capsys: pytest.CaptureFixture[str],
    verdict: str,
    earliest: str | None,
    ends: Exit,
    words: str,
) -> None:
    answers(scripted, entry(verdict=verdict, earliestDate=earliest, projected=None))
    assert called(scripted, "availability", "1000") is ends
    assert words in capsys.readouterr().out


def test_an_item_that_is_not_there_is_told_and_deserves_a_look(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = {"found": False, "asked": "NOPE", "wrong": "item", "reason": "there is no such item"}
    answers(scripted, nothing)
    assert called(scripted, "availability", "NOPE") is Exit.ATTENTION
    assert "NOPE: there is no such item" in capsys.readouterr().out
