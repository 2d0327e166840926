"""`problems` and `doctor`: what is not in step and what is not sound, each with what to do."""

from __future__ import annotations

import argparse
from itertools import islice

from tandem.app import App
from tandem.exits import Exit
from tandem.screen import Screen

MARKS = {"ok": "ok     ", "warning": "look   ", "fault": "FAULT  "}


def problems(app: App, screen: Screen, given: argparse.Namespace) -> Exit:
    """Every record that is not in step."""
    wanted = (each for each in app.pages("problems", "problems", limit=1000) if _is_wanted(each, given))
    found = list(islice(wanted, given.limit))
    screen.result(found)
    for each in found:
        name = each["details"].get("name") or each["id"]
        screen.say(f"{each['mapping']}, {name}: {each['message']}")
        if each["remedy"]:
            heals = " It heals by itself." if each["healsByItself"] else ""
            screen.say(f"  {each['code']}. {each['remedy']}{heals}")
    screen.say(f"{len(found):,} records are not in step." if found else "Everything is in step.")
    return Exit.ATTENTION if found else Exit.DONE


def _is_wanted(problem: dict[str, object], given: argparse.Namespace) -> bool:
    return (not given.mapping or problem["mapping"] in given.mapping) and given.code in ("", problem["code"])


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
