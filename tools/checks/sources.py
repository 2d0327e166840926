"""What the checks read: the files of a checkout, without what git ignores."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORED_FOLDERS = {
    ".git",
    ".venv",
    ".tools",
    "__pycache__",
    "node_modules",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
}


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule at one place."""

    file: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}"


def files(root: Path) -> list[Path]:
    """Every file that is or may be committed, sorted. Without git: everything outside the usual ignored
    folders."""
    listed = _git_files(root) if (root / ".git").exists() else None
    return sorted(path for path in (listed if listed is not None else _walk(root)) if path.is_file())


def python_files(root: Path, tops: Iterable[str]) -> list[Path]:
    """The Python files that are one of `tops` or inside one of them."""
    wanted = set(tops)
    return [
        path for path in files(root) if path.suffix == ".py" and path.relative_to(root).parts[0] in wanted
    ]


def name_of(path: Path, root: Path) -> str:
    """The path as it is written in a report: from the root, with slashes."""
    return path.relative_to(root).as_posix()


def _git_files(root: Path) -> list[Path] | None:
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    names = done.stdout.decode("utf-8", errors="surrogateescape").split("\0")
    return [root / name for name in names if name] if done.returncode == 0 else None


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in IGNORED_FOLDERS]
        yield from (Path(folder) / name for name in names)


def finish(find: Callable[[Path], Iterable[Violation]]) -> int:
    """The main function of a check: prints what it finds under the given or own root; 1 if there is
    anything."""
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    found = sorted(find(root))
    for violation in found:
        print(violation)
    return 1 if found else 0
