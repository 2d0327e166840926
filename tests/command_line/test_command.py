"""The command line against a scripted app: what it sends, what it shows, how it ends."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tandem.app import App, Refused, Unreachable
from tandem.command import VERBS, main
from tandem.exits import Exit
from tandem.screen import Progress, Screen, duration
from tandem.verbs.planning import write_line
from tandem.waiting import Patience, Unfinished, until_finished
from tests.command_line.scripted import KEY, Scripted, called
from tools.checks.sources import ROOT

OUTCOMES = "failed conflict waiting skipped deleted inserted modified coupled uncoupled unchanged".split()
COUNTS = dict.fromkeys(("given", "done", "openBatches", *OUTCOMES), 0)
NO_WRITES = {side: {"create": 0, "update": 0, "delete": 0} for side in ("bc", "sales")}


def line(mapping: str, status: str = "Finished", message: str = "", **sums: int) -> dict[str, Any]:
    return {
        "mapping": mapping, "jobQueueEntryStatus": status, "message": message,
        "toSales": {**COUNTS, **sums}, "fromSales": COUNTS, "progress": {"given": 8, "done": 4},
    }  # fmt: skip


def test_without_address_or_key_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"], {}) == Exit.USAGE
    assert "TANDEM_URL" in capsys.readouterr().err


def test_the_key_goes_in_a_header_and_is_shown_nowhere(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("GET", "doctor", (401, b""))
    assert called(scripted, "doctor") == Exit.UNREACHABLE
    shown = capsys.readouterr()
    assert scripted.keys == {KEY}
    assert KEY not in shown.out + shown.err + "".join(target for _, target, _ in scripted.seen)


def test_an_address_that_would_show_the_key_on_its_way_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"TANDEM_URL": "http://tandem-contoso.azurewebsites.net", "TANDEM_KEY": KEY}
    assert main(["status"], environment) == Exit.UNREACHABLE
    assert "https" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["run", "--unknown"]])
def test_what_cannot_be_understood_ends_with_2(arguments: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})
    assert ended.value.code == Exit.USAGE


def test_every_verb_is_run_against_a_running_app_and_told_in_the_documentation() -> None:
    source = (ROOT / "tests" / "command_line" / "test_running.py").read_text("utf-8")
    run = set(re.findall(r'(?:tandem|as_json|until)\(\s*environment,\s*"([a-z-]+)"', source))
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`([a-z-]+)", row)
    }
    names = {each.name for each in VERBS}
    assert run == names
    assert names <= told


def test_every_verb_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in VERBS:
        with pytest.raises(SystemExit) as ended:
            main([verb.name, "--help"], {})
        assert ended.value.code == 0
        assert verb.summary in " ".join(capsys.readouterr().out.split())


def test_a_refusal_is_told_in_the_words_of_the_app(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"title": "The request cannot be used.", "detail": "there is no mapping “X”", "field": "mappings"}
    scripted.says("POST", "full-synchronizations", (400, told))
    assert called(scripted, "run", "X") == Exit.REFUSED
    assert capsys.readouterr().err == "The request cannot be used. there is no mapping “X” (in mappings)\n"


def test_an_app_that_asks_for_patience_is_asked_again() -> None:
    waited: list[float] = []
    answers = iter([(503, {"Retry-After": "7"}, b"{}"), (429, {}, b"{}"), (200, {}, b'{"status": "ok"}')])

    class Session:
        def request(self, *given: object, **named: object) -> Any:
            import requests

            made = requests.Response()
            made.status_code, headers, made._content = next(answers)
            made.headers.update(headers)
            return made

    app = App("https://app.example", KEY, session=Session(), sleep=waited.append)  # type: ignore[arg-type]
    assert app.get("health") == {"status": "ok"}
    assert waited == [7.0, 4.0]


@pytest.mark.parametrize("content", [b"<html>", b"[]", b""])
def test_what_is_no_tandem_app_is_told(scripted: Scripted, content: bytes) -> None:
    scripted.says("GET", "health", (200, content))
    with pytest.raises(Unreachable):
        App(scripted.url, KEY).get("health")


def test_nobody_there_is_told() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        App("http://127.0.0.1:9", KEY).get("health")


def test_a_run_waits_until_its_end_and_shows_a_line_a_mapping(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("POST", "full-synchronizations", (202, {"id": "1"}))
    running = {"status": "In Process", "lines": [line("CUSTOMER", "In Process")]}
    ended = {"status": "Finished", "lines": [line("CUSTOMER", inserted=1234, unchanged=1)]}
    scripted.says("GET", "full-synchronizations/1", running, ended)
    assert called(scripted, "run", "CUSTOMER", "--release", "CUSTOMER") == Exit.DONE
    assert scripted.seen[0][2] == {"mappings": ["CUSTOMER"], "release": ["CUSTOMER"]}
    shown = capsys.readouterr()
    assert "1,234 inserted, 1 unchanged" in shown.out
    assert shown.err == ""  # Nobody looks: no progress is drawn.


def test_a_run_with_records_that_are_not_in_step_asks_for_attention(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says(
        "GET", "full-synchronizations/1", {"status": "Finished", "lines": [line("CUSTOMER", failed=2)]}
    )
    assert called(scripted, "status", "--run", "1") == Exit.ATTENTION
    assert "2 failed" in capsys.readouterr().out


def test_a_run_that_takes_too_long_goes_on_without_us(scripted: Scripted) -> None:
    scripted.says("GET", "full-synchronizations/1", {"status": "In Process", "lines": [line("CUSTOMER")]})
    clock = iter(range(100))
    app = App(scripted.url, KEY, sleep=lambda seconds: None)
    with pytest.raises(Unfinished, match="look again with: x"):
        until_finished(
            app, Screen(), "full-synchronizations/1", "", Patience(5, lambda: float(next(clock))), "x"
        )


def test_as_json_nothing_but_the_result_is_printed(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    late = {"area": "clock", "subject": "Sales", "level": "fault", "text": "it is late", "remedy": "Set it."}
    findings = {"status": "fault", "findings": [late]}
    scripted.says("GET", "doctor", findings)
    assert called(scripted, "doctor", "--json") == Exit.ATTENTION
    assert json.loads(capsys.readouterr().out) == findings
    assert called(scripted, "doctor") == Exit.ATTENTION
    assert "→ Set it." in capsys.readouterr().out


def test_problems_are_read_to_the_last_page_and_filtered(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    def problem(mapping: str, code: str) -> dict[str, Any]:
        told = {"message": f"{code} of {mapping}", "remedy": "Mend it.", "details": {"name": "Cannon"}}
        return {"mapping": mapping, "id": "1", "code": code, "healsByItself": True, **told}

    first = {"problems": [problem("CUSTOMER", "conflict")], "next": "/api/problems?cursor=x"}
    last = {"problems": [problem("CONTACT", "conflict"), problem("CUSTOMER", "too_long")], "next": None}
    scripted.says("GET", "problems", first, last)
    assert called(scripted, "problems", "CUSTOMER") == Exit.ATTENTION
    shown = capsys.readouterr().out
    assert "CUSTOMER, Cannon: conflict of CUSTOMER" in shown
    assert "too_long of CUSTOMER" in shown
    assert "CONTACT" not in shown
    scripted.says("GET", "problems", {"problems": [], "next": None})
    assert called(scripted, "problems") == Exit.DONE


def test_a_plan_shows_counts_and_samples_and_downloads_every_write(
    scripted: Scripted, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    write = {"mapping": "CUSTOMER", "side": "sales", "kind": "update", "id": "1", "label": "10000 Cannon",
             "fields": {"address1_city": {"old": None, "new": "Here"}}, "lines": []}  # fmt: skip
    planned = {**NO_WRITES, "sales": {"create": 0, "update": 1, "delete": 0}}
    preview = {"status": "Finished", "writes": planned,
               "lines": [{**line("CUSTOMER"), "writes": planned, "samples": [write]}]}  # fmt: skip
    scripted.says("POST", "previews", (202, {"id": "7"}))
    scripted.says("GET", "previews/7", preview)
    scripted.says("GET", "previews/7/writes", {"writes": [write], "next": None})
    file = tmp_path / "writes.jsonl"
    assert called(scripted, "plan", "--writes", str(file)) == Exit.DONE
    shown = capsys.readouterr().out
    assert "update in Sales, CUSTOMER, 10000 Cannon: address1_city: (blank) → Here" in shown
    assert "1 writes. Preview 7; nothing was written." in shown
    assert [json.loads(each) for each in file.read_text("utf-8").splitlines()] == [write]


def test_a_mapping_file_that_is_not_there_is_told(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(scripted, "plan", "--file", "nowhere.toml") == Exit.USAGE
    assert "nowhere.toml" in capsys.readouterr().err


def test_progress_tells_how_far_how_fast_and_how_long() -> None:
    clock = iter([0.0, 10.0, 10.0])
    progress = Progress(Screen(err=io.StringIO()), "Synchronising", lambda: next(clock))
    assert "0 of 1,000 records" in progress.line(0, 1000, "0 of 2 mappings done")
    told = progress.line(250, 1000, "1 of 2 mappings done")
    assert told.endswith("250 of 1,000 records, 1 of 2 mappings done, 25/s, 30 s left")
    assert "██████░░" in told


@pytest.mark.parametrize(("seconds", "told"), [(0, "0 s"), (75, "1 min 15 s"), (7260, "2 h 1 min")])
def test_a_time_is_said_as_people_do(seconds: int, told: str) -> None:
    assert duration(seconds) == told


def test_a_long_write_is_told_short() -> None:
    fields = {f"f{n}": {"old": None, "new": n} for n in range(9)}
    write = {"side": "bc", "kind": "create", "mapping": "M", "label": "L", "fields": fields}
    assert write_line(write).endswith("f0: 0; f1: 1; f2: 2 and 6 more fields")


def test_a_refusal_with_faults_lists_each_with_its_line(scripted: Scripted) -> None:
    faults = [{"line": 3, "reason": "no such field.", "suggestion": "city?"}]
    scripted.says(
        "POST", "previews", (400, {"title": "The mapping's file cannot be used.", "faults": faults})
    )
    with pytest.raises(Refused, match=r"line 3: no such field. city\?"):
        App(scripted.url, KEY).post("previews")


def test_a_run_that_somebody_paused_is_not_waited_for(
    scripted: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.says("POST", "full-synchronizations", (202, {"id": "1"}))
    scripted.says("GET", "full-synchronizations/1", {"status": "Paused", "lines": [line("CUSTOMER")]})
    assert called(scripted, "run") is Exit.UNFINISHED
    assert "It is paused" in capsys.readouterr().err


def test_a_mapping_file_is_sent_under_the_name_it_says(scripted: Scripted, tmp_path: Any) -> None:
    file, text = tmp_path / "mine.toml", 'name = "PAYMENT TERMS"\n'
    file.write_text(text, "utf-8")
    scripted.says("POST", "previews", (400, {"title": "The mapping's file cannot be used."}))
    assert called(scripted, "plan", "--file", str(file)) is Exit.REFUSED
    assert scripted.seen[0][2]["mappingFile"] == {"name": "PAYMENT TERMS", "text": text}
    file.write_text("name = ", "utf-8")
    assert called(scripted, "plan", "--file", str(file)) is Exit.REFUSED
    assert len(scripted.seen) == 1
