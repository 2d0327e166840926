"""`problems`, `retry` and `doctor`: what is not in step or not sound, and what to do about it."""

from __future__ import annotations

import argparse
from itertools import islice

from tandem.app import App, Document, Refused
from tandem.exits import Exit
from tandem.records import ids_of
from tandem.screen import Screen
from tandem.verb import Verb, add_side

ACTIONS = ("retry", "skip", "restore", "delete", "recouple")
MARKS = {"ok": "ok     ", "warning": "look   ", "fault": "FAULT  "}


def groups(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """The causes, the largest first."""
    found = [each for each in app.get("problem-groups")["groups"] if _is_wanted(each, given)]
    screen.result(found)
    for each in found:
        screen.say(f"{each['count']:,} × {each['mapping']}, {each['code']}: {each['cause']}")
        heals = " It heals by itself." if each["healsByItself"] else ""
        screen.say(f"  e.g. {each['example']['name'] or each['example']['id']}. {each['remedy']}{heals}")
    screen.say("" if found else "Everything is in step.")
    return Exit.ATTENTION if found else Exit.DONE


def problems(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Every record that is not in step, or the causes."""
    if given.groups:
        return groups(app, screen, given)
    wanted = (each for each in app.pages("problems", "problems", limit=1000) if _is_wanted(each, given))
    found = list(islice(wanted, given.limit))
    screen.result(found)
    for each in found:
        name = each["details"].get("name") or each["id"]
        screen.say(f"{each['mapping']}, {name}: {each['message']}")
        if each["remedy"]:
            heals = " It heals by itself." if each["healsByItself"] else ""
            screen.say(f"  {each['code']}. {each['remedy']}{heals}")
        screen.links(each)
    screen.say(f"{len(found):,} records are not in step." if found else "Everything is in step.")
    return Exit.ATTENTION if found else Exit.DONE


def _is_wanted(problem: dict[str, object], given: argparse.Namespace) -> bool:
    return (not given.mapping or problem["mapping"] in given.mapping) and given.code in ("", problem["code"])


def retry(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Retry, skip, restore or delete what is listed: records, a cause, or all of a mapping."""
    body: Document = {"mapping": given.mapping, "action": given.action}
    if given.record:
        ids = ids_of(app, given.mapping, given.side, given.record)
        body["records"] = [{"side": given.side, "id": each} for each in ids]
    elif given.code:
        body |= {"code": given.code} | ({"cause": given.cause} if given.cause else {})
    elif given.all:
        body["all"] = True
    else:
        raise Refused("Name the records, or --code for one kind, or --all for the whole mapping.")
    answer = app.post("problems/actions", body)
    screen.result(answer)
    for each in answer["leftOut"]:
        screen.say(f"{each['id']}: {each['reason']}")
    jobs = ", ".join(answer["jobs"])
    told = f"{answer['count']:,} records: {given.action}" if answer["count"] else f"Begun: {given.action}"
    screen.say(f"{told}{f' in job {jobs}' if jobs else ''}.")
    return Exit.ATTENTION if answer["leftOut"] or not (answer["count"] or jobs) else Exit.DONE


def doctor(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Examines everything that can be examined, and says what to do."""
    found = app.get("doctor")
    screen.result(found)
    for each in found["findings"]:
        if each["level"] != "ok" or given.all:
            screen.say(f"{MARKS[each['level']]}{each['area']}, {each['subject']}: {each['text']}")
            if each["remedy"]:
                screen.say(f"       → {each['remedy']}")
    sound = sum(each["level"] == "ok" for each in found["findings"])
    screen.say(f"{sound} of {len(found['findings'])} findings are good.")
    return Exit.DONE if found["status"] == "ok" else Exit.ATTENTION


def _of_problems(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", nargs="*", help="only these mappings")
    parser.add_argument("--code", default="", help="only this kind")
    parser.add_argument("--groups", action="store_true", help="the causes instead of the records")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many records")


def _of_retry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mapping", help="the mapping, e.g. CUSTOMER")
    parser.add_argument("record", nargs="*", help="a record: its id, or its number or name")
    parser.add_argument("--action", default="retry", choices=ACTIONS,
                        help="skip: leave out until somebody retries; restore: create the deleted partner "
                        "again; delete: delete the survivor in Sales, too; recouple: couple it with the one "
                        "that its partner was merged into")  # fmt: skip
    parser.add_argument("--code", default="", help="every record of this kind")
    parser.add_argument(
        "--cause", default="", help="of that kind only this cause, as problems --groups tells it"
    )
    parser.add_argument("--all", action="store_true", help="every record of the mapping")
    add_side(parser)


def _of_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also what is good")


VERBS = (
    Verb("problems", "every record that is not in step, with its remedy", problems, _of_problems),
    Verb("retry", "try again what failed; or skip, restore, delete it", retry, _of_retry),
    Verb("doctor", "examine systems, rights, clocks, schedules; say what to do", doctor, _of_doctor),
)
