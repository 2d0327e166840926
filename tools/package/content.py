"""What belongs into the package: the files of the checkout that `.funcignore` does not name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from tools.checks.sources import Violation, files, name_of

IGNORES = ".funcignore"
TOPS = frozenset({"function_app.py", "host.json", "requirements.txt", "functions", "shared_code"})
"""Everything that is deployed, by its first name."""
ENDINGS = frozenset(
    {
        ".py",
        ".json",
        ".txt",
        ".toml",
        ".html",
        ".css",
        ".js",
        ".svg",
        ".png",
        ".ico",
        ".woff2",
        ".kql",
        ".LICENSE",
        ".bin",
    }
)


def patterns(root: Path) -> list[str]:
    """The names that `.funcignore` leaves out."""
    lines = (root / IGNORES).read_text(encoding="utf-8").splitlines()
    return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]


def is_ignored(name: str, left_out: Sequence[str]) -> bool:
    """Whether a file or one of the folders it is in has such a name, as with git's own ignore files."""
    return any(fnmatch(part, pattern) for part in name.split("/") for pattern in left_out)


def packed(root: Path) -> list[Path]:
    """The files of the package, sorted.  Files that git ignores are not among them."""
    left_out = [*patterns(root), IGNORES]
    return [path for path in files(root) if not is_ignored(name_of(path, root), left_out)]


def violations(root: Path) -> Iterator[Violation]:
    """What is in the package and must not be, or is missing."""
    names = [name_of(path, root) for path in packed(root)]
    for name in names:
        if name.split("/")[0] not in TOPS:
            yield Violation(IGNORES, 1, f"{name} would be deployed: leave it out here")
        elif Path(name).suffix not in ENDINGS:
            yield Violation(IGNORES, 1, f"{name} would be deployed although nobody reads such a file there")
    for top in sorted(TOPS - {name.split("/")[0] for name in names}):
        yield Violation(IGNORES, 1, f"{top} would not be deployed")
