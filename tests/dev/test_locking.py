"""Two set-ups never run at the same time."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.dev.locking import exclusive, holder_of
from local.dev.places import ROOT

HOLD = """
import sys
from pathlib import Path
from local.dev.locking import exclusive
with exclusive(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "a.lock"


def holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_waits_until_the_first_has_ended_and_is_told_who_holds_it(lock: Path) -> None:
    first, told = holder(lock), threading.Event()
    names: list[str] = []

    def waiting(name: str) -> None:
        names.append(name)
        told.set()
        first.communicate()  # closes its input, so it ends

    with exclusive(lock, waiting):
        assert first.poll() == 0
    assert told.is_set()
    assert names == [str(first.pid)]


def test_the_lock_of_a_killed_process_is_free(lock: Path) -> None:
    first = holder(lock)
    first.kill()
    first.communicate()
    with exclusive(lock, lambda name: pytest.fail("had to wait")):
        assert holder_of(lock) != str(first.pid)


def test_waiting_ends_with_an_error_that_names_the_holder(lock: Path) -> None:
    first = holder(lock)
    with pytest.raises(TimeoutError, match=str(first.pid)), exclusive(lock, lambda name: None, timeout_s=0):
        pass
    first.communicate()
