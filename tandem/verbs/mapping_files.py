"""`mapping`: the files that say what is synchronised, and the options that Sales lacks for them."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

from tandem.app import App, Document, Refused, segment
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb


def mapping(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """List, show, check, store or take back mapping files; add missing options in Sales."""
    if given.do != "list" and not given.name:
        raise Refused(f"Say which: {given.do} needs the name of a mapping, or a file.")
    return ACTS[given.do](app, screen, given.name)


def _list(app: App, screen: Screen, name: str) -> Exit:
    found = app.get("mapping-files")["mappingFiles"]
    screen.result(found)
    rows = [(each["name"], each["origin"], each["inUse"], each["setAside"]) for each in found]
    screen.table(("Mapping", "File", "In use", "Set aside because"), rows)
    return Exit.ATTENTION if any(each["setAside"] for each in found) else Exit.DONE


def _show(app: App, screen: Screen, name: str) -> Exit:
    found = app.get(f"mapping-files/{segment(name)}")
    screen.result(found)
    screen.say(found["text"].rstrip())
    return Exit.DONE


def _put(app: App, screen: Screen, file: str) -> Exit:
    found = _sent(app, file, check="")
    screen.result(found)
    screen.say(f"{found['name']} is stored. It is in force within 15 seconds.")
    return Exit.DONE


def _check(app: App, screen: Screen, file: str) -> Exit:
    found = _sent(app, file, check="true")
    screen.result(found)
    screen.say(f"{found['name']} has no fault. Nothing was stored.")
    return Exit.DONE


def _sent(app: App, file: str, check: str) -> Document:
    """The file's text under the name that it says itself.  Raises ``Refused`` with its faults."""
    text = Path(file).read_text(encoding="utf-8")
    try:
        name = str(tomllib.loads(text).get("name") or Path(file).stem)
    except tomllib.TOMLDecodeError:
        name = Path(file).stem  # The app tells what is wrong, with the line.
    return app.put_text(f"mapping-files/{segment(name)}", text, check=check)


def _remove(app: App, screen: Screen, name: str) -> Exit:
    found = app.call("DELETE", f"mapping-files/{segment(name)}", {})
    screen.result(found)
    screen.say(f"Your file of {name} is taken back. Couplings stay.")
    return Exit.DONE


def _options(app: App, screen: Screen, name: str) -> Exit:
    found = app.post(f"mappings/{segment(name)}/options")
    screen.result(found)
    screen.say(f"Added: {', '.join(found['added']) or 'nothing was missing'}.")
    return Exit.DONE


ACTS = {
    "list": _list, "show": _show, "check": _check, "put": _put, "remove": _remove, "options": _options,
}  # fmt: skip


def _of_mapping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("do", choices=tuple(ACTS),
                        help="check and put take a file, the others a name; options: add what records lack "
                        "to the choice column in Sales")  # fmt: skip
    parser.add_argument("name", nargs="?", default="", help="the mapping's name, or the path of a file")


VERBS = (Verb("mapping", "the files that say what is synchronised", mapping, _of_mapping),)
