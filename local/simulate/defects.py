"""Deliberate defects: the product made wrong in one place at a time.  A checker must find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from local.simulate.simulation import Simulation


@dataclass(frozen=True)
class Defect:
    """``what`` is wrong; ``make`` gives what replaces the thing at ``place``, told the simulation and the
    original."""

    what: str
    place: str
    make: Callable[[Simulation, Any], Any]

    @contextmanager
    def patched(self, simulation: Simulation) -> Iterator[None]:
        """The product with this defect."""
        module, _, name = self.place.rpartition(".")
        target = _resolve(module)
        with patch.object(target, name, self.make(simulation, getattr(target, name))):
            yield


def _resolve(path: str) -> Any:
    import importlib

    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            found = getattr(found, name)
        return found
    raise LookupError(path)


DEFECTS: dict[str, Defect] = {}
