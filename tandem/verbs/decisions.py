"""`conflicts`, `resolve` and `why`: what contradicts itself, what counts, and why a value is what it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.records import id_of, ids_of
from tandem.screen import NAMES, Screen, shown
from tandem.verb import SIDES, Verb, add_side


def conflicts(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Every conflict with both values, what they were when last in step, and who changed them."""
    found = list(islice(app.pages("conflicts", "conflicts", mapping=given.mapping, limit=100), given.limit))
    screen.result(found)
    for each in found:
        screen.say(f"{each['mapping']}, {each['name']} ({each['bcId']})")
        for side in SIDES:
            screen.say(f"  {NAMES[side]}, changed {_changed(each[f'{side}Changed'])}")
        screen.links(each)
        for group in each["fields"]:
            screen.say(f"  {group['group']}: was {_told(group['base'])}")
            screen.say(f"    {NAMES['bc']}: {_told(group['bc'])}")
            screen.say(f"    {NAMES['sales']}: {_told(group['sales'])}")
    screen.say(f"{len(found):,} records are in conflict." if found else "There are no conflicts.")
    return Exit.ATTENTION if found else Exit.DONE


def _changed(changed: Document | None) -> str:
    if not changed:
        return "at an unknown time"
    return f"{changed['at']}{f' by {changed["by"]}' if changed['by'] else ''}"


def _told(values: Document | None) -> str:
    if values is None:
        return "unknown"
    return ", ".join(shown(each) for each in values.values())


def resolve(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Decide conflicts: of records, or all of a mapping, for all fields or for some."""
    if given.all == bool(given.record):
        raise Refused("Name the records, or --all for every conflict of the mapping.")
    body: Document = {"mapping": given.mapping, "winner": given.winner, "fields": given.field, "by": given.by}
    body |= {"all": True} if given.all else {"records": ids_of(app, given.mapping, "bc", given.record)}
    answers = list(_decided(app, {name: value for name, value in body.items() if value}))
    screen.result(answers)
    groups = sum(each["groups"] for each in answers)
    for each in answers:
        for record in each["notFound"]:
            screen.say(f"{record}: it is not in conflict, or was decided meanwhile.")
    screen.say(
        f"{groups:,} fields are decided: {NAMES[given.winner]} counts. What does not count is in the journal."
    )
    return Exit.ATTENTION if any(each["notFound"] or each["changed"] for each in answers) else Exit.DONE


def _decided(app: App, body: Document) -> Iterator[Document]:
    """The app decides some thousand at a time."""
    while True:
        answer = app.post("conflicts/decide", body)
        yield answer
        if not answer["more"] or not answer["groups"]:
            return


def why(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Why a record's fields hold what they hold."""
    record = id_of(app, given.mapping, given.side, given.record)
    found = app.get("why", mapping=given.mapping, id=record, side=given.side, field=given.field)
    screen.result(found)
    screen.say(f"{found['mapping']}, {found['name']}: {found['coupledBecause'] or 'not coupled'}")
    screen.links(found)
    for each in found["fields"]:
        if given.field or given.all or each["bc"]["why"] or each["sales"]["why"]:
            screen.say(f"\n{each['field']}")
            for side in SIDES:
                value = each[side]["value"]
                screen.say(
                    f"  {NAMES[side]}: {value if value is not None else '(blank)'}. {each[side]['why']}"
                )
            screen.say(f"  Next: {each['next']}")
    if found["problem"]:
        screen.say(f"\nIt is not in step: {found['problem']['message']}")
    return Exit.ATTENTION if found["problem"] else Exit.DONE


def _of_conflicts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="?", default="", help="only this mapping")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many")


def _of_resolve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("winner", choices=SIDES, help="whose values count")
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument(
        "record", nargs="*", help="a record of Business Central: its id, or its number or name"
    )
    parser.add_argument("--all", action="store_true", help="every conflict of the mapping")
    parser.add_argument("--field", action="append", default=[], help="only this field; may be given again")
    parser.add_argument("--by", default="", help="who decides, as the journal shall tell it")


def _of_why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("record", help="the record: its id, or its number or name")
    parser.add_argument("field", nargs="?", default="", help="only this field")
    parser.add_argument("--all", action="store_true", help="also fields that are blank and always were")
    add_side(parser)


VERBS = (
    Verb("conflicts", "what was changed on both sides, with all values", conflicts, _of_conflicts),
    Verb("resolve", "decide conflicts: whose values count", resolve, _of_resolve),
    Verb("why", "why a field holds what it holds, and what happens next", why, _of_why),
)
