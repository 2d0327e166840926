"""Where a measured result came from: the commit and the day, and where such results are kept."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEASUREMENTS = ROOT / "docs" / "measurements"


def commit() -> str:
    """The commit of this checkout, marked where something in it is not committed."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def day() -> str:
    """Today, as it stands in a page."""
    now = datetime.now(UTC)
    return f"{now.day} {now:%B %Y}"
