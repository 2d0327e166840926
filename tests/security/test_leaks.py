"""Marked personal data and secrets through a synchronisation full of failures, conflicts and faults, in real
processes: neither gets into the host's output with every log at its finest, a queue, or a table that does not
hold records.

The app is the real one, entered through a file that turns every log on as Azure's host can be told to.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.dev.places import ROOT
from local.dev.processes import Processes
from local.environment import HEART, Environment, Generated, Options, Refused, start
from local.simulators.faults import Fault
from tests.security import markers
from tests.security.conftest import synchronise
from tests.security.markers import found_in, outside_records
from tests.security.stored import Stored
from tests.webhooks.conftest import await_true

pytestmark = [pytest.mark.host, pytest.mark.storage, pytest.mark.slow]

ENTRY = """
import importlib.util
import logging

logging.getLogger().setLevel(logging.DEBUG)
logging.getLogger("azure").setLevel(logging.NOTSET)
place = importlib.util.spec_from_file_location("product", {path!r})
product = importlib.util.module_from_spec(place)
place.loader.exec_module(product)
app = product.app
logging.getLogger("tandem").debug("every log is on")
"""
RATES = {Fault.STATUS_503: 0.1, Fault.ANSWER_LOST: 0.1, Fault.HTML_INSTEAD: 0.1, Fault.TRUNCATED: 0.1}
LEAST_FAULTS = 5
SECRET_SETTINGS = ("CLIENT_SECRET", "WEBHOOK_SECRET")
TOKEN = re.compile(r"eyJ[\w-]{20,}\.[\w-]{20,}|Bearer [\w.-]{20,}")


@dataclass(frozen=True)
class Story:
    """What is left of an environment in which everything went wrong."""

    environment: Environment
    stored: Stored
    queued: list[Mapping[str, list[str]]]
    before: list[str]

    def secrets(self) -> tuple[str, ...]:
        settings = self.environment.settings
        account_key = settings["AzureWebJobsStorage"].partition("AccountKey=")[2].partition(";")[0]
        return (*(settings[name] for name in SECRET_SETTINGS), account_key)

    def log(self) -> str:
        """The host's own output on both streams, but for the line that tells whoever started it the keys."""
        logs = sorted(Path(self.environment.processes.logs).glob("*leaks-host-1.log"))
        lines = [line for each in logs for line in each.read_text("utf-8").splitlines()]
        return "\n".join([*self.before, *(line for line in lines if '{"ready": true' not in line)])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("leaks")
    options = Options(
        scope=HEART, app=_entry(folder / "app"), records=Generated(3, 4), sales=(), verbose=True,
        label="leaks-", webhooks=True,
        app_settings={"PYTHONPATH": str(ROOT), "PYTHON_ENABLE_DEBUG_LOGGING": "1"},
    )  # fmt: skip
    with Processes(folder / "logs") as processes, start(processes, options) as environment:
        story = Story(environment, Stored(environment.addresses.storage), [], [])
        _plant(environment)
        _live(story)
        yield story


def _entry(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "host.json", folder)
    (folder / "function_app.py").write_text(ENTRY.format(path=str(ROOT / "function_app.py")), "utf-8")
    return folder


def _plant(environment: Environment) -> None:
    bc, sales = environment.people.bc, environment.people.sales
    for number in range(6):
        bc.create("customers", markers.customer(number))
        sales.create("accounts", markers.account(number))
        sales.create("contacts", markers.contact(number))
    sales.create("accounts", markers.account(20, name=markers.NAME + "x" * 140))
    sales.create("accounts", markers.account(21, address1_country=markers.COUNTRY))
    for number in (30, 31):  # the same address on both sides: a match, and two that may be the same
        bc.create("customers", markers.customer(number, email=f"{markers.MAIL}{30}@contoso.example"))
    sales.create("accounts", markers.account(30, emailaddress1=f"{markers.MAIL}{30}@contoso.example"))


def _live(story: Story) -> None:
    """A synchronisation in full, then edits on both sides and another one under faults."""
    environment = story.environment
    synchronise(environment, release=["CUSTOMER", "CONTACT"])
    plan = {"seed": 5, "rates": {str(kind): rate for kind, rate in RATES.items()}}
    for control in (environment.bc_control, environment.sales_control):
        control.faults(plan)
    environment.api.post("full-synchronizations", {})
    environment.host.run_timer("minute")
    await_true(lambda: _fired(environment) >= LEAST_FAULTS, "faults")
    story.queued.append(story.stored.queues())
    for control in (environment.bc_control, environment.sales_control):
        control.faults({})
    _edit_both(story)
    await_true(lambda: "conflict" in _codes(story), "a conflict")
    await_true(lambda: found_in(story.stored.table("Journal")), "an entry in the journal")
    _send_nonsense(story)


def _fired(environment: Environment) -> int:
    counts = [each.get("faults") for each in (environment.bc_control, environment.sales_control)]
    return sum(sum(each["fired"].values()) for each in counts)


def _edit_both(story: Story) -> None:
    """The same field changed on both sides while nobody looks, another on one side alone."""
    environment, bc, sales = story.environment, story.environment.people.bc, story.environment.people.sales
    environment.host.stop()
    story.before.append(story.log())  # the next start begins the file anew
    accounts = {each["accountnumber"]: each["accountid"] for each in sales.list("accounts")}
    coupled = [each for each in bc.list("customers") if each["number"] in accounts]
    ours = [each for each in coupled if markers.NAME in each["displayName"]]
    for each in ours[:3]:
        bc.patch("customers", each["id"], {"addressLine1": f"{markers.STREET} of BC"})
        sales.patch("accounts", accounts[each["number"]], {"address1_line1": f"{markers.STREET} of Sales"})
    bc.patch("customers", ours[-1]["id"], {"city": markers.CITY.upper()})
    environment.host.start()
    environment.host.run_timer("minute")


def _codes(story: Story) -> set[str]:
    story.queued.append(story.stored.queues())
    return {each["code"] for each in story.environment.api.get("problems")["problems"]}


def _send_nonsense(story: Story) -> None:
    """A message that cannot be understood, to each queue: it ends as poison."""
    for name in ("tandem-batches", "tandem-detection"):
        story.stored.send(name, f"nonsense for {name}")
    await_true(lambda: len(story.stored.table("Poison")) >= 2, "the poison")


def test_the_story_has_failures_conflicts_and_records_in_step(story: Story) -> None:
    assert {"conflict", "too_long", "country_unknown"} <= _codes(story)
    assert found_in(story.stored.table("Couplings"))
    assert found_in(story.stored.table("Journal"))
    assert "every log is on" in story.log()
    assert story.log().count("\n") > 50


def test_no_log_tells_of_a_person(story: Story) -> None:
    assert found_in(story.log()) == []


def test_no_log_tells_a_secret_or_a_token(story: Story) -> None:
    assert found_in(story.log(), story.secrets()) == []
    assert TOKEN.search(story.log()) is None


def test_the_libraries_do_not_log_each_request(story: Story) -> None:
    """Their lines hold addresses, and those keys and filters; they would be most of what is paid for."""
    told = re.findall(r"^\S+ \S+ (?:DEBUG|INFO) (azure|urllib3|msal|requests)\.", story.log(), re.MULTILINE)
    assert told == []


def test_values_are_kept_in_the_tables_of_records_alone(story: Story) -> None:
    assert found_in(outside_records(story.stored.tables())) == []


def test_no_secret_and_no_token_is_kept_in_any_table(story: Story) -> None:
    kept = json.dumps(story.stored.tables(), default=str)
    assert found_in(kept, story.secrets()) == []
    assert TOKEN.search(kept) is None


def test_no_message_carries_a_value_or_a_secret(story: Story) -> None:
    seen = json.dumps([*story.queued, story.stored.queues()])
    assert found_in(seen) == []
    assert found_in(seen, story.secrets()) == []


def test_poison_is_what_was_sent_and_no_more(story: Story) -> None:
    texts = {row["PartitionKey"]: row["text"] for row in story.stored.table("Poison")}
    assert texts == {name: f"nonsense for {name}" for name in ("tandem-batches", "tandem-detection")}


def test_no_answer_of_the_api_tells_a_secret_and_no_refusal_tells_of_a_person(story: Story) -> None:
    talk = story.environment.api
    answers: list[Any] = [talk.get(path) for path in ("health", "jobs", "problems")]
    assert found_in(answers, story.secrets()) == []
    for path in ("jobs/nothing", "jobs?connection=x", "problems?connection=x", f"jobs/{markers.NAME}x"):
        with pytest.raises(Refused) as refused:
            talk.get(path)
        assert found_in(refused.value.text, markers.PERSONAL[1:]) == []
        assert found_in(refused.value.text, story.secrets()) == []
