"""Preparing Sales: an administrator signs in by a code, the app does the rest and forgets the sign-in."""

from __future__ import annotations

from tandem.app import App, Document
from tandem.exits import Exit
from tandem.screen import Screen


def prepare(app: App, screen: Screen, url: str) -> Exit:
    """Show the code, wait until somebody has entered it, and tell what was done."""
    named = {"url": url} if url else {}
    begun = app.call("POST", "setup/sign-in", {}, named)
    screen.say(f"Open {begun['address']} and enter the code {begun['userCode']}.")
    screen.say("Sign in as somebody who has the role System Administrator in Sales. Waiting …")
    found = _awaited(app, {**named, "deviceCode": begun["deviceCode"]}, begun)
    if not found["signedIn"]:
        screen.say("Nobody signed in. Begin again.")
        return Exit.UNFINISHED
    screen.result(found)
    for each in found["findings"]:
        screen.say(f"{each['level']:<8}{each['subject']}: {each['text']}")
        if each["remedy"]:
            screen.say(f"        {each['remedy']}")
    return Exit.DONE if found["status"] == "ok" else Exit.ATTENTION


def _awaited(app: App, asked: Document, begun: Document) -> Document:
    """What came of the sign-in; ``signedIn`` is false where its time ran out."""
    waited_s, found = 0, {"signedIn": False}
    while not found["signedIn"] and waited_s < begun["expiresInSeconds"]:
        app.sleep(begun["intervalSeconds"])
        waited_s += begun["intervalSeconds"]
        found = app.call("POST", "setup/preparation", {}, asked)
    return found
