"""What a verb is, and the arguments that several verbs share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from tandem.app import App
from tandem.exits import Exit
from tandem.screen import Screen

type Run = Callable[[App, Screen, argparse.Namespace], Exit]
type Add = Callable[[argparse.ArgumentParser], None]

SIDES = ("bc", "sales")


@dataclass(frozen=True)
class Verb:
    """One verb: what it does in a line, how it is run, and the arguments of its own."""

    name: str
    summary: str
    run: Run
    add: Add = lambda parser: None


def add_side(parser: argparse.ArgumentParser) -> None:
    """Which of the two systems the named records are in."""
    parser.add_argument("--side", choices=SIDES, default="bc", help="the system the records are in (bc)")


def add_records(parser: argparse.ArgumentParser) -> None:
    """Records by id, number or name."""
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("record", nargs="+", help="a record: its id, or its number or name")
    add_side(parser)
