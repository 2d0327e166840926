"""Child processes: the ready line, failures that show why, stopping in order."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.dev.processes import LOG_LIFETIME_S, NotReady, Processes, json_message, remove_old_logs

READY = "print('starting'); print('{\"port\": 7}', flush=True)\n"
UNTIL_STOPPED = "import signal, threading; threading.Event().wait()\n"
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a program can catch")


def python(code: str, *arguments: object) -> list[object]:
    return [sys.executable, "-c", code, *arguments]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def test_the_ready_line_is_returned_and_the_child_goes_on(logs: Path) -> None:
    with Processes(logs) as processes:
        assert processes.start("one", python(READY + UNTIL_STOPPED)) == {"port": 7}
        assert processes.ended() == []
        child = processes.children[0]
    assert child.process.poll() is not None
    assert child.log.read_text(encoding="utf-8") == 'starting\n{"port": 7}\n'


def test_a_child_that_ends_before_it_is_ready_shows_its_errors_and_code(logs: Path) -> None:
    with Processes(logs) as processes:
        with pytest.raises(NotReady) as failure:
            processes.start("one", python("import sys; sys.exit('port 7 is taken')"))
        assert processes.children == []
    assert "one ended with code 1 before it was ready" in str(failure.value)
    assert "port 7 is taken" in str(failure.value)


def test_a_child_that_closes_its_output_before_it_is_ready_is_stopped(logs: Path) -> None:
    code = "import os; os.close(1)\n" + UNTIL_STOPPED
    with (
        Processes(logs) as processes,
        pytest.raises(NotReady, match="one closed its output before it was ready"),
    ):
        processes.start("one", python(code))


def test_a_child_that_says_nothing_is_stopped_when_the_time_is_over(logs: Path) -> None:
    code = "import sys; print('still thinking', file=sys.stderr, flush=True)\n" + UNTIL_STOPPED
    with Processes(logs) as processes, pytest.raises(NotReady, match="was not ready after 1 s"):
        processes.start("one", python(code), timeout_s=1)


@POSIX
def test_children_stop_in_reverse_order(logs: Path, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, pathlib\n"
        "def end(*_):\n"
        "    with open(sys.argv[1], 'a') as file: file.write(sys.argv[2])\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n" + READY + UNTIL_STOPPED
    )
    with Processes(logs) as processes:
        for name in "abc":
            processes.start(name, python(code, order, name))
    assert order.read_text() == "cba"


@POSIX
def test_a_child_that_does_not_end_when_asked_is_killed(logs: Path) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY + UNTIL_STOPPED
    with Processes(logs) as processes:
        processes.start("one", python(code))
        child = processes.children[0]
        child.stop(timeout_s=0.2)
        assert child.process.returncode == -9


def test_a_child_that_cannot_be_asked_is_killed_at_once(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: subprocess.Popen[str], number: int) -> None:
        raise OSError("[WinError 6] The handle is invalid")

    with Processes(logs) as processes:
        processes.start("one", python(READY + UNTIL_STOPPED))
        child = processes.children[0]
        with monkeypatch.context() as without_console:
            without_console.setattr(subprocess.Popen, "send_signal", refuse)
            child.stop()
        assert child.process.returncode is not None


def test_a_child_that_ended_by_itself_is_told(logs: Path) -> None:
    with Processes(logs) as processes:
        processes.start("one", python(READY))
        processes.children[0].process.wait(20)
        assert [child.name for child in processes.ended()] == ["one"]


@POSIX
def test_children_end_when_this_process_exits_without_stopping_them(logs: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from local.dev.processes import Processes\n"
        "p = Processes(Path(sys.argv[1])); child = [sys.executable, '-c', sys.argv[2]]\n"
        "p.start('inner', child); print('{\"pid\": %d}' % p.children[0].process.pid, flush=True)\n"
    )
    with Processes(logs) as processes:
        pid = processes.start("outer", python(code, tmp_path / "inner", READY + UNTIL_STOPPED))["pid"]
        assert processes.children[0].process.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_extra_variables_reach_the_child(logs: Path) -> None:
    code = (
        "import json, os; print(json.dumps({'value': os.environ['TANDEM_X'], 'path': 'PATH' in os.environ}))"
    )
    with Processes(logs) as processes:
        answer = processes.start("one", python(code), env={"TANDEM_X": "é"})
    assert answer == {"value": "é", "path": True}


@pytest.mark.parametrize("line", ["", "ready", "[1]", "{broken", "7"])
def test_only_a_json_object_is_a_ready_line(line: str) -> None:
    assert json_message(line) is None


def test_logs_older_than_a_week_are_removed(tmp_path: Path) -> None:
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    for path in (old, new):
        path.write_text("x")
    now_s = time.time()
    os.utime(old, (now_s - LOG_LIFETIME_S - 60,) * 2)
    remove_old_logs(tmp_path, now_s)
    assert [path.name for path in tmp_path.iterdir()] == ["new.log"]
