"""`plan`: what a full synchronisation would write, and what changed since it was looked at."""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path

from tandem.app import App, Document, Refused, segment
from tandem.exits import Exit
from tandem.screen import NAMES, Screen, shown
from tandem.verb import Verb
from tandem.verbs.runs import add_chosen
from tandem.waiting import Patience, until_finished


def plan(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Previews a full synchronisation: what it would write, and nothing is written."""
    if given.list:
        return _list(app, screen)
    if given.show:
        return _known(app, screen, given)
    body: dict[str, object] = {"mappings": given.mapping, "release": given.release}
    if given.file:
        body["mappingFile"] = _mapping_file(Path(given.file))
    started = app.post("previews", body)
    address = f"previews/{started['id']}"
    again = f"python -m tandem plan --show {started['id']}"
    until_finished(app, screen, address, "Planning", Patience(given.wait), again)
    return show_plan(app, screen, started["id"], given.writes)


def _mapping_file(path: Path) -> Document:
    """A mapping's file under the name it says itself.  Raises ``Refused`` where it is no TOML."""
    text = path.read_text(encoding="utf-8")
    try:
        return {"name": str(tomllib.loads(text).get("name", path.stem)), "text": text}
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path} is no TOML: {error}") from None


def show_plan(app: App, screen: Screen, preview: str, writes: str = "") -> Exit:
    """A preview as a table with samples; ``writes`` names a file that takes every write, one a line."""
    found = app.get(f"previews/{preview}")
    screen.result(found)
    rows = [(each["mapping"], *_counts(each["writes"]), each["message"]) for each in found["lines"]]
    heads = ("Mapping", "create in BC", "change", "delete", "create in Sales", "change", "delete", "")
    screen.table(heads, [row for row in rows if any(row[1:7]) or row[7]] or rows[:1])
    for each in found["lines"]:
        for sample in each["samples"][:2]:
            screen.say(f"  e.g. {write_line(sample)}")
    screen.say(f"{_sum(found['writes']):,} writes. Preview {preview}; nothing was written.")
    if writes:
        screen.say(f"{_download(app, preview, Path(writes)):,} writes are in {writes}, one a line.")
    return Exit.DONE


def _known(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """A preview that was made before: what it told, what changed since, or its end."""
    if given.remove:
        screen.result(app.call("DELETE", f"previews/{segment(given.show)}", {}))
        screen.say(f"Preview {given.show} is removed.")
        return Exit.DONE
    if given.changed:
        return show_changed(app, screen, given.show)
    return show_plan(app, screen, given.show, given.writes)


def _list(app: App, screen: Screen) -> Exit:
    found = app.get("previews")["previews"]
    screen.result(found)
    rows = [(each["id"], each["createdAt"], each["status"], each["mappingFile"] or "") for each in found]
    screen.table(("Preview", "Made", "Status", "With the file of"), rows)
    return Exit.DONE


def show_changed(app: App, screen: Screen, preview: str) -> Exit:
    """The records that changed since: for these a run now may write something else."""
    lines = app.get(f"previews/{segment(preview)}")["lines"]
    found: list[Document] = []
    for line in lines:
        answer = app.get(f"previews/{segment(preview)}/changed", mapping=line["mapping"])
        found += answer["changed"]
        if answer["more"]:
            screen.say(f"{line['mapping']}: there are more; make another preview.")
    screen.result(found)
    for each in found:
        what = "is not there any more" if each["gone"] else "changed"
        screen.say(f"{each['mapping']}, {each['id']} of {NAMES[each['side']]} {what}.")
    screen.say(f"{len(found):,} records changed since the preview.")
    return Exit.ATTENTION if found else Exit.DONE


def _counts(writes: Document) -> tuple[int, ...]:
    return tuple(writes[side][kind] for side in ("bc", "sales") for kind in ("create", "update", "delete"))


def _sum(writes: Document) -> int:
    return sum(_counts(writes))


def write_line(write: Document) -> str:
    """One planned write for people: what becomes of which record, and the first fields."""
    side = NAMES[write["side"]]
    fields = [
        f"{name}: {shown(each['old'])} → {shown(each['new'])}" for name, each in write["fields"].items()
    ]
    if write["kind"] == "create":
        fields = [f"{name}: {shown(each['new'])}" for name, each in write["fields"].items()]
    more = f" and {len(fields) - 3} more fields" if len(fields) > 3 else ""
    return f"{write['kind']} in {side}, {write['mapping']}, {write['label']}: {'; '.join(fields[:3])}{more}"


def _download(app: App, preview: str, path: Path) -> int:
    writes = app.pages(f"previews/{preview}/writes", "writes", limit=1000)
    with path.open("w", encoding="utf-8") as file:
        return sum(bool(file.write(json.dumps(each, ensure_ascii=False) + "\n")) for each in writes)


def _of_plan(parser: argparse.ArgumentParser) -> None:
    add_chosen(parser)
    parser.add_argument("--file", default="", help="try this mapping file as if it were stored")
    parser.add_argument(
        "--writes", default="", metavar="FILE", help="put every write into this file, one a line"
    )
    parser.add_argument("--list", action="store_true", help="the previews that are kept")
    parser.add_argument("--show", default="", metavar="ID", help="show this preview and make none")
    parser.add_argument("--changed", action="store_true", help="with --show: what changed since it was made")
    parser.add_argument("--remove", action="store_true", help="with --show: forget it")


VERBS = (Verb("plan", "what a full synchronisation would write; nothing is written", plan, _of_plan),)
