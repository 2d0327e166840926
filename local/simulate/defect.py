"""What a deliberate defect is, and how it is put into the product."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from local.simulate.choices import NOTHING_LEFT_OUT, Choices
from local.simulate.setting import Setting

if TYPE_CHECKING:
    from local.simulate.simulation import Simulation

type Make = Callable[["Simulation", Any], Any]


REACHED: Counter[str] = Counter()
"""How often the product came to the place of a defect.  One that it never comes to proves nothing."""


@dataclass(frozen=True)
class Defect:
    """``what`` is wrong; ``make`` gives what replaces the thing at ``place``, told the simulation and the
    original.

    A defect may say what shows it.  Seeds that have one of the ``incidents`` (or further parts of the
    catalogue, or policies), or a setting that ``suits``, are tried first; its ``choices`` hold for all:
    faults that come often, and whether from the start.
    """

    what: str
    place: str
    make: Make
    incidents: tuple[str, ...] = ()
    choices: Choices = NOTHING_LEFT_OUT
    suits: Callable[[Setting], bool] | None = None

    def check_place(self) -> None:
        """Raise ``AssertionError`` where the product has nothing of this name any more."""
        owner, _, name = self.place.rpartition(".")
        assert hasattr(resolve(owner), name), f"{self.place} is no place of the product any more"

    @contextmanager
    def patched(self, simulation: Simulation) -> Iterator[None]:
        """The product with this defect."""
        owner, _, name = self.place.rpartition(".")
        target = resolve(owner)
        with patch.object(target, name, self._counted(self.make(simulation, getattr(target, name)))):
            yield

    def _counted(self, made: Any) -> Any:
        """The same, counted in ``REACHED`` when it is a function that the product calls."""
        if not isinstance(made, FunctionType):
            REACHED[self.place] += 1
            return made

        @wraps(made)
        def call(*arguments: Any, **named: Any) -> Any:
            REACHED[self.place] += 1
            return made(*arguments, **named)

        return call


def resolve(path: str) -> Any:
    """A module, or a class in one, by its dotted name."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        owner, _, name = path.rpartition(".")
        return getattr(importlib.import_module(owner), name)


def often(*faults: str, from_the_start: bool = False, hasty: bool = False) -> Choices:
    """Seeds in which these faults come often."""
    return Choices(often=frozenset(faults), from_the_start=from_the_start, hasty=hasty)


def always(value: Any) -> Make:
    """A function that answers the same whatever it is asked."""
    return lambda simulation, original: lambda *arguments, **named: value


def nothing(simulation: Simulation, original: Any) -> Any:
    """A function that does nothing."""
    return lambda *arguments, **named: None
