"""How a host process begins and ends."""

import json
import threading
from pathlib import Path

import pytest

from tests.host.conftest import Starter
from tests.host.running import APP, Probe, await_true, copied_app, host_command

pytestmark = [pytest.mark.host, pytest.mark.storage]

PRINTED = "an app may print while it loads"


def refusal(app: Path, probe: Probe, folder: Path, *options: str) -> str:
    """The one line of a host that does not start."""
    process = host_command(app, probe.environment, folder / "refusal.log", *options)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    logged = (folder / "refusal.log").read_text().splitlines()
    (line,) = [line for line in logged if line != PRINTED]
    assert line.startswith("local.host: ")
    return line


def test_missing_app_folder_is_named(probe: Probe, tmp_path: Path) -> None:
    assert "nowhere is not a folder" in refusal(tmp_path / "nowhere", probe, tmp_path)


def test_indexing_error_is_one_line_naming_the_cause(probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "function_app.py").write_text("import no_such_module\n")
    line = refusal(tmp_path, probe, tmp_path)
    assert "No module named 'no_such_module'" in line
    assert "sys.path" not in line


def test_app_that_ends_the_process_is_refused(probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "function_app.py").write_text("raise SystemExit(3)\n")
    assert "ended the process" in refusal(tmp_path, probe, tmp_path)


def test_missing_setting_is_named(probe: Probe, tmp_path: Path) -> None:
    del probe.environment["WORK_QUEUE"]
    assert "function work needs the setting WORK_QUEUE" in refusal(APP, probe, tmp_path)


def test_an_incomplete_identity_based_connection_is_refused_with_the_remedy(
    probe: Probe, tmp_path: Path
) -> None:
    probe.environment |= {"AzureWebJobsStorage": "", "AzureWebJobsStorage__credential": "managedidentity"}
    line = refusal(APP, probe, tmp_path)
    assert "AzureWebJobsStorage__queueServiceUri" in line
    assert "connection string" in line


def test_an_identity_that_the_local_host_cannot_play_is_refused(probe: Probe, tmp_path: Path) -> None:
    address = {"AzureWebJobsStorage__queueServiceUri": "https://127.0.0.1:1/x"}
    probe.environment |= {"AzureWebJobsStorage": "", **address}
    assert "knows managedidentity" in refusal(APP, probe, tmp_path)


def test_storage_that_does_not_answer_is_named(probe: Probe, tmp_path: Path) -> None:
    dead = probe.storage.replace("QueueEndpoint=http://127.0.0.1:", "QueueEndpoint=http://127.0.0.1:1/x?")
    probe.environment["AzureWebJobsStorage"] = dead
    assert "AzureWebJobsStorage" in refusal(APP, probe, tmp_path)


def test_local_settings_stand_behind_the_environment(start: Starter, probe: Probe, tmp_path: Path) -> None:
    app = copied_app(tmp_path / "app")
    nightly = probe.environment.pop("NIGHTLY")
    values = {"NIGHTLY": nightly, "WORK_QUEUE": "not-used"}
    (app / "local.settings.json").write_text(json.dumps({"Values": values}))
    start("--listen", "http,timer", app=app)


def test_route_prefix_and_keys_can_be_chosen(start: Starter, tmp_path: Path) -> None:
    app = copied_app(tmp_path / "app", extensions={"http": {"routePrefix": ""}})
    host = start("--listen", "http", app=app, LOCAL_FUNCTIONS_KEY="f", LOCAL_MASTER_KEY="m")
    assert host.ready["keys"] == {"functions": "f", "master": "m"}
    assert host.ready["pid"] == host.process.pid
    assert host.get("/items/1").status_code == 200


def test_generated_keys_differ_between_starts(start: Starter) -> None:
    keys = [start("--listen", "http").ready["keys"] for _ in range(2)]
    assert len({key for pair in keys for key in pair.values()}) == 4


def test_function_past_its_time_ends_the_process(start: Starter, tmp_path: Path) -> None:
    app = copied_app(tmp_path / "app", functionTimeout="00:00:01")
    host = start("--listen", "http", app=app)
    with pytest.raises(OSError):  # the connection breaks
        host.get("/api/slow/20", key=None)
    assert host.process.wait(5) == 70
    assert "slow ran past functionTimeout" in host.log.read_text()


def test_sigterm_answers_the_request_in_hand(start: Starter, probe: Probe) -> None:
    host = start("--listen", "http")
    answers: list[str] = []
    call = threading.Thread(target=lambda: answers.append(host.get("/api/slow/1", key=None).text))
    call.start()
    await_true(lambda: probe.events("slow"), "the run")
    assert host.terminate() == 0
    call.join(5)
    assert answers == ["done"]


def test_standard_output_is_the_ready_line_alone(probe: Probe, tmp_path: Path) -> None:
    process = host_command(APP, probe.environment, tmp_path / "log", "--listen", "http")
    assert process.stdout is not None
    first = process.stdout.readline()
    process.terminate()
    rest, _ = process.communicate(timeout=30)
    assert (json.loads(first)["ready"], rest, process.returncode) == (True, "", 0)
    assert PRINTED in (tmp_path / "log").read_text()


def test_quiet_host_logs_failures_in_one_line(start: Starter, probe: Probe) -> None:
    host = start("--listen", "http")
    host.get("/api/fail", key=None)
    host.terminate()
    logged = host.log.read_text().splitlines()
    assert sum("fail (id" in line and "ValueError" in line for line in logged) == 1
    assert not any("Traceback" in line for line in logged)
