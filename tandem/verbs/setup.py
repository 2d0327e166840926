"""`setup`: how far the connection is made, and making it step by step, as the guide on the pages does."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.screen import Screen
from tandem.verb import Verb
from tandem.verbs.preparing import prepare

TITLES = {
    "sales": "connect to Sales: --prepare https://contoso.crm4.dynamics.com signs an administrator in and "
    "makes everything ready; by hand: --set SALES_URL=https://contoso.crm4.dynamics.com",
    "business-central": "connect to Business Central: --companies ENVIRONMENT, then --set "
    "BUSINESS_CENTRAL_ENVIRONMENT=… --set BUSINESS_CENTRAL_COMPANIES=name=id",
    "what": "choose what to synchronise: --set FEATURES=… --set MAPPINGS=CUSTOMER,CONTACT",
    "how": "decide how it works: --set ORDER_ACCOUNTS=written_in=6110,freight=6410 --set OWNING_TEAMS=…; "
    "availability NUMBER asks for an item",
    "check": "check rights and tables: doctor",
    "couple": "couple what belongs together: match",
    "run": "run the full synchronisation: plan, then run",
}


def setup(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Show the steps; first keep settings, or list companies, where that is asked for."""
    if given.companies is not None:
        return _companies(app, screen, given.companies)
    if given.prepare is not None:
        return prepare(app, screen, given.prepare)
    changes = {**_of_file(given.file), **dict(_setting(each) for each in given.set)}
    body: Document = {"settings": changes, "check": given.check}
    found = app.call("PUT", "setup", {}, body) if changes else app.get("setup")
    screen.result(found)
    if given.export:
        _export(given.export, found["settings"])
    for each in found["steps"]:
        screen.say(f"{'done  ' if each['done'] else 'open  '}{TITLES.get(each['step'], each['step'])}")
    for name, value in found["settings"].items():
        screen.say(f"  {name}={value}{'   (fixed in the app settings)' if name in found['fixed'] else ''}")
    return Exit.DONE if all(each["done"] for each in found["steps"]) else Exit.ATTENTION


def _companies(app: App, screen: Screen, environment: str) -> Exit:
    found = app.get("setup/companies", environment=environment)["companies"]
    screen.result(found)
    for each in found:
        screen.say(f"{each['id']}  {each['name']}")
    return Exit.DONE


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Refused(f"Write NAME=VALUE, not {text}")
    return name, value


def _of_file(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise Refused(f"{path} is no object of names and texts.")
    return {str(name): str(value) for name, value in found.items()}


def _export(path: Path, settings: Document) -> None:
    try:
        path.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error}") from None


def _of_setup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="keep a setting")
    parser.add_argument("--file", type=Path, help="keep the settings of a file, as --export writes it")
    parser.add_argument(
        "--prepare",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="prepare Sales: an administrator signs in once",
    )
    parser.add_argument("--check", action="store_true", help="only say whether the settings can be used")
    parser.add_argument("--export", type=Path, help="write the settings to a file; it holds no secret")
    parser.add_argument(
        "--companies", nargs="?", const="", metavar="ENVIRONMENT", help="list the companies there are"
    )


VERBS = (Verb("setup", "how far the connection is made; make it step by step", setup, _of_setup),)
