"""A made-up checkout to try the checks on."""

from collections.abc import Callable
from pathlib import Path

import pytest

type Plant = Callable[[str, str], Path]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Writes a file into the made-up checkout and returns the checkout's root."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return write
