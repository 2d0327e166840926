"""One environment with the stand-in app, for the tests of a module that do not stop it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.dev.processes import Processes
from local.environment import Environment, Options, start

APP = Path(__file__).parent / "app"


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Processes(tmp_path_factory.mktemp("logs")) as supervision:
        yield supervision


@pytest.fixture(scope="module")
def environment(processes: Processes) -> Iterator[Environment]:
    with start(processes, Options(app=APP)) as running:
        yield running
