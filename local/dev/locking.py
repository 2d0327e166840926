"""A lock between processes of one machine: a file that names its holder.

The operating system holds the lock and frees it when the holder ends, however it ends; the process id
inside the file is only for people.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.2
_LOCKED_BYTE = (
    1 << 20
)  # far behind the text, so that the text stays readable where locks are mandatory (Windows)

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def holder_of(path: Path) -> str:
    """The process id written by the last holder, or a question mark."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip() or "?"
    except OSError:
        return "?"


@contextmanager
def exclusive(path: Path, waiting: Callable[[str], None], timeout_s: float = 1800) -> Iterator[None]:
    """Holds the lock `path` for the block; calls `waiting` once with the holder's id if another process has
    it.

    Raises TimeoutError when the lock is not free within `timeout_s`.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _try_lock(handle):
            time.sleep(POLL_S)  # the holder writes its id just after it got the lock
            waiting(holder_of(path))
            _wait_for_lock(handle, path, timeout_s)
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)  # closing frees the lock


def _wait_for_lock(handle: int, path: Path, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    while not _try_lock(handle):
        if time.monotonic() > end:
            raise TimeoutError(
                f"{path} is held by process {holder_of(path)} for more than {timeout_s:.0f} s."
            )
        time.sleep(POLL_S)
