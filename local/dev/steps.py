"""The steps of a set-up: commands with a log, and stamps that tell what is done. Standard library only.

A stamp is a file holding the hash of what its step was made from. It goes away before the step starts and
comes back only when the step has succeeded, so a half-finished step is done again.
"""

import hashlib
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.dev.places import Places

STEP_TIMEOUT_S = 1200
TAIL_LINES = 15


class SetUpFailed(Exception):
    """A step of the set-up failed; the text names the step and what to check."""


def digest_of(inputs: Sequence[Path], *words: str) -> str:
    """One hash over the files' contents and the words; a missing file counts as its absence."""
    total = hashlib.sha256()
    for part in [
        *(path.read_bytes() if path.exists() else b"absent" for path in inputs),
        *map(str.encode, words),
    ]:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def stamp_path(places: Places, name: str) -> Path:
    """The file that says from which inputs step `name` was last finished."""
    return places.tools / f"{name}.stamp"


def is_current(places: Places, name: str, digest: str) -> bool:
    """Whether step `name` was finished from exactly these inputs."""
    path = stamp_path(places, name)
    return path.exists() and path.read_text(encoding="ascii", errors="replace") == digest


@contextmanager
def stamping(places: Places, name: str, digest: Callable[[], str]) -> Iterator[None]:
    """Runs a step so that its stamp exists only if the step succeeded; `digest` is asked for after the
    step."""
    path = stamp_path(places, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    yield
    fresh = path.with_suffix(".new")
    fresh.write_text(digest(), encoding="ascii")
    fresh.replace(path)


def say(text: str) -> None:
    """A progress line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def run_step(
    places: Places, step: str, command: Sequence[object], advice: str, cwd: Path | None = None
) -> None:
    """Runs one command of the set-up, its output in a log; raises SetUpFailed with the output's end and the
    advice."""
    places.logs.mkdir(parents=True, exist_ok=True)
    log = places.logs / f"set-up-{step.replace(' ', '-')}.log"
    try:
        with log.open("wb") as output:
            code = subprocess.run(
                [str(part) for part in command],
                cwd=cwd or places.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=STEP_TIMEOUT_S,
            ).returncode
        outcome = f"ended with code {code}"
    except (OSError, subprocess.TimeoutExpired) as error:
        code, outcome = -1, f"could not be finished: {error}"
    if code != 0:
        raise SetUpFailed(
            f"{tail_of(log)}\nSet-up stopped: {step} {outcome}. {advice} Then run the same command again."
        )


def tail_of(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, empty if there is none."""
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as text:
        return "".join(deque(text, maxlen=lines)).rstrip()


def runs_well(command: Sequence[object]) -> bool:
    """Whether a short command exists here and ends with 0."""
    try:
        return (
            subprocess.run(
                [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
