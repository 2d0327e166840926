"""What the verbs about single records send and show, against a scripted app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tandem.app import App, Refused
from tandem.exits import Exit
from tandem.records import id_of
from tests.command_line.scripted import KEY, Scripted, called

ONE, TWO = "22c93ddd-0a9a-5fe1-b49f-931d897eb991", "5a1f8a08-3a4d-5a0e-9d0e-6a0a5e0f9b11"
DONE = {"mapping": "CUSTOMER", "job": "7", "queued": 1, "leftOut": []}


def record(record_id: str, name: str, partner: str | None = None) -> dict[str, Any]:
    return {"id": record_id, "name": name, "coupledWith": partner}


def sent(scripted: Scripted, method: str = "POST") -> list[Any]:
    return [body for used, _, body in scripted.seen if used == method]


def test_an_id_is_taken_as_it_is_and_a_number_is_looked_up(scripted: Scripted) -> None:
    app = App(scripted.url, KEY)
    assert id_of(app, "CUSTOMER", "bc", ONE.upper()) == ONE
    scripted.says("GET", "mappings/CUSTOMER/records", {"records": [record(TWO, "10000 Adatum")]})
    assert id_of(app, "CUSTOMER", "bc", "10000") == TWO
    assert scripted.seen[-1][1].endswith("records?text=10000&side=bc")


def test_a_name_of_several_records_is_refused_with_their_ids(scripted: Scripted) -> None:
    both = [record(ONE, "10000 Twin"), record(TWO, "20000 Twin")]
    scripted.says("GET", "mappings/CUSTOMER/records", {"records": both})
    with pytest.raises(Refused, match=f"{ONE}  10000 Twin\n  {TWO}  20000 Twin"):
        id_of(App(scripted.url, KEY), "CUSTOMER", "bc", "Twin")


def test_a_mapping_of_two_words_is_one_part_of_the_address(scripted: Scripted) -> None:
    scripted.says("GET", "mappings/PAYMENT%20TERMS/records", {"records": []})
    assert called(scripted, "find", "PAYMENT TERMS", "CM") is Exit.ATTENTION


def test_a_record_is_looked_for_by_its_beginning_only_where_that_is_said(scripted: Scripted) -> None:
    scripted.says("GET", "mappings/CUSTOMER/records", {"records": []})
    assert called(scripted, "find", "CUSTOMER", "10") is Exit.ATTENTION
    assert scripted.seen[-1][1].endswith("records?text=10&side=bc")
    assert called(scripted, "find", "CUSTOMER", "10", "--begins") is Exit.ATTENTION
    assert scripted.seen[-1][1].endswith("records?text=10&side=bc&begins=true")


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["uncouple", "CUSTOMER", ONE], {"side": "bc", "ids": [ONE]}),
        (["uncouple", "CUSTOMER", "--all"], {"all": True}),
        (["create", "CUSTOMER", TWO, TWO, "--side", "sales"], {"side": "sales", "ids": [TWO]}),
        (
            ["sync", "CUSTOMER", ONE, "--values", "bc_values"],
            {"side": "bc", "ids": [ONE], "values": "bc_values"},
        ),
    ],
)
def test_records_are_sent_with_their_side(
    scripted: Scripted, arguments: list[str], body: dict[str, Any]
) -> None:
    for way in ("uncouple", "partners", "synchronize"):
        scripted.says("POST", f"mappings/CUSTOMER/{way}", (202, DONE))
    assert called(scripted, *arguments) is Exit.DONE
    assert sent(scripted) == [body]


def test_what_is_left_out_is_told_and_asks_for_attention(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    left = {"job": None, "queued": 0, "leftOut": [{"id": ONE, "reason": "It is not coupled."}]}
    scripted.says("POST", "mappings/CUSTOMER/uncouple", (202, left))
    assert called(scripted, "uncouple", "CUSTOMER", ONE) is Exit.ATTENTION
    assert f"{ONE}: It is not coupled." in capsys.readouterr().out


@pytest.mark.parametrize("verb", [["uncouple"], ["resolve", "bc"], ["retry"]])
def test_nothing_is_done_to_all_records_by_accident(scripted: Scripted, verb: list[str]) -> None:
    assert called(scripted, *verb, "CUSTOMER") is Exit.REFUSED
    assert scripted.seen == []


def test_pairs_of_a_file_are_coupled_five_hundred_at_a_time(scripted: Scripted, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("\ufeff" + f"{ONE}, {TWO}\n" * 501, encoding="utf-8")
    names = {"bc": ONE, "sales": TWO, "bcName": "A", "salesName": "B"}
    pair = {**names, "result": "coupled", "message": "Coupled.", "differences": []}
    scripted.says("POST", "mappings/CUSTOMER/couplings", {"pairs": [pair]})
    assert called(scripted, "couple", "CUSTOMER", "--file", str(file), "--then", "bc_values") is Exit.DONE
    assert [len(each["pairs"]) for each in sent(scripted)] == [500, 1]
    assert sent(scripted)[0]["then"] == "bc_values"


def test_a_pair_that_cannot_be_coupled_is_told_with_what_differs(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    name = {"group": "name", "bc": {"name": "A"}, "sales": {"name": None}, "goesTo": "sales"}
    pair = {"bc": ONE, "sales": TWO, "bcName": "A", "salesName": "", "result": "refused",
            "message": "It is already coupled to B.", "differences": [name]}  # fmt: skip
    scripted.says("POST", "mappings/CUSTOMER/couplings", {"pairs": [pair]})
    assert called(scripted, "couple", "CUSTOMER", ONE, TWO) is Exit.ATTENTION
    shown = capsys.readouterr().out
    assert f"A – {TWO}: It is already coupled to B." in shown
    assert "name: A | (blank) → goes to Sales" in shown


def test_one_record_makes_no_pair(scripted: Scripted, tmp_path: Path) -> None:
    assert called(scripted, "couple", "CUSTOMER", ONE) is Exit.REFUSED
    file = tmp_path / "pairs.csv"
    file.write_text(ONE, encoding="utf-8")
    assert called(scripted, "couple", "CUSTOMER", "--file", str(file)) is Exit.REFUSED


def test_all_conflicts_are_decided_as_long_as_there_are_more(scripted: Scripted) -> None:
    some = {"groups": 5000, "records": [], "changed": [], "notFound": [], "job": "7", "more": True}
    scripted.says("POST", "conflicts/decide", (202, some), (202, {**some, "groups": 3, "more": False}))
    assert called(scripted, "resolve", "sales", "CUSTOMER", "--all", "--field", "phone") is Exit.DONE
    body = {"mapping": "CUSTOMER", "winner": "sales", "fields": ["phone"], "all": True}
    assert sent(scripted) == [body, body]


LINKS = {"bcLink": "https://bc.example/?page=21", "salesLink": None}


@pytest.mark.parametrize(
    ("arguments", "path", "answer"),
    [
        (
            ["find", "CUSTOMER", "10000"],
            "mappings/CUSTOMER/records",
            {"records": [record(ONE, "10000 A") | LINKS]},
        ),
        (
            ["why", "CUSTOMER", ONE],
            "why",
            {"mapping": "CUSTOMER", "name": "10000 A", "coupledBecause": "", "problem": None, "fields": []}
            | LINKS,
        ),
    ],
)
def test_a_record_is_shown_with_where_it_is_opened_and_without_where_it_is_not(
    scripted: Scripted,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    path: str,
    answer: dict[str, object],
) -> None:
    scripted.says("GET", path, answer)
    assert called(scripted, *arguments) is Exit.DONE
    shown = capsys.readouterr().out
    assert "  Business Central: https://bc.example/?page=21\n" in shown
    assert "  Sales:" not in shown


def test_a_value_is_explained_on_both_sides(scripted: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    phone = {"field": "phone", "bc": {"value": "1", "why": "It was written here."},
             "sales": {"value": None, "why": "It is blank."}, "next": "It goes to Sales."}  # fmt: skip
    other = {
        "field": "fax",
        "bc": {"value": None, "why": ""},
        "sales": {"value": None, "why": ""},
        "next": "",
    }
    found = {"mapping": "CUSTOMER", "name": "10000 Adatum", "coupledBecause": "", "problem": None,
             "fields": [phone, other]}  # fmt: skip
    scripted.says("GET", "why", found)
    assert called(scripted, "why", "CUSTOMER", ONE) is Exit.DONE
    shown = capsys.readouterr().out
    assert "Business Central: 1. It was written here." in shown
    assert "Sales: (blank). It is blank." in shown
    assert "Next: It goes to Sales." in shown
    assert "fax" not in shown
    assert called(scripted, "why", "CUSTOMER", ONE, "--json") is Exit.DONE
    assert json.loads(capsys.readouterr().out) == found


def test_a_conflict_is_told_with_base_and_both_values(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = [{"group": "name", "base": {"name": "A"}, "bc": {"name": "B"}, "sales": {"name": "C"}}]
    one = {"mapping": "CUSTOMER", "name": "10000 A", "bcId": ONE, "bcChanged": None, "fields": fields,
           "salesChanged": {"at": "2027-01-15T07:59:02Z", "by": "Pat Miller"}}  # fmt: skip
    scripted.says("GET", "conflicts", {"conflicts": [one], "next": None})
    assert called(scripted, "conflicts") is Exit.ATTENTION
    shown = capsys.readouterr().out
    for told in ("name: was A", "Business Central: B", "Sales: C", "by Pat Miller"):
        assert told in shown
    scripted.says("GET", "conflicts", {"conflicts": [], "next": None})
    assert called(scripted, "conflicts") is Exit.DONE


def test_records_that_are_not_listed_any_more_ask_for_attention(scripted: Scripted) -> None:
    left = [{"side": "bc", "id": ONE, "reason": "It is not listed."}]
    scripted.says("POST", "problems/actions", (202, {"jobs": [], "count": 0, "leftOut": left}))
    assert called(scripted, "retry", "CUSTOMER", ONE) is Exit.ATTENTION


def test_a_cause_is_retried_by_its_code(scripted: Scripted) -> None:
    scripted.says("POST", "problems/actions", (202, {"jobs": ["7"], "count": 12, "leftOut": []}))
    assert called(scripted, "retry", "CUSTOMER", "--code", "refused", "--cause", "x") is Exit.DONE
    assert called(scripted, "retry", "CUSTOMER", ONE, "--action", "skip") is Exit.DONE
    assert sent(scripted) == [
        {"mapping": "CUSTOMER", "action": "retry", "code": "refused", "cause": "x"},
        {"mapping": "CUSTOMER", "action": "skip", "records": [{"side": "bc", "id": ONE}]},
    ]


UNDONE = {"mapping": "CUSTOMER", "bcId": ONE, "name": "10000 Adatum", "outcome": "modified", "removed": None,
          "withdrawn": None, "left": [],
          "fields": [{"side": "sales", "field": "phone", "from": "1", "to": None}]}  # fmt: skip


def test_an_undo_is_previewed_and_only_run_when_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("POST", "undos", (202, {"id": "9"}))
    scripted.says("GET", "undos/9", {"status": "Finished", "phase": "preview"})
    scripted.says("GET", "undos/9/records", {"records": [UNDONE], "next": None})
    assert called(scripted, "undo", "--job", "7") is Exit.DONE
    assert sent(scripted) == [{"job": "7"}]
    shown = capsys.readouterr().out
    assert "Sales, phone: 1 → (blank)" in shown
    assert "Nothing was written yet: python -m tandem undo --show 9 --run" in shown


def test_an_undo_that_was_previewed_is_run_with_what_is_done_otherwise(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    left = {**UNDONE, "left": [{"text": "Somebody wrote it since.", "offers": ["uncouple"]}]}
    ended = [{"status": "Finished", "phase": phase} for phase in ("preview", "run")]
    scripted.says("GET", "undos/9", *ended)
    scripted.says("POST", "undos/9/run", (202, {"id": "9"}))
    scripted.says("GET", "undos/9/records", {"records": [left], "next": None})
    assert called(scripted, "undo", "--show", "9", "--run", "--otherwise", "withdraw") is Exit.ATTENTION
    assert sent(scripted) == [{"otherwise": "withdraw"}]
    assert "left alone: Somebody wrote it since. (--otherwise uncouple)" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--job", "7", "--full", "8"]])
def test_an_undo_is_of_one_thing(scripted: Scripted, arguments: list[str]) -> None:
    assert called(scripted, "undo", *arguments) is Exit.REFUSED
    assert scripted.seen == []


def test_the_journal_of_a_record_tells_why(scripted: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    change = {"field": "phone", "old": None, "new": "1", "because": "changed", "why": "it had changed there"}
    entry = {
        "at": "2027-01-15T08:00:00+00:00",
        "side": "sales",
        "job": "7",
        "decidedBy": "Pat",
        "fields": [change],
    }
    scripted.says("GET", "journal", {"entries": [entry], "more": False})
    assert called(scripted, "journal", "CUSTOMER", ONE) is Exit.DONE
    shown = capsys.readouterr().out
    assert "Sales, job 7 (Pat decided)" in shown
    assert "phone: (blank) → 1, because it had changed there" in shown


def test_what_drifted_is_told_and_repaired_only_when_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    side = {"records": 5}
    drifted = {
        "mapping": "CUSTOMER",
        "verdict": "drifted",
        "message": "",
        "bc": side,
        "sales": side,
        "findings": 1,
    }
    scripted.says("POST", "compares", (202, {"id": "c"}))
    scripted.says("GET", "compares/c", {"status": "Finished", "lines": [drifted]})
    scripted.says(
        "GET",
        "compares/c/findings",
        {"findings": [{"mapping": "CUSTOMER", "text": "10000: differs"}], "next": None},
    )
    scripted.says("POST", "compares/c/repair", (202, {"id": "c", "jobs": {"CUSTOMER": ["7"]}}))
    assert called(scripted, "compare", "CUSTOMER") is Exit.ATTENTION
    assert "CUSTOMER: 10000: differs" in capsys.readouterr().out
    assert [path for _, path, _ in scripted.seen if "repair" in path] == []
    assert called(scripted, "compare", "--show", "c", "--repair") is Exit.ATTENTION
    assert "in 1 jobs" in capsys.readouterr().out


COUNTS = {"exact": 40, "possible": 1, "severalInBc": 0, "severalInSales": 0, "noneInBc": 11, "noneInSales": 0}


def test_a_match_is_told_with_its_reasons_and_accepted_only_when_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    candidate = {"id": TWO, "name": "Adatum Inc.", "reason": "the same name"}
    line = {"result": "possible", "id": ONE, "name": "10000 Adatum", "candidates": [candidate]}
    scripted.says("POST", "match-reports", (202, {"id": "m"}))
    scripted.says("GET", "match-reports/m", {"status": "Finished", "mapping": "CUSTOMER", "counts": COUNTS})
    scripted.says("GET", "match-reports/m/lines", {"lines": [line], "next": None})
    scripted.says("POST", "match-reports/m/accept", (202, {"report": "m", "job": "7"}))
    assert called(scripted, "match", "CUSTOMER", "--by", "number", "--hint", "name+city") is Exit.ATTENTION
    hint = {"fields": ["name", "city"], "onlySuggests": True}
    assert sent(scripted) == [{"mapping": "CUSTOMER", "criteria": [{"fields": ["number"]}, hint]}]
    shown = capsys.readouterr().out
    assert f"Adatum Inc. ({TWO}): the same name" in shown
    assert "CUSTOMER: 40 exact, 1 possible, 11 noneInBc." in shown
    assert "--show m --accept exact" in shown
    called(scripted, "match", "CUSTOMER", "--show", "m", "--accept", "none", "--side", "sales")
    assert sent(scripted)[-1] == {"result": "none", "side": "sales"}


def test_a_connection_is_switched_by_the_only_name_there_is(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("GET", "health", {"connections": {"cronus": {}}})
    off = {"connection": "cronus", "on": False, "offSince": "2027-01-15T08:00:00+00:00", "by": "Ann"}
    scripted.says("POST", "connection/switch", off)
    assert called(scripted, "switch", "off", "--by", "Ann") is Exit.DONE
    assert sent(scripted) == [{"connection": "cronus", "on": False, "by": "Ann"}]
    assert "cronus is off since 2027-01-15T08:00:00+00:00" in capsys.readouterr().out


def test_where_there_are_several_connections_none_is_switched_unnamed(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("GET", "health", {"connections": {"usa": {}, "cronus": {}}})
    assert called(scripted, "switch", "off") is Exit.REFUSED
    assert "cronus, usa" in capsys.readouterr().err
    assert sent(scripted) == []


def test_all_pairs_end_only_where_the_connection_is_named(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(scripted, "uncouple-all") is Exit.REFUSED
    scripted.says("POST", "connection/uncouple", (202, {"connection": "usa", "jobs": {"CUSTOMER": "j"}}))
    assert called(scripted, "uncouple-all", "--connection", "usa") is Exit.DONE
    assert sent(scripted) == [{"connection": "usa"}]
    assert "CUSTOMER: all pairs end in job j." in capsys.readouterr().out
