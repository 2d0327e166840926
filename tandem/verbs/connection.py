"""`switch` and `uncouple-all`: a connection as a whole."""

from __future__ import annotations

import argparse

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb


def switch(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Switch the connection on or off."""
    body: Document = {"connection": _connection(app), "on": given.to == "on"}
    body |= {"by": given.by} if given.by else {}
    found = app.post("connection/switch", body)
    screen.result(found)
    since = "" if found["on"] else f" since {found['offSince']}: nothing is synchronised"
    screen.say(f"{found['connection']} is {'on' if found['on'] else 'off'}{since}.")
    return Exit.DONE


def _connection(app: App) -> str:
    """The connection that is named, or the only one."""
    names = [app.connection] if app.connection else list(app.get("health")["connections"])
    if len(names) != 1:
        raise Refused(f"Say with --connection which is meant: {', '.join(sorted(names))}.")
    return names[0]


def uncouple_all(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """End every pair of every mapping of the connection."""
    if not app.connection:
        raise Refused("Say with --connection all of whose pairs are to end.")
    found = app.post("connection/uncouple", {"connection": app.connection})
    screen.result(found)
    for mapping, job in found["jobs"].items():
        screen.say(f"{mapping}: all pairs end in job {job}.")
    return Exit.DONE


def _of_switch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("to", choices=("on", "off"), help="off: nothing is looked at, read or written")
    parser.add_argument("--by", default="", help="who does it, as health shall tell it")


def _of_uncouple_all(parser: argparse.ArgumentParser) -> None:
    """The connection is what every verb may name."""


VERBS = (
    Verb("switch", "switch the connection off or on", switch, _of_switch),
    Verb(
        "uncouple-all",
        "end every pair of the connection; no record is deleted",
        uncouple_all,
        _of_uncouple_all,
    ),
)
